import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore

/// How a programme is doing, for Prometheus: text in its exposition format.
///
/// It is worked out from the store when somebody asks, so that a restart loses nothing but how often feeds were read. No person
/// and no address is in it.
public struct Metrics {
    /// The text.
    public let text: String

    /// What there is to say.
    ///
    /// - Parameters:
    ///   - programme: what the programme is called among several, a label of every sample.
    ///   - planningSeconds: how long the last planning took; nil for none since the start.
    ///   - loaded: when the config in force was read; nil where nobody keeps it.
    ///   - feedAnswers: requests for feeds by the status of the answer; nil where none are served.
    public init(
        _ status: StatusReport, programme: String, planningSeconds: Double? = nil, loaded: Instant? = nil,
        feedAnswers: [Int: Int]? = nil
    ) {
        var page = Page(programme: programme)
        let published = status.published
        page.gauge("muster_build_info", help: "The program.", samples: [(["version": Daemon.version], 1)])
        page.gauge(
            "muster_revision", help: "The published revision.", samples: [([:], Double(published?.revision ?? 0))])
        page.gauge(
            "muster_plan_last_success_timestamp_seconds", help: "When it was published.",
            samples: [([:], Double(published?.at.seconds ?? 0))])
        if let planningSeconds {
            page.gauge(
                "muster_plan_duration_seconds", help: "How long the last planning took.",
                samples: [([:], planningSeconds)])
        }
        page.gauge(
            "muster_sessions", help: "Published sessions.",
            samples: [
                (["state": "to_come"], Double(status.sessions.toCome)),
                (["state": "begun"], Double(status.sessions.begun)),
            ])
        page.gauge(
            "muster_schools_unscheduled", help: "Hosts and events that could not be scheduled.",
            samples: [([:], Double(published?.missing.count ?? 0))])
        page.gauge(
            "muster_database_bytes", help: "The size of the database.", samples: [([:], Double(status.databaseBytes))])
        page.gauge(
            "muster_backup_last_timestamp_seconds", help: "When a backup was written last; 0 for never.",
            samples: [([:], Double(status.lastBackup?.seconds ?? 0))])
        page.gauge(
            "muster_config_errors",
            help: "Whether the config as it is written has errors, so that an earlier one is in force.",
            samples: [([:], status.hasConfigErrors ? 1 : 0)])
        page.gauge(
            "muster_secrets_missing", help: "Secrets that the config names and that cannot be had.",
            samples: [([:], Double(status.missingSecrets.count))])
        if let loaded {
            page.gauge(
                "muster_config_last_reload_timestamp_seconds", help: "When the config in force was read.",
                samples: [([:], Double(loaded.seconds))])
        }
        Self.answers(status, &page)
        Self.outbox(status, &page)
        Self.destinations(status.destinations, now: status.at, page: &page)
        Self.calendars(status.calendars, &page)
        page.counter(
            "muster_reminders_total", help: "Reminders by their outcome.",
            samples: status.reminders.sorted { $0.key < $1.key }.map { (["outcome": $0.key], Double($0.value)) })
        if let next = status.nextReminder {
            page.gauge(
                "muster_reminder_next_timestamp_seconds", help: "When the next is due.",
                samples: [([:], Double(next.seconds))])
        }
        if let feedAnswers {
            page.counter(
                "muster_feed_requests_total", help: "Requests for feeds by the status of the answer, since the start.",
                samples: feedAnswers.sorted { $0.key < $1.key }.map { (["status": String($0.key)], Double($0.value)) })
        }
        text = page.text
    }

    private static func answers(_ status: StatusReport, _ page: inout Page) {
        page.gauge(
            "muster_answers", help: "Answers about sessions to come; none for those who have not answered.",
            samples: ["accepted", "declined", "tentative", "none"].map {
                (["status": $0], Double(status.answers[$0] ?? 0))
            })
        page.gauge(
            "muster_mails_waiting", help: "Mails to the organiser that wait for somebody.",
            samples: [([:], Double(status.waitingMails))])
        page.gauge(
            "muster_proposals_open", help: "Changes to the plan that wait for a yes.",
            samples: [([:], status.proposal == nil ? 0 : 1)])
        page.gauge(
            "muster_mail_heard_last_timestamp_seconds",
            help: "When a mail to the organiser was taken last; 0 for never.",
            samples: [([:], Double(status.lastIncoming?.seconds ?? 0))])
        guard let mailbox = status.mailbox else { return }
        page.gauge(
            "muster_mailbox_failing", help: "Whether the mailbox to which people answer cannot be read.",
            samples: [([:], mailbox.failure == nil ? 0 : 1)])
    }

