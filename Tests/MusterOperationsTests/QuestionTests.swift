import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `The key enquiry question` {
    private let files: ProgrammeFiles
    private let clock: Clock
    private static let question = "What do our weakest readers read at home?"

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func publish() async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
    }

    private func agree(_ question: String?, host: String = "900001") async throws {
        _ = try await AgreeQuestion.run(
            AgreeQuestion.Request(host: host, question: question), in: try workspace().acting(as: "ann")
        ) { _ in }
    }

    private func mails(since number: Int) throws -> [(message: OutboxMessage, text: String)] {
        try workspace().store.messages().filter { $0.number > number && $0.kind != .reminder }.map { message in
            let text = String(decoding: message.content, as: UTF8.self)
            return (message, text.replacing("=\r\n", with: ""))
        }
    }

    @Test func `is told as agreed to whoever comes to what is still to come, in its own words, and as a draft before`()
        async throws
    {
        try await publish()
        let drafts = try mails(since: 0)
        #expect(drafts.allSatisfy { $0.text.contains("as drafted") && !$0.text.contains("as agreed") })
        let first = try #require(try workspace().store.publishedSessions().map(\.details.end).min())
        clock.later(first - clock.now + 60)
        try await agree("  What do our weakest\nreaders read at home? ")
        try await publish()
        let updates = try mails(since: drafts.count)
        #expect(updates.count == 6 && updates.allSatisfy { $0.message.kind == .update })
        #expect(updates.allSatisfy { $0.message.session?.id.stage != "pre-review" }, "that was held")
        for update in updates {
            #expect(update.text.contains("The key enquiry question was agreed"))
            #expect(update.text.contains("as agreed") && update.text.contains("weakest readers read"))
            #expect(update.message.session?.sequence == 0, "nobody needs to answer again")
        }
        try await publish()
        #expect(try mails(since: drafts.count + 6).isEmpty, "nobody hears twice")
        #expect(try workspace().store.events().contains { $0.kind == "question.agreed" && $0.actor == "ann" })

        let newest = try #require(try workspace().store.messages().map(\.number).max())
        try await agree(nil)
        try await publish()
        let reopened = try mails(since: newest)
        #expect(reopened.count == 6 && reopened.allSatisfy { $0.text.contains("is open again") })
    }

    @Test func `is refused where it is none, of no host, or of a run that is over`() async throws {
        try await publish()
        for (host, question) in [
            ("900001", ""), ("900001", " \n "), ("900001", String(repeating: "x", count: 401)),
            ("900002", Self.question), ("nobody", Self.question), ("a.marsh", Self.question), ("900001", nil),
        ] {
            await #expect(throws: Workspace.Failure.self, "\(host) \(question ?? "open")") {
                try await agree(question, host: host)
            }
        }
        for host in ["spring/900001", "Oakford", "900001/review"] { try await agree(Self.question, host: host) }
        #expect(try workspace().store.agreedQuestions().map(\.text) == [Self.question])
        let last = try #require(try workspace().store.publishedSessions().map(\.details.end).max())
        clock.later(last - clock.now)
        await #expect(throws: Workspace.Failure.self) { try await agree(Self.question) }
    }
}

@Suite struct `A room of its own` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
        try files.replace("link: https://meet.example/abc", with: "jitsi: https://jitsi.example/", in: "muster.yaml")
        try files.replace("length: 2 h", with: "length: 2 h\n    room: zoom", in: "programme/cycles/spring.yaml")
    }

    private func workspace(_ state: String = "state") throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/" + state, now: { [clock] in clock.now })
    }

    private func links(_ state: String = "state") async throws -> [String: String] {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace(state)) { _ in }
        return try workspace(state).store.publishedSessions().reduce(into: [:]) {
            $0[$1.details.id.rawValue] = $1.details.link
        }
    }

    @Test func `has a name that nobody can guess, stays when the session moves, and is each session's alone`()
        async throws
    {
        let first = try await links()
        let (pre, workshop) = ("spring/900001/pre-review", "spring/900001/workshop")
        #expect(first[pre] != first[workshop])
        for link in [first[pre], first[workshop]] {
            #expect(try #require(link).wholeMatch(of: /https:\/\/jitsi\.example\/[0-9a-f]{32}/) != nil)
        }
        let start = try #require(
            try workspace().store.publishedSessions().first { $0.details.id.rawValue == workshop }?.details.start)
        let next = try #require(TimeZoneDatabase.system["Europe/London"]).local(start + 86_400)
        _ = try await MoveSession.run(
            MoveSession.Request(session: workshop, time: "\(next.date)T\(next.time)", reason: ""), in: try workspace()
        ) { _ in }
        #expect(try await links() == first)
        #expect(
            try workspace().store.publishedSessions().first { $0.details.id.rawValue == workshop }?.details.start
                != start)
        #expect(try await links("other")[pre] != first[pre], "another state has other names")
    }

    @Test func `cannot be had beside a link for all`() throws {
        try files.replace("jitsi:", with: "link: https://meet.example/x, jitsi:", in: "muster.yaml")
        #expect(throws: Workspace.Failure.self) { try workspace() }
    }
}
