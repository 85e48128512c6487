import CivilTime
import Crypto
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing
import TextEncodings

@testable import MusterOperations

@Suite struct `A plan that somebody has looked at` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    /// What was seen, as it comes back out of a file.
    private func seen() async throws -> ProposedPlan {
        let request = PlanSeason.Request(search: PlanSeason.Search(), includesProposed: true)
        let proposed = try #require(try await PlanSeason.run(request, in: try workspace()) { _ in }.proposed)
        return try ProposedPlan(file: try files.folder.write(try proposed.text(), to: "plan.json"))
    }

    private func publish(_ proposed: ProposedPlan) async throws -> PublishPlan.Response {
        try await PublishPlan.run(PublishPlan.Request(proposed: proposed), in: try workspace()) { _ in }
    }

    @Test func `knows sessions by the text that every version has written`() async throws {
        let proposal = try await workspace().propose()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let digest = SHA256.hash(data: try encoder.encode(proposal.details)).hexadecimal
        #expect(try ProposedPlan.Basis.digest(of: proposal.details) == digest)
        #expect(!proposal.details.isEmpty)
    }

    @Test(arguments: [[], [-90, 5], [0, 1_796_045_411], [Int.min, Int.max]])
    func `knows calendars by the text that every version has written`(seconds: [Int]) throws {
        let source = CalendarSource(location: "calendars/zoë.ics")
        var copy = CalendarCopy(source: source, attempted: clock.now, window: clock.now..<clock.now)
        #expect(ProposedPlan.Basis.text(of: source, copy).isEmpty)
        copy.succeeded = clock.now
        let times = seconds.map(Instant.init(seconds:))
        copy.busy = zip(times, times.dropFirst()).flatMap { start, end in
            [false, true].map { BusyInterval(start: start, end: end, isTentative: $0) }
        }
        let lines = copy.busy.map { "\n\($0.start.seconds) \($0.end.seconds) \($0.isTentative)" }
        let expected = source.location + (lines.isEmpty ? "\n" : lines.joined())
        #expect(String(decoding: ProposedPlan.Basis.text(of: source, copy), as: UTF8.self) == expected)
    }

    @Test func `is published exactly so`() async throws {
        let proposed = try await seen()
        let response = try await publish(proposed)
        #expect(response.result?.mails == 8 && response.report.plan == proposed.plan)
    }

    @Test(
        arguments: [
            ("config", "the config is another: programme/cycles/spring.yaml"),
            ("calendar", "calendars say something else: calendars/head.ics"), ("decision", "something was decided"),
            ("revision", "revision 1 was published since"), ("time", "would have begun"),
        ])
    func `is refused with what differs, and nothing is published`(change: String, sentence: String) async throws {
        let proposed = try await seen()
        switch change {
        case "config": try files.replace("How well", with: "How far", in: "programme/cycles/spring.yaml")
        case "calendar": try files.replace("20270111", with: "20270118", in: "programme/calendars/head.ics")
        case "decision":
            let request = CancelTarget.Request(target: "spring/900001/workshop", reason: "")
            _ = try await CancelTarget.run(request, in: try workspace()) { _ in }
        case "revision": _ = try await publish(proposed)
        default: clock.later(70 * 86_400)
        }
        let before = try workspace().store.latestRevision()?.number
        let failure = await #expect(throws: Workspace.Failure.self) { try await publish(proposed) }
        #expect(failure?.description.contains(sentence) == true, "\(failure?.description ?? "")")
        #expect(try workspace().store.latestRevision()?.number == before)
    }

    @Test func `is refused where the config changed while it was made`() async throws {
        let before = try await seen()
        try files.replace("How well", with: "How far", in: "programme/cycles/spring.yaml")
        let after = try await seen()
        // The plan of the old config, with the files as they were looked at a moment later.
        var text = try before.text()
        for (name, digest) in before.basis.files { text = text.replacing(digest, with: after.basis.files[name] ?? "") }
        let mixed = try ProposedPlan(file: try files.folder.write(text, to: "plan.json"))
        let failure = await #expect(throws: Workspace.Failure.self) { try await publish(mixed) }
        #expect(failure?.description.contains("changed while the plan was made") == true)
    }

    @Test func `of an earlier revision is refused where the config no longer has its people, and says whom`()
        async throws
    {
        _ = try await publish(try await seen())
        try files.replace("k.o,Kerry O'Neill", with: "n.o,Nina Osei", in: "programme/people.csv")
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        let failure = await #expect(throws: Workspace.Failure.self) {
            try await PublishPlan.run(PublishPlan.Request(revision: 1), in: try workspace()) { _ in }
        }
        #expect(failure?.description.contains("no longer has k.o") == true, "\(failure?.description ?? "")")
        #expect(try workspace().store.latestRevision()?.number == 2)
    }
}
