import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

/// A partnership of eight schools over two school years, lived week by week: people come and go, are away, have new
/// addresses and change their minds; schools close all of a sudden; sessions and runs are cancelled and come back; plans
/// are published and undone; the config has a slip and is mended.
final class LivedProgramme {
    struct Reviewer {
        let name: String
        let school: String
        var roles: String
        var away: [String] = []
        var address: String
        /// Whether people.csv gives an id, and not the address alone.
        let hasID: Bool

        init(_ name: String, _ school: String, _ roles: String) {
            self.name = name
            self.school = school
            self.roles = roles
            address = "\(name)@example.test"
            hasID = !name.hasPrefix("b") && !name.hasPrefix("c")
        }
    }

    struct Decline: Hashable {
        let track: TrackID
        let person: PersonID
    }

    struct Closure {
        let school: String
        let dates: ClosedRange<CivilDate>
    }

    static let teamsAtMost = 2
    static let sessionsAWeek = 2
    /// Each with the schools that it reviews; a host of one year is a host of the next as well.
    static let cycles: [(id: String, dates: String, hosts: [Int])] = [
        ("autumn-26", "2026-09-14 to 2026-12-11", [0, 1, 2]), ("spring-27", "2027-01-11 to 2027-03-24", [3, 4, 5]),
        ("autumn-27", "2027-09-13 to 2027-12-10", [0, 1, 6]), ("spring-28", "2028-01-10 to 2028-03-24", [3, 4, 7]),
    ]

    let folder: TemporaryDirectory
    let clock: Clock
    private(set) var people: [Reviewer] = []
    private var hosts: [String: [Int]] = [:]
    private var cancelled: [String] = []
    private(set) var closures: [Closure] = []
    private(set) var undone = 0
    /// Who said no to a run, and whether somebody else has taken the place since.
    var declines: [Decline: Bool] = [:]
    var returns: [String] = []
    /// Whose mails about a run came back, and at which address, while they are in its team.
    var unreached: [Decline: String] = [:]
    var everUnreached: Set<PersonID> = []
    /// How often somebody was replaced whose mails had come back.
    var replaced = 0
    private(set) var slips = 0
    /// Mails that people wrote.
    var mails = 0
    /// Mails that came back.
    var bounced = 0
    /// Answers that were asked for once more.
    private(set) var chased = 0
    var random: SeededGenerator
    /// Everything that was ever published and has begun, as it was published last before that, by UID.
    private(set) var held: [String: SessionDetails] = [:]

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        folder = try TemporaryDirectory()
        clock = Clock(try #require(Instant(iso: "2026-08-31T08:00:00Z")))
        for school in 0..<8 {
            for (name, roles) in [("head", "head"), ("a", "lead;reviewer"), ("b", "reviewer"), ("c", "lead;reviewer")] {
                people.append(Reviewer("\(name)\(school)", Self.urn(school), roles))
            }
        }
        for cycle in Self.cycles { hosts[cycle.id] = cycle.hosts }
        try writeConfig()
        try writePeople()
        try writeCycles()
    }

    static func urn(_ school: Int) -> String { "90000\(school)" }

    private func writeConfig() throws {
        try folder.write(
            """
            organiser: { name: Reviews, address: reviews@example.test }
            planning: { rounds: 5, notice: 3 days, freeze: 1 day }
            """, to: "config/muster.yaml")
        let schools = (0..<8).map { "\(Self.urn($0)),School \($0),Primary,South West,county" }
        try folder.write(
            "urn,name,phase,region,terms\n" + schools.joined(separator: "\n"), to: "config/programme/schools.csv")
        try folder.write(
            """
            layer: county
            terms:
              - { name: Autumn 26, dates: 2026-09-02 to 2026-12-18 }
              - { name: Spring 27, dates: 2027-01-05 to 2027-03-25 }
              - { name: Summer 27, dates: 2027-04-12 to 2027-07-21 }
              - { name: Autumn 27, dates: 2027-09-02 to 2027-12-17 }
              - { name: Spring 28, dates: 2028-01-05 to 2028-03-30 }
            closed:
              - { name: Half-term, dates: 2026-10-26 to 2026-10-30 }
            """, to: "config/programme/terms/county.yaml")
        try folder.write(
            """
            partnership: tamar
            name: Tamar Valley
            coordinator: { name: Coordinator, address: coordinator@example.test }
            schools: [\((0..<8).map(Self.urn).joined(separator: ", "))]
            """, to: "config/programme/partnerships/tamar.yaml")
    }

