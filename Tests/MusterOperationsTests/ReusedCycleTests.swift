import CivilTime
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `A cycle whose file is used again for the next year` {
    @Test func `is refused with what to do, and planned under an id of its own`() async throws {
        let files = try ProgrammeFiles()
        let first = try #require(Instant(iso: ProgrammeFiles.now))
        func workspace(at now: Instant) throws -> Workspace {
            try Workspace(config: files.config, state: files.folder.path + "/state", now: { now })
        }
        let published = try await PublishPlan.run(PublishPlan.Request(), in: try workspace(at: first)) { _ in }
        try files.replace(
            "2027-01-11 to 2027-03-24", with: "2028-01-10 to 2028-03-24", in: "programme/cycles/spring.yaml")
        try files.replace(
            "2027-01-05 to 2027-03-25", with: "2028-01-05 to 2028-03-30", in: "programme/terms/county.yaml")
        let later = try #require(Instant(iso: "2027-10-01T09:00:00Z"))
        await #expect {
            try await PublishPlan.run(PublishPlan.Request(), in: try workspace(at: later)) { _ in }
        } throws: { error in
            "\(error)".contains("\"spring\" has the id of one that was held")
        }
        try files.replace("cycle: spring", with: "cycle: spring-2028", in: "programme/cycles/spring.yaml")
        let next = try await PublishPlan.run(PublishPlan.Request(), in: try workspace(at: later)) { _ in }
        #expect(next.report.changes.count == 3 && next.result?.mails == published.result?.mails)
    }
}
