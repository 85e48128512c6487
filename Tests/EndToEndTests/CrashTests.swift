import Foundation
import MusterTestSupport
import Testing

/// Puts to the test that nothing is lost or out of order, with SIGKILL while everything else fails too.
///
/// `make soak` runs many more rounds.
@Suite(.serialized) struct `Killed at any moment` {
    private static let rounds = ProcessInfo.processInfo.environment["MUSTER_SOAK_ROUNDS"].flatMap { Int($0) } ?? 14
    private static let faults = [
        "refuse": 4, "mail-451": 3, "rcpt-450": 3, "data-451": 3, "end-451": 3, "drop-data": 3, "drop-end": 3,
        "hang": 2,
        "kill": 8, "last": 8, "500": 6, "503": 4, "302": 2, "reset": 4, "half": 3, "web-hang": 2, "web-kill": 6,
    ]
    private static let connections = 3

    private struct Message: Decodable {
        let state: String
        let messageID: String
        let kind: String
    }

    private struct Published: Decodable {
        struct Details: Decodable {
            struct Participant: Decodable {
                let address: String
            }

            let participants: [Participant]
        }

        let uid: String
        let details: Details
    }

    @Test func `the daemon loses nothing, keeps the order, and doubles one message for each connection at most`() throws
    {
        var random = SeededGenerator(seed: 11)
        let sinks = try Sinks(seed: 11)
        let files = try ProgrammeFiles(
            operator: """
                mail:
                  transport: smtp
                  smtp: { host: 127.0.0.1, port: \(sinks.mailPort), security: none, timeout: 2, connections: \(Self.connections) }
                webhooks:
                  - { id: hook, url: "http://127.0.0.1:\(sinks.webPort)/", format: standard, secrets: "file:\(try secret())", private-network: yes }
                """)
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        var kills = 0
        for round in 0..<Self.rounds {
            kills += try crash(files, sinks, hour: round, &random) ? 1 : 0
            let status = try change(files, hour: round, &random)
            #expect(status == 0, "without a daemon a command does its work by itself")
        }
        let drained = try drain(files, sinks)
        #expect(drained, "what waits is delivered once all is well again\n\(sinks.errors)")
        let entries = try sinks.entries
        let messages = try JSONDecoder().decode(
            [Message].self, from: Data(try muster("outbox", "list", "--json").output.utf8))
        let taken = Dictionary(grouping: entries, by: \.id)
        let lost = messages.filter { $0.state == "delivered" && taken[$0.messageID] == nil }
        let doubled = taken.values.reduce(0) { $0 + $1.count - 1 }
        let unheard = entries.count { !$0.isAnswered }
        let misled = try misled(by: entries, of: messages, published: try muster("export", "json").output)
        let backwards = Dictionary(grouping: entries.filter { !$0.uid.isEmpty }) { $0.recipient + $0.uid }.values.filter
        {
            zip($0, $0.dropFirst()).contains { $0.sequence > $1.sequence }
        }
        print(
            "crash test: \(Self.rounds) rounds, \(kills) kills, \(messages.count) messages, \(entries.count) taken, lost \(lost.count), out of order \(backwards.count), misled \(misled.count), doubled \(doubled), of which \(unheard) never answered"
        )
        #expect(lost.isEmpty && backwards.isEmpty)
        #expect(misled.isEmpty, "invited and called off without being told, or told without need")
        #expect(doubled <= unheard + kills * (Self.connections + 4))
        #expect(messages.allSatisfy { ["delivered", "superseded", "expired"].contains($0.state) })
    }

    /// Those whose last mail about a session says something else than the plan: who was invited and called off is told,
    /// and whoever is to come is not told otherwise.
    private func misled(
        by entries: [Sinks.Entry], of messages: [Message], published export: String
    ) throws -> [String] {
        let kinds = messages.reduce(into: [:]) { $0[$1.messageID] = $1.kind }
        let published = try JSONDecoder().decode([Published].self, from: Data(export.utf8))
        let asked = Set(published.flatMap { session in session.details.participants.map { $0.address + session.uid } })
        let scheduling = entries.filter { ["invitation", "update", "cancellation"].contains(kinds[$0.id]) }
        let last = scheduling.reduce(into: [:]) { $0[$1.recipient + $1.uid] = kinds[$1.id] }
        return last.filter { asked.contains($0.key) == ($0.value == "cancellation") }.keys.sorted()
            + asked.subtracting(last.keys)
    }

    private func secret() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "muster-crash-secret").path
        try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The clock of a round: an hour later each time, so that what is to be tried again is tried.
    private func now(_ hour: Int) -> String {
        Date(timeIntervalSince1970: 1_795_511_400 + Double(hour) * 3600).formatted(.iso8601)
    }

    /// Runs the daemon until it is killed, by the clock or by a sink right after its answer; returns whether it was.
    private func crash(_ files: ProgrammeFiles, _ sinks: Sinks, hour: Int, _ random: inout SeededGenerator) throws
        -> Bool
    {
        try sinks.misbehave(Self.faults)
        let daemon = try DaemonProcess(files, now: now(hour))
        if !hour.isMultiple(of: 4) {
            _ = try daemon.wait(for: "READY=1")
            try sinks.misbehave(Self.faults, killing: daemon.process.processIdentifier)
        }
        // Through the socket of a daemon that may be killed in the middle of it.
        if hour % 3 == 1 { _ = try change(files, hour: hour, &random) }
        poll(nil, 0, Int32.random(in: 0..<400, using: &random))
        kill(daemon.process.processIdentifier, SIGKILL)
        daemon.process.waitUntilExit()
        return daemon.process.terminationReason == .uncaughtSignal
    }

    /// Publishes another plan, or takes a decision back; returns how publishing ended.
    private func change(_ files: ProgrammeFiles, hour: Int, _ random: inout SeededGenerator) throws -> Int32 {
        let days = ["18", "19", "21", "22", "25", "26"]
        let place = ["--config", files.config, "--state", files.folder.path + "/state", "--now", now(hour)]
        let action = Int.random(in: 0..<4, using: &random)
        let decision =
            switch action {
            case 0: ["unpin", "900001/pre-review"]
            case 1: ["cancel", "900001/workshop"]
            case 2: ["unpin", "900001/workshop"]
            default: ["move", "900001/pre-review", "2027-01-\(days.randomElement(using: &random) ?? "18")T14:00"]
            }
        _ = try Subprocess.run(DaemonProcess.program, decision + place)
        return try Subprocess.run(DaemonProcess.program, ["apply"] + place).status
    }

    /// Sends until nothing waits, with servers that behave.
    private func drain(_ files: ProgrammeFiles, _ sinks: Sinks) throws -> Bool {
        try sinks.misbehave([:])
        for day in 1...9 {
            let place = ["--config", files.config, "--state", files.folder.path + "/state"]
            let time = ["--now", "2027-01-0\(day)T06:00:00Z"]
            let result = try Subprocess.run(DaemonProcess.program, ["send", "--json"] + place + time)
            if result.status == 0, result.output.contains("\"waiting\" : 0") { return true }
        }
        return false
    }
}