    private func writePeople() throws {
        let rows = people.map { person in
            "\(person.hasID ? person.name : ""),Person \(person.name),\(person.address),\(person.school),\(person.roles),\(person.away.joined(separator: "; "))"
        }
        try folder.write(
            "id,name,email,school,roles,away\n" + rows.joined(separator: "\n"), to: "config/programme/people.csv")
    }

    /// Cycles are written some months before they begin, and thrown away when they are long over.
    private func writeCycles() throws {
        for cycle in Self.cycles {
            let dates = cycle.dates.components(separatedBy: " to ").compactMap(CivilDate.init(iso:))
            let today = clock.now.utc.date
            guard dates[0] < today + 170, dates[1] > today - 60 else {
                try? FileManager.default.removeItem(atPath: "\(folder.path)/config/programme/cycles/\(cycle.id).yaml")
                continue
            }
            try folder.write(
                """
                cycle: \(cycle.id)
                name: Cycle \(cycle.id)
                partnership: tamar
                dates: \(cycle.dates)
                team: { lead: 1, reviewer: 1 }
                stages:
                  - { id: pre-review, name: Pre-review, length: 60 min, attend: [host, lead], times: 13:00-16:00 }
                  - { id: review, name: Review, length: 150 min, attend: [host, lead, reviewer], after: 3 to 12 school days }
                  - { id: impact, name: Impact review, length: 60 min, attend: [host, lead], after: 8 to 20 school days }
                rules:
                  earlier-team: never
                  limits: { teams: \(Self.teamsAtMost), per-day: 1, per-week: \(Self.sessionsAWeek) }
                hosts:
                \((hosts[cycle.id] ?? []).map { "  - { school: \(Self.urn($0)) }" }.joined(separator: "\n"))
                """, to: "config/programme/cycles/\(cycle.id).yaml")
        }
    }

    func workspace() throws -> Workspace {
        try Workspace(
            config: folder.path + "/config", state: folder.path + "/state", now: { [clock] in clock.now })
    }

    // MARK: A week

    /// What may happen in a week, in the config or by a command.
    func happen() async throws {
        try writeCycles()
        switch Int.random(in: 0..<13, using: &random) {
        case 0: try leave()
        case 1: try join()
        case 2, 3: try beAway()
        case 4: try addHost()
        case 5, 6: try await cancel()
        case 7: try await takeBack()
        case 8: try await close()
        case 9, 10: try moveHouse()
        case 11: try slip()
        default: break
        }
    }

    private func leave() throws {
        let reviewers = people.indices.filter { people[$0].roles != "head" }
        guard reviewers.count > 18, let index = reviewers.randomElement(using: &random) else { return }
        people.remove(at: index)
        try writePeople()
    }

    private func join() throws {
        let number = people.count + Int.random(in: 100..<10_000, using: &random)
        people.append(
            Reviewer("n\(number)", Self.urn(Int.random(in: 0..<8, using: &random)), "lead;reviewer"))
        try writePeople()
    }

    private func beAway() throws {
        guard let index = people.indices.randomElement(using: &random) else { return }
        let first = clock.now.utc.date + Int.random(in: 5...30, using: &random)
        people[index].away.append("\(first) to \(first + Int.random(in: 0...6, using: &random))")
        try writePeople()
    }

    /// Somebody has another address.
    private func moveHouse() throws {
        guard let index = people.indices.randomElement(using: &random) else { return }
        people[index].address = "\(people[index].name).\(Int.random(in: 0..<1000, using: &random))@example.test"
        try writePeople()
    }

    /// The file of a cycle is broken; the week goes by before anybody mends it.
    private func slip() throws {
        try folder.write("cycle: [", to: "config/programme/cycles/\(Self.cycles[0].id).yaml")
        slips += 1
    }

    private func close() async throws {
        let school = Self.urn(Int.random(in: 0..<8, using: &random))
        let first = clock.now.utc.date + Int.random(in: 2...20, using: &random)
        let dates = first...(first + Int.random(in: 0...2, using: &random))
        let request = RecordSchoolEvent.Request(
            school: school, kind: .closure, days: "\(dates.lowerBound) to \(dates.upperBound)", reason: "")
        _ = try await RecordSchoolEvent.run(request, in: try workspace()) { _ in }
        closures.append(Closure(school: school, dates: dates))
    }

