import CivilTime
import Foundation
import Logging
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Systemd
import Testing

@testable import MusterDaemon
@testable import MusterOperations

/// The whole daemon under a clock of its own: a school year in seconds, with both changes of the clocks, jumps, and
/// downtime.
@Suite struct `A school year` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles(operator: "")
        clock = Clock(try #require(Instant(iso: "2026-09-07T08:00:00Z")))
        try files.replace("planning: { rounds: 40 }", with: "planning: { rounds: 5, policy: apply }", in: "muster.yaml")
        try files.folder.write(
            """
            layer: county
            terms:
              - { name: Autumn term, dates: 2026-09-02 to 2026-12-18 }
              - { name: Spring term, dates: 2027-01-05 to 2027-03-25 }
              - { name: Summer term, dates: 2027-04-12 to 2027-07-21 }
            closed:
              - { name: Autumn half-term, dates: 2026-10-26 to 2026-10-30 }
              - { name: Half-term, dates: 2027-02-15 to 2027-02-19 }
            bank-holidays: { file: bank-holidays.json }
            """, to: "config/programme/terms/county.yaml")
        try files.replace(
            "coordinator: {", with: "digest: weekly\ncoordinator: {", in: "programme/partnerships/tamar.yaml")
        let cycle = try String(contentsOfFile: files.config + "/programme/cycles/spring.yaml", encoding: .utf8)
        let dates = [
            "autumn": "2026-10-05 to 2026-12-16", "spring": "2027-01-11 to 2027-04-30",
            "summer": "2027-05-04 to 2027-07-16",
        ]
        for (name, dates) in dates {
            let text = cycle.replacing("cycle: spring", with: "cycle: \(name)")
                .replacing("2027-01-11 to 2027-03-24", with: dates)
            let more = """

                reminders: [7 days, 1 day, 2 h, "school day before at 16:00"]
                deadlines:
                  - { id: data, name: Share your data, due: 3 school days before review, who: [host] }
                  - { id: report, name: Write the report, due: 5 school days after review, who: [lead] }
                """
            try files.folder.write(text + more, to: "config/programme/cycles/\(name).yaml")
        }
    }

    private func workspace() throws -> Workspace {
        try Workspace(
            config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func context() throws -> ServiceContext {
        ServiceContext(workspace: try workspace(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Lets the daemon live until a moment: each service runs when it wants to, and the clock goes on to the next.
    private func live(until end: Instant, in context: ServiceContext) async throws {
        let services: [any PeriodicService] = [
            CalendarService(context: context), PlanningService(context: context), ReminderService(context: context),
            DigestService(context: context), HousekeepingService(context: context),
        ]
        let delivery = DeliveryService(context: context)
        var due = services.map { _ in clock.now }
        while clock.now < end {
            for (index, service) in services.enumerated() where due[index] <= clock.now {
                due[index] = min(try await service.runOnce() ?? end, clock.now + 86_400)
            }
            let mail = try context.deliverer(for: OutboxMessage.mail)
            if let next = try mail.nextRound(), next <= clock.now { _ = await delivery.runOnce(OutboxMessage.mail) }
            let next = (due + [try mail.nextRound(), end].compactMap(\.self)).min() ?? end
            clock.later(max(60, next - clock.now))
        }
    }

    @Test(arguments: [1, 2])
    func `leaves each reminder with one outcome, whatever the clock does`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var context = try self.context()
        let proposal = try await context.workspace.propose()
        #expect(proposal.plan.sessionCount == 9, "\(proposal.plan.unscheduled)")
        _ = try await context.workspace.publish(proposal, note: "", isApproved: true)
        let end = try #require(Instant(iso: "2027-07-31T00:00:00Z"))
        var sessions: [String: SessionDetails] = [:]
        while clock.now < end {
            try await live(until: min(end, clock.now + Int.random(in: 5...20, using: &random) * 86_400), in: context)
            for session in try context.workspace.store.publishedSessions() { sessions[session.uid] = session.details }
            switch Int.random(in: 0..<5, using: &random) {
            case 0: clock.later(3600)
            case 1: try back(3600, context)
            case 2: clock.later(3 * 86_400)
            case 3: try back(3 * 86_400, context)
            default:
                clock.later(7 * 86_400)
                context = try self.context()
            }
        }
        try check(context.workspace, sessions)
    }

    /// Puts the clock back, which the watchdog notices.
    private func back(_ seconds: Int, _ context: ServiceContext) throws {
        let watchdog = WatchdogService(context: context, notifier: Notifier(environment: [:]))
        watchdog.runOnce()
        clock.later(-seconds)
        watchdog.runOnce()
    }

    private func check(_ workspace: Workspace, _ sessions: [String: SessionDetails]) throws {
        let store = workspace.store
        let published = try store.publishedSessions()
        #expect(published.count == 9)
        for session in published {
            let outcomes = try store.reminderOutcomes(uid: session.uid).filter { $0.start == session.details.start }
            let isReview = session.details.id.stage == "review"
            for person in session.details.participants {
                let own = outcomes.filter {
                    $0.recipient == person.address.lowercased() && !$0.rule.hasPrefix("answer:")
                }
                let deadlines = isReview && (person.role == "host" || person.role == "lead") ? 4 : 0
                #expect(own.count == 4 + deadlines, "\(session.details.id) \(person.person): \(own.map(\.rule))")
            }
        }
        let london = try #require(TimeZoneDatabase.system["Europe/London"])
        let counts = try store.reminderCounts()
        let chases = try store.messages().filter { $0.reason == "nudge" || $0.reason == "escalation" }
        #expect(!chases.isEmpty, "nobody answers here")
        for chase in chases {
            #expect((7..<18).contains(london.local(chase.created).time.minutes / 60), "\(chase.created)")
            let person = workspace.programme.people.first { $0.address == chase.recipient }
            let school = person?.school.flatMap(workspace.programme.school)
            #expect(school?.days.kind(of: london.local(chase.created).date) != .closed, "\(chase.created)")
        }
        let reminders = try store.messages().filter {
            $0.kind == .reminder && $0.reason != "nudge" && $0.reason != "escalation"
        }
        #expect(counts["sent"] == reminders.count && reminders.count > 40)
        #expect(reminders.allSatisfy { [.delivered, .expired, .superseded].contains($0.state) })
        let digests = try store.messages().filter { $0.kind == .digest }
        #expect((5...36).contains(digests.count))
        #expect(digests.allSatisfy { london.local($0.created).date.weekday <= .friday })
    }
}
