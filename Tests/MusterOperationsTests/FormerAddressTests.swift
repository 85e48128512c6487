import CivilTime
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `Somebody without an id whose address changes` {
    private let files: ProgrammeFiles
    private let now: Instant
    private static let people = "programme/people.csv"

    init() throws {
        files = try ProgrammeFiles()
        now = try #require(Instant(iso: ProgrammeFiles.now))
        try files.replace("k.o,Kerry", with: ",Kerry", in: Self.people)
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [now] in now })
    }

    private func publish() async throws -> PublishPlan.Response {
        try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
    }

    @Test func `is the same person, and nobody is told that somebody takes their place`() async throws {
        _ = try await publish()
        let before = try #require(try workspace().store.latestRevision()?.plan)
        try files.replace("k.o@example.test", with: "kerry.oneill@example.test", in: Self.people)
        let workspace = try workspace()
        #expect(workspace.programme.person("k.o@example.test")?.address == "kerry.oneill@example.test")
        _ = try await publish()
        let after = try #require(try workspace.store.latestRevision()?.plan)
        #expect(after.tracks.map(\.team) == before.tracks.map(\.team))
        let told = try workspace.store.messages().filter { $0.person == "k.o@example.test" }.map(\.recipient)
        #expect(told.contains("kerry.oneill@example.test"))
        let sessions = try workspace.store.sessions(of: "k.o@example.test")
        #expect(
            sessions.allSatisfy { session in
                session.participants.first { $0.person == "k.o@example.test" }?.address == "kerry.oneill@example.test"
            })
    }

    @Test(arguments: [
        ("Kerry O'Neill,k.o@example.test,900003", "Carl Owen,c.o@example.test,900003"),
        ("Kerry O'Neill,k.o@example.test,900003", "Kerry O'Neill,kerry@example.test,900004"),
        (
            "Kerry O'Neill,k.o@example.test,900003",
            "Kerry O'Neill,kerry@example.test,900003,,,\n,Kerry O'Neill,k.o2@example.test,900003"
        ),
    ])
    func `is somebody else with another name or school, or where two could be meant`(
        old: String, new: String
    ) async throws {
        _ = try await publish()
        try files.replace(old, with: new, in: Self.people)
        #expect(try workspace().programme.person("k.o@example.test") == nil)
    }
}
