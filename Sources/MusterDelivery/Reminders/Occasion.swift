import CivilTime
import MusterModel
import MusterStore

/// What people are reminded of.
public enum Occasion: Sendable {
    /// A session.
    case session(PublishedSession)
    /// What is due beside a session, from which its day is counted.
    case deadline(Deadline, beside: PublishedSession)

    /// The session, or that from which the deadline is counted.
    public var session: PublishedSession {
        switch self {
        case .session(let session), .deadline(_, beside: let session): session
        }
    }

    /// When it begins, or is due.
    ///
    /// - Parameter clock: the clocks and school days of the host.
    func moment(_ clock: ReminderClock) -> Instant {
        switch self {
        case .session(let session): session.details.start
        case .deadline(let deadline, beside: let session): deadline.due(start: session.details.start, clock: clock)
        }
    }

    /// What a reminder by a rule is called, once a session.
    func name(of rule: ReminderRule) -> String {
        switch self {
        case .session: rule.name
        case .deadline(let deadline, _): "\(deadline.id): \(rule.name)"
        }
    }
}
