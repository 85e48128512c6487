import CivilTime
import MusterModel

/// Something that happened and that other programs are told of: thin, with ids, times and roles, never with names or
/// addresses of people.
public struct WebhookEvent: Sendable {
    /// What happened.
    public var kind: WebhookKind
    /// When.
    public var at: Instant
    /// The session that it is about; empty where it is about none.
    public var session: SessionID = ""
    /// The `UID` of the session: events of one session arrive in order.
    public var uid = ""
    /// The data for programs.
    public var data: any Encodable & Sendable
    /// What happened, for people.
    public var title: String
    /// More of it, for people.
    public var facts: [(name: String, value: String)] = []
}

extension WebhookEvent {
    /// What happened to a session.
    public static func session(
        _ kind: WebhookKind, _ session: PublishedSession, previousStart: Instant? = nil, at now: Instant
    ) -> WebhookEvent {
        struct Data: Encodable {
            let session: SessionID
            let uid: String
            let sequence: Int
            let start: Instant
            let end: Instant
            let zone: String
            let mode: Stage.Mode
            let previousStart: Instant?
            let people: [Part]
        }
        struct Part: Encodable {
            let person: PersonID
            let part: String
        }
        let details = session.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        var facts = [("When", Wording.span(details.start, details.end, in: zone) + ", " + Wording.zone(details.zone))]
        if let previousStart { facts.append(("Before", Wording.moment(previousStart, in: zone))) }
        return WebhookEvent(
            kind: kind, at: now, session: details.id, uid: session.uid,
            data: Data(
                session: details.id, uid: session.uid, sequence: session.sequence, start: details.start,
                end: details.end, zone: details.zone, mode: details.mode, previousStart: previousStart,
                people: details.showsParticipants
                    ? details.participants.map { Part(person: $0.person, part: $0.role) } : []),
            title: "\(details.title): \(kind.word)", facts: facts)
    }

    /// A host's run, or a training event, that could not be scheduled.
    public static func unscheduled(_ track: Plan.UnscheduledTrack, at now: Instant) -> WebhookEvent {
        struct Data: Encodable {
            let track: TrackID
            let reasons: Int
        }
        return WebhookEvent(
            kind: .sessionUnscheduled, at: now, session: track.id,
            data: Data(track: track.id, reasons: track.reasons.count), title: "\(track.id) could not be scheduled",
            facts: [("Why", "muster explain \(track.id) tells, with the names of people")])
    }

    /// A plan that was published.
    public static func published(revision: Int, plan: Plan, changes: Int, at now: Instant) -> WebhookEvent {
        struct Data: Encodable {
            let revision: Int
            let tracks: Int
            let unscheduled: Int
            let sessions: Int
            let changes: Int
        }
        let data = Data(
            revision: revision, tracks: plan.tracks.count, unscheduled: plan.unscheduled.count,
            sessions: plan.sessionCount, changes: changes)
        return WebhookEvent(
            kind: .planPublished, at: now, data: data, title: "Revision \(revision) was published",
            facts: [
                ("Sessions", "\(data.sessions), \(changes) of them new or changed"),
                ("Not scheduled", String(data.unscheduled)),
            ])
    }

    /// A calendar that cannot be read any more, or again.
    public static func calendar(_ kind: WebhookKind, _ copy: CalendarCopy, at now: Instant) -> WebhookEvent {
        struct Data: Encodable {
            let calendar: String
            let since: Instant?
            let reason: String?
        }
        let isStale = kind == .calendarStale
        return WebhookEvent(
            kind: kind, at: now,
            data: Data(calendar: copy.source.label, since: copy.succeeded, reason: copy.failure),
            title: "The calendar \(copy.source.label) \(isStale ? "cannot be read" : "can be read again")",
            facts: copy.failure.map { [("Why", $0)] } ?? [])
    }

    /// Somebody tries an endpoint.
    public static func test(at now: Instant) -> WebhookEvent {
        struct Data: Encodable {
            let note = "This is a test. Nothing happened."
        }
        return WebhookEvent(kind: .test, at: now, data: Data(), title: "This is a test of muster. Nothing happened.")
    }
}

extension WebhookKind {
    fileprivate var word: String { String(rawValue.drop { $0 != "." }.dropFirst()) }
}
