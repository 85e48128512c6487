import CivilTime
import Foundation
import Logging
import MusterDelivery
import MusterModel
import MusterPlanner
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterDaemon
@testable import MusterOperations

@Suite struct `A service` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func context() throws -> ServiceContext {
        ServiceContext(workspace: try workspace(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func `that waits is woken by a ring, and by the time, again and again`() async {
        let wakeSignal = WakeSignal()
        for _ in 0..<3 { await wakeSignal.wait(atMost: .milliseconds(5)) }
        let begin = ContinuousClock.now
        await wakeSignal.wait(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - begin >= .milliseconds(50), "a wait that ran out leaves no ring behind")
        wakeSignal.notify()
        wakeSignal.notify()
        await wakeSignal.wait(atMost: .seconds(3600))
    }

    @Test func `takes answers, and has the plan made anew a quarter of an hour after a no`() async throws {
        let context = try context()
        _ = try await PublishPlan.run(PublishPlan.Request(), in: context.workspace) { _ in }
        let service = AnswerService(context: context)
        _ = try await service.runOnce()
        await context.planningSignal.wait(atMost: .milliseconds(1))
        let session = try #require(try context.workspace.store.publishedSessions().first)
        let person = try #require(session.details.participants.first)
        let lines = [
            "From: \(person.address)", "Content-Type: text/calendar; method=REPLY", "", "BEGIN:VCALENDAR",
            "METHOD:REPLY", "BEGIN:VEVENT", "UID:\(session.uid)", "ATTENDEE;PARTSTAT=DECLINED:mailto:\(person.address)",
            "END:VEVENT", "END:VCALENDAR", "",
        ]
        try files.folder.write(lines.joined(separator: "\r\n"), to: "state/answers/new/1")
        _ = try await service.runOnce()
        #expect(try context.workspace.store.answers()[session.uid]?.map(\.status) == [.declined])
        clock.later(1000)
        _ = try await service.runOnce()
        let begin = ContinuousClock.now
        await context.planningSignal.wait(atMost: .seconds(3600))
        #expect(ContinuousClock.now - begin < .seconds(1800), "it was rung, however busy the machine is")
    }

    @Test func `knows what happens to schools though the config has a mistake, and a reload in between is not lost`()
        async throws
    {
        let (files, clock) = (files, clock)
        let load: @Sendable () throws -> Workspace = {
            try Workspace(config: files.config, state: files.folder.path + "/state", now: { clock.now })
        }
        let context = ServiceContext(
            workspace: try load(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, load: load)
        func record(_ day: String) async throws {
            let request = RecordSchoolEvent.Request(school: "900001", kind: .closure, days: day, reason: "")
            _ = try await RecordSchoolEvent.run(request, in: context.workspace) { _ in }
        }
        func isClosed(_ day: String) throws -> Bool {
            let date = try #require(CivilDate(iso: day))
            return context.workspace.programme.school("900001")?.days.kind(of: date) == .closed
        }
        try await record("2027-01-14")
        try files.replace("cycle: spring", with: "cycel: spring", in: "programme/cycles/spring.yaml")
        #expect(throws: Workspace.Failure.self) { try context.current() }
        #expect(try !isClosed("2027-01-14"))
        try context.takeUpAdditions()
        #expect(try isClosed("2027-01-14"))
        try files.replace("cycel: spring", with: "cycle: spring", in: "programme/cycles/spring.yaml")
        try files.replace("How well", with: "How far", in: "programme/cycles/spring.yaml")
        try await record("2027-01-21")
        #expect(try context.current().programme.tracks.first?.host?.question?.hasPrefix("How far") == true)
        #expect(try isClosed("2027-01-14") && isClosed("2027-01-21"))
    }

    @Test func `knows of reminders that a reload has brought`() async throws {
        let context = try context()
        let proposal = try await context.workspace.propose()
        _ = try await context.workspace.publish(proposal, note: "", isApproved: true)
        let service = ReminderService(context: context)
        _ = try await service.runOnce()
        try files.replace("hosts:", with: "reminders: [7 days]\nhosts:", in: "programme/cycles/spring.yaml")
        context.use(try workspace())
        let start = try #require(try context.workspace.store.publishedSessions().map(\.details.start).min())
        let next = try await service.runOnce()
        #expect(next == start - 7 * 86_400)
        #expect(context.nextReminder == next)
        let name = "muster_reminder_next_timestamp_seconds{programme=\"config\"}"
        #expect(try context.metrics().text.contains("\(name) \(start.seconds - 7 * 86_400)"))
    }

    @Test func `of planning ends when it is told to, whatever it has still to try`() async throws {
        try files.replace("rounds: 40", with: "rounds: 10000000, seconds: 3600", in: "muster.yaml")
        let workspace = try workspace()
        let task = Task { try await workspace.propose() }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        let rounds = try #require(try await task.value.search).outcome.rounds
        #expect(rounds < 10_000_000, "an hour was not waited for")
    }

    @Test func `of planning publishes what follows by itself, held where somebody must approve of it`() async throws {
        try files.replace(
            "planning: { rounds: 40 }", with: "planning: { rounds: 40, policy: apply }\napproval: manual",
            in: "muster.yaml")
        let context = try context()
        let proposal = try await context.workspace.propose()
        _ = try await CalendarService(context: context).runOnce()
        _ = try await PlanningService(context: context).runOnce()
        #expect(try context.workspace.store.latestRevision() == nil, "the first revision is for somebody to publish")
        _ = try await context.workspace.publish(proposal, note: "", isApproved: true)
        try await _ = context.workspace.send()
        try files.replace("length: 60 min", with: "length: 45 min", in: "programme/cycles/spring.yaml")
        context.use(try workspace())
        _ = try await PlanningService(context: context).runOnce()
        let store = context.workspace.store
        #expect(try store.latestRevision()?.number == 2)
        #expect(try store.outboxCounts()[.held] == 2 && store.outboxCounts()[.due] == nil)
        #expect(try store.waitingForApproval() == 2)
        #expect(try store.approve(at: clock.now) == 2)
    }

    @Test func `leaves a session that is near as it is, with its people`() async throws {
        let context = try context()
        _ = try await context.workspace.publish(try await context.workspace.propose(), note: "", isApproved: true)
        let sessions = try context.workspace.store.publishedSessions().map(\.details)
        let session = try #require(sessions.min { $0.start < $1.start })
        let lead = try #require(session.participants.first { $0.role == "lead" })
        clock.later(session.start - clock.now - 86_400)
        // The lead is away on that day: farther from it, somebody else would be sent.
        try files.replace(
            "id,name,email,school,roles,calendars,hours", with: "id,name,email,school,roles,calendars,hours,away",
            in: "programme/people.csv")
        let people = try String(contentsOfFile: files.config + "/programme/people.csv", encoding: .utf8)
        let away = people.split(separator: "\n").map { line in
            line.hasPrefix(lead.person.rawValue + ",") ? line + "," + session.start.description.prefix(10) : line
        }
        try files.folder.write(away.joined(separator: "\n") + "\n", to: "config/programme/people.csv")
        context.use(try workspace())
        let proposal = try await context.workspace.propose()
        let kept = try #require(proposal.details.first { $0.id == session.id })
        #expect(kept.start == session.start && kept.participants == session.participants)
        #expect(!proposal.notes.isEmpty, "what it is kept against is said")
    }

    @Test func `of planning waits for calendars that nobody has read yet`() async throws {
        let context = try context()
        #expect(try await PlanningService(context: context).runOnce() == clock.now + 10)
        _ = try await CalendarService(context: context).runOnce()
        #expect(try await PlanningService(context: context).runOnce() == nil)
        try files.replace(
            "900003,reviewer;lead,", with: "900003,reviewer;lead,https://calendar.invalid/k.ics",
            in: "programme/people.csv")
        context.use(try workspace())
        #expect(try await PlanningService(context: context).runOnce() == clock.now + 10)
    }
}
