import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore

/// How it goes, for Prometheus: text in its exposition format.
///
/// It is read from the store when somebody asks, so that a restart loses nothing but how often feeds were read. No person
/// and no address is in it.
public struct Metrics {
    /// The text.
    public let text: String

    /// What there is to say about the state of a running daemon, which knows more than its store.
    init(_ context: ServiceContext) throws {
        try self.init(
            context.workspace, nextReminder: context.nextReminder, planningSeconds: context.planningSeconds,
            feedAnswers: context.feedAnswers)
    }

    /// What there is to say about a state.
    public init(_ workspace: Workspace) throws {
        try self.init(
            workspace, nextReminder: workspace.nextReminder(after: workspace.now()), planningSeconds: nil,
            feedAnswers: [:])
    }

    private init(
        _ workspace: Workspace, nextReminder: Instant?, planningSeconds: Double?, feedAnswers: [Int: Int]
    ) throws {
        let store = workspace.store
        let now = workspace.now()
        var page = Page()
        page.gauge("muster_build_info", "The program.", [(["version": Daemon.version], 1)])
        let revision = try store.latestRevision()
        page.gauge("muster_revision", "The published revision.", [([:], Double(revision?.number ?? 0))])
        page.gauge(
            "muster_plan_last_success_timestamp_seconds", "When it was published.",
            [([:], Double(revision?.at.seconds ?? 0))])
        if let planningSeconds {
            page.gauge("muster_plan_duration_seconds", "How long the last planning took.", [([:], planningSeconds)])
        }
        let sessions = try store.publishedSessions()
        let held = sessions.count { $0.details.start <= now }
        page.gauge(
            "muster_sessions", "Published sessions.",
            [(["state": "to_come"], Double(sessions.count - held)), (["state": "begun"], Double(held))])
        page.gauge(
            "muster_schools_unscheduled", "Hosts and events that could not be scheduled.",
            [([:], Double(revision?.plan.unscheduled.count ?? 0))])
        Self.outbox(try store.outboxStatistics(), now, &page)
        Self.destinations(try workspace.destinations.map { try store.destination($0) }, now, &page)
        Self.calendars(workspace, try store.calendarCopies(.withoutTimes), &page)
        page.counter(
            "muster_reminders_total", "Reminders by their outcome.",
            try store.reminderCounts().map { (["outcome": $0.key], Double($0.value)) })
        if let next = nextReminder {
            page.gauge("muster_reminder_next_timestamp_seconds", "When the next is due.", [([:], Double(next.seconds))])
        }
        if workspace.configuration.feeds.listen != nil {
            page.counter(
                "muster_feed_requests_total", "Requests for feeds by the status of the answer, since the start.",
                feedAnswers.sorted { $0.key < $1.key }.map { (["status": String($0.key)], Double($0.value)) })
        }
        text = page.text
    }

    private static func outbox(_ statistics: [OutboxStatistic], _ now: Instant, _ page: inout Page) {
        let mails = statistics.filter { $0.destination == OutboxMessage.mail }
        let others = statistics.filter { $0.destination != OutboxMessage.mail }
        let states = Dictionary(grouping: statistics) { [$0.destination, $0.state.rawValue] }
        page.gauge(
            "muster_outbox_messages", "Messages by destination and state.",
            states.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, value in
                (["destination": key[0], "state": key[1]], Double(value.reduce(0) { $0 + $1.count }))
            })
        let waiting = statistics.filter { $0.state == .due || $0.state == .claimed }
        let oldest = Dictionary(grouping: waiting, by: \.destination).mapValues { $0.map(\.oldest).min() ?? now }
        page.gauge(
            "muster_outbox_oldest_seconds", "The age of the oldest message that waits.",
            oldest.sorted { $0.key < $1.key }.map { (["destination": $0.key], Double(max(0, now - $0.value))) })
        page.counter(
            "muster_mail_sent_total", "Mails that were taken, by kind.",
            mails.filter { $0.state == .delivered }.map { (["kind": $0.kind.rawValue], Double($0.count)) })
        page.counter(
            "muster_mail_failures_total", "Mails that were given up, by kind.",
            mails.filter { $0.state == .dead }.map { (["kind": $0.kind.rawValue], Double($0.count)) })
        page.counter(
            "muster_webhook_deliveries_total", "Webhooks by endpoint and result.",
            others.filter { $0.state == .delivered || $0.state == .dead }.map {
                (["endpoint": $0.destination, "result": $0.state.rawValue], Double($0.count))
            })
    }

    private static func destinations(_ destinations: [Destination], _ now: Instant, _ page: inout Page) {
        page.gauge(
            "muster_destination_failing_seconds", "For how long nothing has got through; 0 where it does.",
            destinations.map { (["destination": $0.name], Double($0.failingSince.map { now - $0 } ?? 0)) })
        page.gauge(
            "muster_destination_given_up", "Whether it was given up.",
            destinations.map { (["destination": $0.name], $0.givenUp == nil ? 0 : 1) })
    }

    private static func calendars(
        _ workspace: Workspace, _ copies: [CalendarSource: CalendarCopy], _ page: inout Page
    ) {
        let known = workspace.programme.calendars.map { copies[$0] }
        page.gauge(
            "muster_feeds", "Calendars by how far they can be relied on.",
            [CalendarCopy.Freshness.fresh, .stale, .unknown].map { freshness in
                (["state": freshness.rawValue], Double(known.count { ($0?.freshness ?? .unknown) == freshness }))
            })
        if let oldest = known.compactMap({ $0?.succeeded }).min() {
            page.gauge(
                "muster_feed_oldest_success_timestamp_seconds", "When the oldest copy in use was read.",
                [([:], Double(oldest.seconds))])
        }
    }
}

/// A page in the exposition format.
private struct Page {
    private(set) var text = ""

    mutating func gauge(_ name: String, _ help: String, _ samples: [([String: String], Double)]) {
        write("gauge", name, help, samples)
    }

    mutating func counter(_ name: String, _ help: String, _ samples: [([String: String], Double)]) {
        write("counter", name, help, samples)
    }

    private mutating func write(_ type: String, _ name: String, _ help: String, _ samples: [([String: String], Double)])
    {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for (labels, value) in samples {
            let list = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            let number = value == value.rounded() ? String(Int(value)) : String(value)
            text += name + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}") + " \(number)\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
