import CivilTime
import Foundation
import MusterModel
import MusterPlanning
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `A change that follows by itself` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
        try files.replace(
            "m.khan,Mo Khan",
            with: "z.ali,Zara Ali,z.ali@example.test,,lead;reviewer,,\nm.khan,Mo Khan", in: "programme/people.csv")
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
            .acting(as: "ann")
    }

    private func write(policy: ChangePolicy) throws {
        try files.replace(
            "cycle: spring\n", with: "cycle: spring\npolicy: \(policy.rawValue)\n", in: "programme/cycles/spring.yaml")
    }

    /// Publishes, delivers, and has the lead decline; who that is.
    private func publishAndDecline() async throws -> PersonID {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        let lead = try #require(try team()["lead"]?.first)
        try await decline(lead, "900001/review")
        return lead
    }

    private func decline(_ person: PersonID, _ session: String) async throws {
        let request = RecordAnswer.Request(session: session, person: person.rawValue, status: .declined, comment: "ill")
        _ = try await RecordAnswer.run(request, in: try workspace()) { _ in }
    }

    private func followUp() async throws -> Workspace.FollowUp {
        try await workspace().followUp(Workspace.PlanningOptions())
    }

    private func outcome() async throws -> String {
        switch try await followUp() {
        case .nothing: "nothing"
        case .published(_, let isPart): isPart ? "published in part" : "published"
        case .proposed(let change, let isNew): "proposed \(change.number)\(isNew ? "" : " before")"
        }
    }

    private func proposed() async throws -> PlanChange {
        guard case .proposed(let change, _) = try await followUp() else {
            throw Workspace.Failure("nothing was proposed", exitCode: 1)
        }
        return change
    }

    private func team() throws -> [RoleID: [PersonID]] {
        try #require(try workspace().store.latestRevision()?.plan.tracks.first).team
    }

    private func dates() throws -> [SessionID: Instant] {
        try workspace().store.publishedSessions().reduce(into: [:]) { $0[$1.details.id] = $1.details.start }
    }

    private func reject(_ number: Int, reconsiders: Bool = false) async throws {
        let request = RejectProposal.Request(number: number, reason: "she comes after all", reconsiders: reconsiders)
        _ = try await RejectProposal.run(request, in: try workspace()) { _ in }
    }

    @Test func `waits for a yes, with why and what else could be, and is published by it as it was shown`() async throws
    {
        let lead = try await publishAndDecline()
        let change = try await proposed()
        #expect(try await outcome() == "proposed 1 before", "the same is proposed once")
        #expect(try workspace().store.messages([.due]).isEmpty, "nobody hears of what is only proposed")

        let shown = try await ShowProposal.run(ShowProposal.Request(number: nil), in: try workspace()) { _ in }
        let name = try workspace().programme.person(lead)?.name ?? ""
        #expect(
            shown.view.causes.count == 1, "one no, though it is about all sessions of the run: \(shown.view.causes)")
        #expect(shown.view.causes.allSatisfy { $0.hasPrefix("\(name) does not come to") && $0.contains("ill") })
        #expect(shown.view.changes.allSatisfy { !$0.isMoved } && !shown.view.alternatives.isEmpty)
        #expect(shown.view.stability.hasPrefix("0 of 3 sessions"))

        let before = try dates()
        let result = try await ApproveProposal.run(
            ApproveProposal.Request(number: change.number), in: try workspace()
        ) { _ in }
        #expect(try result.mails > 0 && team()["lead"] != [lead] && dates() == before)
        #expect(try workspace().store.planChange(change.number)?.change.state == .applied)
        let events = try workspace().store.events().map(\.kind)
        for kind in [EventKind.proposalCreated, .proposalApplied, .attendeeSubstituted] {
            #expect(events.contains(kind.rawValue), "\(kind)")
        }
        #expect(try await outcome() == "nothing", "something is left")
        await #expect(throws: Workspace.Failure.self, "it is published once") {
            try await ApproveProposal.run(ApproveProposal.Request(number: change.number), in: try workspace()) { _ in }
        }
    }

    @Test func `is not what it was where something happened since, and the yes to it is refused`() async throws {
        _ = try await publishAndDecline()
        let change = try await proposed()
        try files.replace("to agree the key enquiry question", with: "to agree", in: "programme/cycles/spring.yaml")
        let error = await #expect(throws: Workspace.Failure.self) {
            try await ApproveProposal.run(ApproveProposal.Request(number: change.number), in: try workspace()) { _ in }
        }
        #expect(error?.description.contains("cycles/spring.yaml") ?? false, "\(error?.description ?? "")")
        #expect(try await proposed().number != change.number, "another change is another proposal")
        #expect(try workspace().store.planChange(change.number)?.change.state == .outdated)
    }

    @Test func `stays away after a no, until something else happens there or the no is taken back`() async throws {
        let lead = try await publishAndDecline()
        let before = try (team: team(), dates: dates())
        let change = try await proposed()
        try await reject(change.number)
        for _ in 0..<2 {
            #expect(try await outcome() == "nothing", "it is proposed again")
        }
        #expect(try await workspace().propose().changes.isEmpty, "muster plan follows the no too")
        #expect(try team() == before.team && dates() == before.dates)

        let other = try #require(try team()["reviewer"]?.first)
        try await decline(other, "900001/review")
        let next = try await proposed()
        let shown = try await ShowProposal.run(ShowProposal.Request(number: nil), in: try workspace()) { _ in }
        #expect(next.number > change.number && shown.view.causes.count == 2, "\(shown.view.causes)")
        let request = RecordAnswer.Request(
            session: "900001/review", person: other.rawValue, status: .accepted, comment: "")
        _ = try await RecordAnswer.run(request, in: try workspace()) { _ in }
        #expect(try await outcome() == "nothing", "the first no stands")
        #expect(try workspace().store.openChange() == nil)

        try await reject(change.number, reconsiders: true)
        _ = try await proposed()
        #expect(try workspace().store.events().contains { $0.actor == "ann" && $0.title.contains("taken back") })
        #expect(try team()["lead"] == [lead])
    }

    @Test func `is done without asking where the cycle lets a substitute in, and no other is`() async throws {
        try write(policy: .substitutes)
        let lead = try await publishAndDecline()
        let before = try dates()
        #expect(try await outcome() == "published")
        #expect(try team()["lead"] != [lead] && dates() == before)

        try await decline("a.marsh", "900001/pre-review")
        let change = try await proposed()
        #expect(try change.tracks == ["spring/900001"] && dates() == before, "another date is asked about")
    }

    @Test func `is done whole where the cycle lets everything be done`() async throws {
        try write(policy: .all)
        _ = try await publishAndDecline()
        try await decline("a.marsh", "900001/pre-review")
        let before = try dates()
        #expect(try await outcome() == "published")
        #expect(try dates() != before)
        #expect(try await outcome() == "nothing", "something is left")
    }

    @Test func `of somebody who is away has a substitute on the same date before another date`() async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        let before = try dates()
        let lead = try #require(try team()["lead"]?.first)
        let day = try #require(before["spring/900001/review"]).utc.date
        let people = try String(contentsOfFile: files.config + "/programme/people.csv", encoding: .utf8)
        let lines = people.split(separator: "\n").enumerated().map { index, line in
            "\(line)," + (index == 0 ? "away" : line.hasPrefix(lead.rawValue + ",") ? "\(day)" : "")
        }
        try files.folder.write(lines.joined(separator: "\n") + "\n", to: "config/programme/people.csv")
        let proposal = try await workspace().propose()
        #expect(!proposal.changes.isEmpty)
        let others = proposal.changes.changes.filter { !$0.isSubstitution }
        #expect(others.isEmpty, "\(others.map(\.sentences))")
        #expect(proposal.obstacles["spring/900001"]?.map(\.kind) == [.absent])
    }

    @Test func `of a person who is forgotten is worked out anew`() async throws {
        _ = try await publishAndDecline()
        let change = try await proposed()
        let content = try #require(try workspace().store.planChange(change.number)?.content)
        #expect(String(decoding: content, as: UTF8.self).contains("ill"))
        try files.replace("m.khan,Mo Khan", with: "new.one,New One", in: "programme/people.csv")
        try files.replace("m.khan@example.test", with: "new.one@example.test", in: "programme/people.csv")
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        #expect(try workspace().store.planChange(change.number)?.content == nil, "what is of the past is not kept")
    }

    // MARK: Mails that came back

    /// Has every mail about a session to a person come back.
    private func bounce(_ person: PersonID, _ session: SessionID) async throws {
        let sent = try #require(
            try workspace().store.messages().last { $0.session?.id == session && $0.person == person })
        let request = TakeMail.Request(content: ReturnedMail.data(of: sent.messageID, for: sent.recipient))
        let taken = try await TakeMail.run(request, in: try workspace()) { _ in }
        try #require(taken.state == .applied)
    }

    @Test(arguments: [ChangePolicy.propose, .all])
    func `of somebody who is not reached is proposed a day later, and never done without asking`(
        policy: ChangePolicy
    ) async throws {
        try write(policy: policy)
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        let lead = try #require(try team()["lead"]?.first)
        let dates = try dates()
        try await bounce(lead, "spring/900001/review")
        #expect(try await outcome() == "nothing", "first the address is looked at")

        clock.later(86_400)
        let change = try await proposed()
        let shown = try await ShowProposal.run(ShowProposal.Request(number: nil), in: try workspace()) { _ in }
        #expect(
            shown.view.causes.count == 1 && shown.view.causes[0].contains("do not arrive at"), "\(shown.view.causes)")
        let approval = ApproveProposal.Request(number: change.number)
        _ = try await ApproveProposal.run(approval, in: try workspace()) { _ in }
        #expect(try team()["lead"] != [lead] && self.dates() == dates)
        _ = try await workspace().send()
        #expect(try await outcome() == "nothing", "who was not reached is not asked again")
    }

    @Test func `of nobody is made where who was not reached answers, has another address, or has nobody in reserve`()
        async throws
    {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        let lead = try #require(try team()["lead"]?.first)
        try await bounce(lead, "spring/900001/review")
        // The host cannot be replaced, and no other date would reach them.
        try await bounce("a.marsh", "spring/900001/pre-review")
        clock.later(86_400)
        let answer = RecordAnswer.Request(
            session: "900001/review", person: lead.rawValue, status: .accepted, comment: "")
        _ = try await RecordAnswer.run(answer, in: try workspace()) { _ in }
        #expect(try await outcome() == "nothing")

        let reviewer = try #require(try team()["reviewer"]?.first)
        try await bounce(reviewer, "spring/900001/review")
        clock.later(86_400)
        let person = try #require(try workspace().programme.person(reviewer))
        try files.replace(person.address, with: "mended@example.test", in: "programme/people.csv")
        #expect(try workspace().unreached().map(\.person) == ["a.marsh"])
    }
}