    private static func outbox(_ status: StatusReport, _ page: inout Page) {
        let (statistics, now) = (status.messages, status.at)
        let states = Dictionary(grouping: statistics) { [$0.destination, $0.state.rawValue] }
        page.gauge(
            "muster_outbox_messages", help: "Messages by destination and state.",
            samples: states.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, value in
                (["destination": key[0], "state": key[1]], Double(value.reduce(0) { $0 + $1.count }))
            })
        let waiting = statistics.filter { $0.state == .due || $0.state == .claimed }
        let oldest = Dictionary(grouping: waiting, by: \.destination).mapValues { $0.map(\.oldest).min() ?? now }
        page.gauge(
            "muster_outbox_oldest_seconds", help: "The age of the oldest message that waits.",
            samples: oldest.sorted { $0.key < $1.key }.map { (["destination": $0.key], Double(max(0, now - $0.value))) }
        )
        let finished = FinishedMessages(status)
        for (name, help, state) in [
            ("muster_mail_sent_total", "Mails that were taken, by kind.", OutboxMessage.State.delivered),
            ("muster_mail_failures_total", "Mails that were given up, by kind.", .dead),
        ] {
            page.counter(
                name, help: help,
                samples: Self.mailKinds.map { kind in
                    (["kind": kind.rawValue], Double(finished.count(of: kind, to: OutboxMessage.mail, in: state)))
                })
        }
        let endpoints = status.destinations.map(\.name).filter { $0 != OutboxMessage.mail }
        page.counter(
            "muster_webhook_deliveries_total", help: "Webhooks by endpoint and result.",
            samples: endpoints.flatMap { endpoint in
                [OutboxMessage.State.delivered, .dead].map { state in
                    (
                        ["endpoint": endpoint, "result": state.rawValue],
                        Double(finished.count(of: .event, to: endpoint, in: state))
                    )
                }
            })
    }

    private static let mailKinds: [OutboxMessage.Kind] = [
        .invitation, .update, .cancellation, .reminder, .receipt, .digest, .notice,
    ]

    private static func destinations(_ destinations: [Destination], now: Instant, page: inout Page) {
        page.gauge(
            "muster_destination_failing_seconds", help: "For how long nothing has got through; 0 where it does.",
            samples: destinations.map { (["destination": $0.name], Double($0.failingSince.map { now - $0 } ?? 0)) })
        page.gauge(
            "muster_destination_disabled", help: "Whether nothing is tried until somebody asks for it.",
            samples: destinations.map { (["destination": $0.name], $0.givenUp == nil ? 0 : 1) })
    }

    private static func calendars(_ calendars: StatusReport.Calendars, _ page: inout Page) {
        page.gauge(
            "muster_calendars", help: "Calendars by how far they can be relied on.",
            samples: [CalendarCopy.Freshness.fresh, .stale, .unknown].map { freshness in
                (["state": freshness.rawValue], Double(calendars.counts[freshness] ?? 0))
            })
        if let oldest = calendars.oldestSuccess {
            page.gauge(
                "muster_calendar_oldest_success_timestamp_seconds", help: "When the oldest copy in use was read.",
                samples: [([:], Double(oldest.seconds))])
        }
    }
}

/// How many messages were ever delivered or given up, those among them that were forgotten since.
private struct FinishedMessages {
    private var counts: [[String]: Int] = [:]

    init(_ status: StatusReport) {
        for known in status.messages {
            counts[[known.destination, known.kind.rawValue, known.state.rawValue], default: 0] += known.count
        }
        for gone in status.forgotten { counts[[gone.destination, gone.kind, gone.state], default: 0] += gone.count }
    }

    func count(of kind: OutboxMessage.Kind, to destination: String, in state: OutboxMessage.State) -> Int {
        counts[[destination, kind.rawValue, state.rawValue]] ?? 0
    }
}

/// A page in the exposition format.
private struct Page {
    let programme: String
    private(set) var text = ""

    mutating func gauge(_ name: String, help: String, samples: [([String: String], Double)]) {
        write("gauge", name: name, help: help, samples: samples)
    }

    mutating func counter(_ name: String, help: String, samples: [([String: String], Double)]) {
        write("counter", name: name, help: help, samples: samples)
    }

    private mutating func write(_ type: String, name: String, help: String, samples: [([String: String], Double)]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for (labels, value) in samples {
            let list = labels.merging(["programme": programme]) { own, _ in own }.sorted { $0.key < $1.key }.map {
                "\($0.key)=\"\(Self.escaped($0.value))\""
            }
            let number = value == value.rounded() ? String(Int(value)) : String(value)
            text += name + "{\(list.joined(separator: ","))} \(number)\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