    private func addHost() throws {
        guard let cycle = Self.cycles.randomElement(using: &random),
            let school = (0..<8).filter({ !(hosts[cycle.id] ?? []).contains($0) }).randomElement(using: &random),
            hosts[cycle.id, default: []].count < 5
        else { return }
        hosts[cycle.id]?.append(school)
        try writeCycles()
    }

    private func cancel() async throws {
        let workspace = try workspace()
        let toCome = try workspace.store.publishedSessions().map(\.details).filter { $0.start > clock.now }
        guard let session = toCome.randomElement(using: &random)?.id else { return }
        let isWhole = Int.random(in: 0..<3, using: &random) == 0
        let subject = isWhole ? session.track.rawValue : session.rawValue
        try await workspace.withWriteAccess { _ = try workspace.cancel(subject, because: "", $0) }
        cancelled.append(subject)
    }

    private func takeBack() async throws {
        guard let subject = cancelled.popLast() else { return }
        let workspace = try workspace()
        try await workspace.withWriteAccess {
            _ = try $0.store.removeDecisions(about: subject, by: "", at: workspace.now())
        }
    }

    /// Plans, publishes and delivers; then a week goes by, and what has begun is remembered as it was published.
    func live() async throws {
        if let workspace = try? workspace() {
            try await publish(in: workspace)
            try await answer(in: workspace)
            try await bounce(in: workspace)
        }
        clock.later(7 * 86_400)
        try writeCycles()
        for session in try workspace().store.publishedSessions() where session.details.start <= clock.now {
            #expect(
                held[session.uid].map { $0 == session.details } ?? true, "\(session.details.id) has begun, and changed")
            held[session.uid] = session.details
        }
    }

    private func publish(in workspace: Workspace) async throws {
        let proposal = try await workspace.propose()
        if !proposal.changes.isEmpty || proposal.plan != proposal.basis?.plan {
            let before = try workspace.store.publishedSessions().map(\.details)
            let waiting = try messagesOfPlans(in: workspace).count
            _ = try await workspace.publish(proposal, note: "", isApproved: true)
            if let basis = proposal.basis?.number, Int.random(in: 0..<4, using: &random) == 0 {
                try await undo(to: basis, in: workspace, before, waiting)
            }
        }
        let known = try workspace.store.chaseOutcomes(at: clock.now)
        _ = try await workspace.send()
        try check(chasedSince: known, in: workspace)
    }

    /// Those who were asked for an answer since, though they had given one.
    private func check(chasedSince before: Set<ReminderKey>, in workspace: Workspace) throws {
        let answers = try workspace.store.answers()
        let asked = try workspace.store.chaseOutcomes(at: clock.now).subtracting(before)
        chased += asked.count
        for key in asked {
            let answered = answers[key.uid]?.filter { answer in
                answer.start == key.start && answer.status != .tentative
                    && workspace.programme.person(answer.person)?.address.lowercased() == key.recipient
            }
            #expect(answered?.isEmpty ?? true, "\(key) was asked though they had answered")
        }
    }

    /// What waits to be sent because of plans, and not because somebody wrote, or may not have heard of the last one.
    private func messagesOfPlans(in workspace: Workspace) throws -> [OutboxMessage] {
        return try workspace.store.messages([.due]).filter {
            $0.kind != .receipt && $0.reason != "refresh" && !($0.person.map(everUnreached.contains) ?? false)
        }
    }

    /// Publishes the revision before again: one is back where one was, and no mail is left over.
    ///
    /// Then planning goes on.
    private func undo(
        to revision: Int, in workspace: Workspace, _ before: [SessionDetails], _ waiting: Int
    ) async throws {
        guard let earlier = try? workspace.propose(revision: revision) else { return }
        // Where the config changed too, an earlier plan is not what it was: an address, or a school that is closed.
        func toCome(_ details: [SessionDetails]) -> Set<SessionDetails> { Set(details.filter { $0.start > clock.now }) }
        guard toCome(earlier.details) == toCome(before) else { return }
        _ = try await workspace.publish(earlier, note: "", isApproved: true)
        let after = try workspace.store.publishedSessions().map(\.details)
        #expect(Set(after) == Set(before))
        let left = try messagesOfPlans(in: workspace).map {
            "\($0.kind) \($0.reason) \($0.session?.id ?? "") \($0.person ?? "")"
        }
        #expect(left.count == waiting, "what was undone before it left needs no mail: \(left)")
        undone += 1
        _ = try await PublishPlan.run(PublishPlan.Request(), in: workspace) { _ in }
    }
}
