import Foundation
import MusterTestSupport
import Testing

@Suite struct `Answers, from a pipe to the plan` {
    private let programme: MusterProgram

    init() throws {
        programme = try MusterProgram(files: ProgrammeFiles())
        #expect(try programme("apply", "--yes").status == 0)
        #expect(try programme("send").status == 0)
    }

    private struct Session: Decodable {
        struct Details: Decodable {
            struct Participant: Decodable {
                let name: String
                let address: String
                let part: String
            }
            let id: String
            let participants: [Participant]
        }
        let uid: String
        let details: Details
    }

    /// A session and its lead.
    private func session(_ stage: String) throws -> (uid: String, lead: Session.Details.Participant) {
        let output = try programme("export", "json").output
        let sessions = try JSONDecoder().decode([Session].self, from: Data(output.utf8))
        let session = try #require(sessions.first { $0.details.id.hasSuffix("/" + stage) })
        return (session.uid, try #require(session.details.participants.first { $0.part == "lead" }))
    }

    private func reply(_ uid: String, from address: String, _ status: String) -> Data {
        let lines = [
            "From: \(address)", "Subject: \(status)", "Content-Type: text/calendar; method=REPLY", "",
            "BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT", "UID:\(uid)", "SEQUENCE:0",
            "DTSTAMP:20261124T100000Z", "ATTENDEE;PARTSTAT=\(status):mailto:\(address)", "END:VEVENT", "END:VCALENDAR",
            "",
        ]
        return Data(lines.joined(separator: "\r\n").utf8)
    }

    private func pipe(_ mail: Data, _ options: String...) throws -> Subprocess.Result {
        let place = ["--config", programme.files.config, "--state", programme.files.folder.path + "/state"]
        return try Subprocess.run(
            DaemonProcess.program, ["reply"] + options + place + ["--now", ProgrammeFiles.now], input: mail)
    }

    @Test func `are taken once, shown, and followed by a proposal`() throws {
        let (uid, lead) = try session("review")
        let mail = reply(uid, from: lead.address, "DECLINED")
        let tried = try pipe(mail, "--dry-run", "--json")
        #expect(tried.status == 0 && tried.output.contains("\"state\" : \"applied\""), "\(tried.output)")
        #expect(try programme("replies", "--all").output.contains("No mail has come"), "a trial keeps nothing")
        for _ in 0..<2 {
            let taken = try pipe(mail)
            #expect(taken.status == 0 && taken.output.contains("\(lead.name) does not come to"), "\(taken.output)")
        }
        #expect(try programme("replies", "--all").output.split(separator: "\n").count == 2)
        #expect(try programme("explain", "900001/review").output.contains("\(lead.name) does not come"))
        #expect(try programme("status").output.contains("1 declined"))
        let plan = try programme("plan").output
        #expect(plan.contains("Changes since revision 1") && plan.contains("moved      Review at"), "\(plan)")
    }

    @Test func `that nobody understands wait, and a mail server keeps what cannot be taken now`() throws {
        let strange = try pipe(Data("Subject: Hello\r\n\r\nHow are you?\r\n".utf8))
        #expect(strange.status == 0 && strange.output.contains("waiting"))
        #expect(try programme("status").status == 1, "somebody has to read it")
        #expect(try programme("replies", "show", "1").output.contains("How are you?"))
        #expect(try programme("replies", "done", "1").status == 0)
        #expect(try programme("replies").output.contains("No mail waits"))
        let large = Data("Subject: Large\r\n\r\n".utf8) + Data(repeating: 0x61, count: 12 << 20)
        let taken = try pipe(large)
        #expect(taken.status == 0 && taken.output.contains("larger than 10 MB"), "\(taken.output)")
        try programme.files.replace("cycle: spring", with: "cycel: spring", in: "programme/cycles/spring.yaml")
        #expect(try pipe(Data("Subject: Hello\r\n\r\nAgain\r\n".utf8)).status == 75)
    }
}
