import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `Those who do not answer` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: "2027-01-05T09:00:00Z")))
        try files.replace(
            "dates: 2027-01-11 to 2027-03-24", with: "dates: 2027-02-01 to 2027-03-24",
            in: "programme/cycles/spring.yaml")
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    /// Has a cycle chase so.
    private func write(_ lines: String) throws {
        try files.replace("cycle: spring\n", with: "cycle: spring\n\(lines)\n", in: "programme/cycles/spring.yaml")
    }

    private func publish() async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
    }

    private func answer(_ session: String, _ person: PersonID, _ status: Answer.Status) async throws {
        let request = RecordAnswer.Request(session: session, person: person.rawValue, status: status, comment: "")
        _ = try await RecordAnswer.run(request, in: try workspace()) { _ in }
    }

    private func at(_ time: String) throws {
        clock.later(try #require(Instant(iso: time)) - clock.now)
    }

    /// The mails that a moment brings: `nudge a.marsh`, by person.
    private func chased(_ time: String) async throws -> [String] {
        try at(time)
        let before = Set(try workspace().store.messages().map(\.number))
        try workspace().chase(at: clock.now)
        return try workspace().store.messages().filter { !before.contains($0.number) }
            .map { "\($0.reason) \($0.person?.rawValue ?? $0.recipient)" }.sorted()
    }

    private func text(_ reason: String, _ person: PersonID) throws -> String {
        let mail = try #require(try workspace().store.messages().first { $0.reason == reason && $0.person == person })
        return String(decoding: mail.content, as: UTF8.self)
    }

    @Test func `are asked once more in one mail, and then somebody else hears of it; who has answered is not`()
        async throws
    {
        try await publish()
        let sessions = try workspace().store.publishedSessions().map(\.details)
        let people = Set(sessions.flatMap(\.participants).map(\.person)).sorted()
        try #require(sessions.count == 3 && people.count >= 4)
        for session in sessions where session.participants.contains(where: { $0.person == "a.marsh" }) {
            let id = "\(session.id.track.host)/\(session.id.stage)"
            try await answer(id, "a.marsh", .accepted)
        }
        let silent = people.filter { $0 != "a.marsh" }
        #expect(try await chased("2027-01-05T10:00:00Z").isEmpty)
        #expect(try await chased("2027-01-11T15:00:00Z").isEmpty, "the day is Tuesday 12, asked for on Tuesday 5")
        #expect(try await chased("2027-01-11T18:30:00Z").isEmpty, "nobody is asked in the evening")
        #expect(try await chased("2027-01-12T08:00:00Z") == silent.map { "nudge \($0)" })
        let lead = try #require(sessions[0].participants.first { $0.role == "lead" }?.person)
        let mail = try text("nudge", lead)
        let count = sessions.count { $0.participants.contains { $0.person == lead } }
        #expect(count == 1 || mail.contains("Please answer: \(count) invitations wait for you"), "\(mail.prefix(900))")
        #expect(mail.contains("by Tuesday 12 January") && mail.contains("Auto-Submitted: auto-generated"))
        #expect(try await chased("2027-01-12T09:00:00Z").isEmpty, "not twice for one reason")
        let told = try await chased("2027-01-14T08:00:00Z")
        #expect(!told.isEmpty && told.allSatisfy { $0.hasPrefix("escalation ") }, "\(told)")
        #expect(try await chased("2027-01-15T09:00:00Z").isEmpty)
    }

    @Test func `of two one declines, and the other is asked all the same`() async throws {
        try await publish()
        let review = try #require(
            try workspace().store.publishedSessions().map(\.details).first { $0.id.stage == "review" })
        let team = review.participants.filter { $0.role != "host" }.map(\.person)
        try #require(team.count == 2)
        try await answer("900001/review", team[0], .declined)
        let asked = try await chased("2027-01-12T08:00:00Z")
        #expect(asked.contains("nudge \(team[1])"), "\(asked)")
        #expect(try !text("nudge", team[0]).contains("Review at") || asked.contains("nudge \(team[0])") == false)
    }

    @Test(arguments: [("4 days", true), ("10 days", false), ("never", false)])
    func `with a perhaps are asked once it counts as an answer no more`(tentative: String, isAsked: Bool) async throws {
        try write("tentative: \(tentative)\nescalate: never\nanswer-by: 14 days\nnudges: [1 day]")
        try await publish()
        try at("2027-01-12T09:00:00Z")
        let sessions = try workspace().store.publishedSessions().map(\.details)
        let lead = try #require(sessions.first?.participants.first { $0.role == "lead" }?.person)
        for session in sessions {
            for participant in session.participants {
                let isPerhaps = participant.person == lead && session.id.stage == "pre-review"
                try await answer(
                    "900001/" + session.id.stage, participant.person, isPerhaps ? .tentative : .accepted)
            }
        }
        #expect(try await chased("2027-01-18T17:00:00Z") == (isAsked ? ["nudge \(lead)"] : []))
        guard isAsked else { return }
        #expect(try text("nudge", lead).contains("Now we need to know"))
    }

    @Test func `are not asked in holidays, and not where the cycle wants no answer`() async throws {
        try files.replace(
            "name: Spring term, dates: 2027-01-05 to 2027-03-25",
            with: "name: Spring term, dates: 2027-01-18 to 2027-03-25", in: "programme/terms/county.yaml")
        try await publish()
        #expect(try await chased("2027-01-12T08:00:00Z").isEmpty, "schools are closed until the 18th")
        #expect(try await chased("2027-01-15T08:00:00Z").isEmpty)
        let told = try await chased("2027-01-18T08:00:00Z")
        #expect(
            told.allSatisfy { $0.hasPrefix("escalation ") } && !told.isEmpty, "the nudge would come too late: \(told)")
    }

    @Test func `are left alone where the cycle says never`() async throws {
        try write("answer-by: never")
        try await publish()
        for day in 6...30 where day != 9 {
            #expect(try await chased("2027-01-\(day < 10 ? "0" : "")\(day)T10:00:00Z").isEmpty)
        }
    }

    @Test func `are asked anew about a time that is another, with another day for the answer`() async throws {
        try await publish()
        #expect(try await !chased("2027-01-12T08:00:00Z").isEmpty)
        let session = try #require(
            try workspace().store.publishedSessions().map(\.details).first { $0.id.stage == "workshop" })
        try at("2027-01-12T10:00:00Z")
        let move = MoveSession.Request(
            session: "900001/workshop", time: "\(session.start.utc.date + 1)T15:00", reason: "")
        _ = try await MoveSession.run(move, in: try workspace()) { _ in }
        try await publish()
        let moved = try #require(
            try workspace().store.publishedSessions().map(\.details).first { $0.id.stage == "workshop" })
        try #require(moved.start != session.start)
        let again = try await chased("2027-01-19T08:00:00Z")
        for person in moved.participants { #expect(again.contains("nudge \(person.person)"), "\(again)") }
        #expect(try text("nudge", moved.participants[0].person).contains("by Tuesday 19 January"))
    }

    @Test func `stand in the coordinator's digest once their day has passed, and so does who is complete`() async throws
    {
        try files.replace(
            "coordinator:", with: "digest: daily\ncoordinator:", in: "programme/partnerships/tamar.yaml")
        try await publish()
        let session = try #require(
            try workspace().store.publishedSessions().map(\.details).first { $0.id.stage == "pre-review" })
        try at("2027-01-12T10:00:00Z")
        for person in session.participants { try await answer("900001/pre-review", person.person, .accepted) }
        try at("2027-01-13T08:00:00Z")
        try workspace().digest()
        let digest = try #require(try workspace().store.messages().first { $0.kind == .digest })
        let body = String(decoding: digest.content, as: UTF8.self)
        #expect(body.contains("Who has not answered") && body.contains("asked for by Tuesday 12 January"), "\(body)")
        #expect(body.contains("Everybody who is needed has accepted"))
    }

    @Test func `make no digest say what was undone since the last one`() async throws {
        try files.replace(
            "coordinator:", with: "digest: daily\ncoordinator:", in: "programme/partnerships/tamar.yaml")
        func digest(_ day: String) throws -> String {
            try at(day + "T08:00:00Z")
            try workspace().digest()
            let digests = try workspace().store.messages().filter { $0.kind == .digest }
            let today = digests.first { $0.created.description.hasPrefix(day) }
            let text = today.map { String(decoding: $0.content, as: UTF8.self) } ?? ""
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        func workshop() throws -> SessionDetails {
            try #require(
                try workspace().store.publishedSessions().map(\.details).first { $0.id.stage == "workshop" })
        }
        func move(_ time: String) async throws {
            let request = MoveSession.Request(session: "900001/workshop", time: time, reason: "")
            _ = try await MoveSession.run(request, in: try workspace()) { _ in }
            try await publish()
        }
        // Before the digest of that day, and too late for that of the day before.
        try at("2027-01-06T06:00:00Z")
        try await publish()
        let first = try workshop()
        let scheduled = try digest("2027-01-06")
        #expect(scheduled.contains(": scheduled; \(first.participants.count) people told"), "\(scheduled)")

        #expect(try digest("2027-01-07") == "")
        try at("2027-01-07T10:00:00Z")
        try await move("\(first.start.utc.date + 1)T15:00")
        try #require(try workshop().start != first.start)
        let zone = try #require(TimeZoneDatabase.system[first.zone])
        try await move("\(first.start.utc.date)T\(zone.local(first.start).time)")
        try #require(try workshop().start == first.start)
        #expect(try !digest("2027-01-08").contains("Changed since"))

        try at("2027-01-08T10:00:00Z")
        try await move("\(first.start.utc.date + 1)T15:00")
        let moved = try digest("2027-01-11")
        #expect(moved.contains(": moved; \(first.participants.count) people told"), "\(moved)")
    }
}
