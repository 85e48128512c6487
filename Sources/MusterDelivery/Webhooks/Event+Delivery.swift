import CivilTime
import MusterModel
import MusterStore

extension Event {
    /// A reminder that was sent.
    static func reminded(by message: OutboxMessage, at now: Instant) -> Event {
        struct Data: Encodable {
            let session: SessionID
            let uid: String
            let person: PersonID
            let due: Instant
        }
        let session = message.session ?? OutboxMessage.SessionReference(id: "")
        return Event(
            kind: .reminderSent, at: now, subject: session.id.rawValue, uid: session.uid,
            data: Data(session: session.id, uid: session.uid, person: message.person ?? "", due: message.created),
            title: message.subject)
    }

    /// Whether mails leave.
    public static func mail(_ kind: EventKind, _ destination: Destination, at now: Instant) -> Event {
        struct Data: Encodable {
            let since: Instant?
            let reason: String?
        }
        let isFailing = kind == .mailFailing
        return Event(
            kind: kind, at: now, data: Data(since: destination.failingSince, reason: destination.lastError),
            title: isFailing ? "No mail has left for an hour" : "Mails leave again",
            facts: isFailing ? [("Why", destination.lastError ?? "no reason was given")] : [])
    }

    /// A mail that was given up.
    static func failed(_ message: OutboxMessage, _ error: String, at now: Instant) -> Event {
        struct Data: Encodable {
            let mail: Int
            let session: SessionID
            let kind: String
            let person: PersonID
            let attempts: Int
        }
        let session = message.session?.id ?? ""
        return Event(
            kind: .deliveryFailed, at: now, subject: session.rawValue,
            data: Data(
                mail: message.number, session: session, kind: message.kind.rawValue, person: message.person ?? "",
                attempts: message.attempts),
            title: "A mail could not be delivered: \(message.subject)",
            facts: [("Mail", "\(message.number); muster outbox show \(message.number) tells why")])
    }
}
