import CivilTime
import Foundation
import GRDB
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

/// A state as version 1.0 left it: three sessions published, one of them called off again and not yet told so, a
/// decision of each kind, and a feed.
@Suite struct `A state of version 1.0` {
    private let files: ProgrammeFiles
    private var state: String { files.folder.path + "/state" }
    private static let tables = [
        "calendar", "revision", "session", "decision", "message", "messageText", "feed", "life", "reminder", "digest",
    ]

    init() throws {
        files = try ProgrammeFiles()
        try FileManager.default.createDirectory(
            atPath: files.folder.path + "/state", withIntermediateDirectories: true)
        let sql = try #require(Bundle.module.url(forResource: "Fixtures/state-1.0", withExtension: "sql"))
        try database().writeWithoutTransaction { database in
            try database.execute(sql: String(contentsOf: sql, encoding: .utf8))
        }
    }

    private func database() throws -> DatabaseQueue {
        try DatabaseQueue(path: files.folder.path + "/state/" + Store.fileName)
    }

    private func counts() throws -> [Int] {
        try database().read { database in
            try Self.tables.map { try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") ?? 0 }
        }
    }

    private func workspace() throws -> Workspace {
        let now = try #require(Instant(iso: ProgrammeFiles.now))
        return try Workspace(config: files.config, state: state, now: { now })
    }

    @Test func `opens, loses nothing, and leaves a copy of itself aside`() throws {
        let before = try counts()
        _ = try workspace()
        #expect(try counts() == before && before.reduce(0, +) > 30)
        let names = try FileManager.default.contentsOfDirectory(atPath: state)
        #expect(names.contains { $0.hasPrefix(Store.fileName + ".before-") }, "\(names)")
    }

    @Test func `knows the same busy times, in fewer bytes`() throws {
        let before = try database().read { database in
            try Row.fetchAll(database, sql: "SELECT location, busy FROM calendar").reduce(into: [:]) {
                $0[$1["location"] as String] = try JSONDecoder().decode(
                    [[Int]].self, from: Data(($1["busy"] as String).utf8))
            }
        }
        let copies = try workspace().store.calendarCopies()
        let after = copies.values.reduce(into: [:]) { known, copy in
            known[copy.source.location] = copy.busy.map {
                [$0.start.seconds, $0.end.seconds, $0.isTentative ? 1 : 0]
            }
        }
        #expect(after == before && before.values.map(\.count).reduce(0, +) == 16)
    }

    @Test func `has nothing to mail but what it had`() async throws {
        let workspace = try workspace()
        let waiting = try workspace.store.messages().filter { $0.state == .due }
        #expect(waiting.count == 3 && waiting.allSatisfy { $0.kind == .cancellation })
        let proposal = try await workspace.propose()
        #expect(proposal.changes.isEmpty, "\(proposal.changes)")
        #expect(proposal.plan == proposal.basis?.plan)
    }

    @Test func `fills the ledger from what was published`() throws {
        let store = try workspace().store
        let called = try store.duties(of: "m.khan")
        #expect(called.map(\.session) == ["spring/900001/workshop"] && called.allSatisfy { $0.calledOff != nil })
        let lead = try store.duties(of: "s.ellis")
        #expect(lead.map(\.session.stage) == ["pre-review", "review", "workshop"])
        #expect(
            lead.map(\.role) == ["lead", "lead", "lead"] && lead.map { $0.calledOff == nil } == [true, true, false])
        let after = try #require(Instant(iso: "2027-02-01T00:00:00Z"))
        let ledger = try store.ledger(at: after)
        #expect(ledger.sessions(of: "spring/900001").map(\.team) == [["s.ellis"], ["k.o", "s.ellis"]])
        #expect(try store.nextSession(after: after) == nil)
        #expect(
            try store.publishedSessions(in: FeedScope(people: ["k.o"])).map(\.details.id) == ["spring/900001/review"])
    }
}
