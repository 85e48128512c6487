import CivilTime
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `A school that is closed or inspected all of a sudden` {
    private let files: ProgrammeFiles
    private let now: Instant

    init() throws {
        files = try ProgrammeFiles()
        now = try #require(Instant(iso: ProgrammeFiles.now))
    }

    private func workspace(at now: Instant? = nil) throws -> Workspace {
        let now = now ?? self.now
        return try Workspace(config: files.config, state: files.folder.path + "/state", now: { now })
    }

    private func record(_ kind: SchoolEvent.Kind, _ days: String, at now: Instant) async throws
        -> RecordSchoolEvent.Response
    {
        let request = RecordSchoolEvent.Request(school: "oakford", kind: kind, days: days, reason: "")
        return try await RecordSchoolEvent.run(request, in: try workspace(at: now)) { _ in }
    }

    @Test(arguments: SchoolEvent.Kind.allCases)
    func `has its near session moved as the first of the changes, and back when it was no such thing`(
        kind: SchoolEvent.Kind
    ) async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        let before = try #require(try workspace().store.latestRevision()?.plan)
        let first = try #require(before.tracks.first?.sessions.first)
        // Three days before it: nearer than the notice, farther than the freeze.
        let late = first.start - 3 * 86_400
        let day = first.start.utc.date
        let response = try await record(kind, "\(day)", at: late)
        #expect(response.sessions.count == 1 && response.sessions[0].contains("Pre-review"))
        let proposal = try await workspace(at: late).propose()
        let moved = try #require(proposal.plan.tracks.first?.sessions.first)
        #expect(moved.start.utc.date != day && moved.start > late + 7 * 86_400)
        #expect(proposal.changes.changes.first?.id == "spring/900001/pre-review")
        let again = try await PublishPlan.run(PublishPlan.Request(), in: try workspace(at: late)) { _ in }
        #expect(again.result != nil)
        _ = try await RemoveSchoolEvent.run(RemoveSchoolEvent.Request(number: 1), in: try workspace(at: late)) { _ in }
        let back = try await PublishPlan.run(PublishPlan.Request(revision: 1), in: try workspace(at: late)) { _ in }
        #expect(back.report.plan == before)
        let history = try workspace().store.events(about: ["900001"]).map(\.title)
        #expect(history.count == 2 && history[1].hasPrefix("Oakford Primary: \(kind.rawValue) on \(day)"))
    }

    @Test func `is meant where a school is asked for, whatever people are called`() async throws {
        try files.replace("Mo Khan", with: "Oakford Khan", in: "programme/people.csv")
        #expect(try await record(.closure, "2027-02-01", at: now).school == "Oakford Primary")
        #expect(throws: Workspace.Failure.self) { try workspace().find("oakford") }
    }

    @Test(arguments: ["tomorrow", "2027-02-30", "2027-01-15 to 2027-01-14", ""])
    func `is refused where the days are none`(days: String) async throws {
        await #expect(throws: Workspace.Failure.self) { try await record(.closure, days, at: now) }
        #expect(try workspace().store.schoolEvents().isEmpty)
    }
}
