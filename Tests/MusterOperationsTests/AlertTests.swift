import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `Mail that does not leave` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles(
            operator: "webhooks: [{ id: office, url: 'https://office.example/hook', format: teams, events: [mail.*] }]")
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func fail(since: Instant?) throws {
        let store = try workspace().store
        var mail = try store.destination(OutboxMessage.mail)
        (mail.failingSince, mail.lastError) = (since, since.map { _ in "nobody answers" })
        _ = try store.recordAndClaim([], of: mail, claiming: 0, at: clock.now)
    }

    @Test func `for an hour is told once to other programs, and so is its end`() async throws {
        #expect(try await workspace().alert() == nil, "all is well")
        let begin = clock.now
        try fail(since: begin)
        clock.later(3599)
        #expect(try await workspace().alert() == nil, "it may end by itself")
        clock.later(1)
        #expect(try await workspace().alert() == .mailFailing)
        clock.later(7200)
        #expect(try await workspace().alert() == nil, "once")
        try fail(since: nil)
        #expect(try await workspace().alert() == .mailRecovered)
        #expect(try await workspace().alert() == nil)
        try fail(since: clock.now)
        clock.later(4000)
        #expect(try await workspace().alert() == .mailFailing, "the next time it is told again")
        let hooks = try workspace().store.messages([.due]).filter { $0.destination == "office" }
        #expect(hooks.map(\.reason).reversed() == ["mail.failing", "mail.recovered", "mail.failing"])
        #expect(String(decoding: hooks[2].content, as: UTF8.self).contains("nobody answers"))
    }
}
