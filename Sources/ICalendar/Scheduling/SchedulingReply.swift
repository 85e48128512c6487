import CivilTime

/// What somebody sends back about an event (RFC 5546 §3.2): who comes, another time, or the wish to see it again.
///
/// Only what such a message may say is taken from it. Title, place and times of a `REPLY` are the sender's own copy.
public struct SchedulingReply: Hashable, Sendable {
    /// What the message does.
    public enum Method: String, Hashable, Sendable {
        /// Says who comes.
        case reply = "REPLY"
        /// Proposes another time; its attendee mostly is `TENTATIVE` or `DECLINED`.
        case counter = "COUNTER"
        /// Asks for the newest object again.
        case refresh = "REFRESH"
    }

    /// What is said of one person.
    public struct Attendance: Hashable, Sendable {
        /// The mail address in lower case.
        public let address: String
        /// The name; empty where none is said.
        public let name: String
        /// `ACCEPTED`, `DECLINED`, `TENTATIVE`, `DELEGATED` or whatever stands there; `NEEDS-ACTION` where nothing does.
        public let participationStatus: String
        /// The addresses of those who come instead.
        public let delegatedTo: [String]
        /// The addresses of those instead of whom the person comes.
        public let delegatedFrom: [String]
    }

    /// What the message does.
    public let method: Method
    /// The identifier of the event.
    public let uid: String
    /// The instance of a recurring event that is meant, or all of it.
    public let recurrenceID: CalendarTime?
    /// The revision to which it is an answer.
    public let sequence: Int
    /// When it was written, if that is said.
    public let stamp: Instant?
    /// Who it is about: the sender, unless a program adds others.
    public let attendances: [Attendance]
    /// What the sender added in words; empty where that is nothing.
    public let comment: String
    /// The other time that a `COUNTER` proposes.
    public let proposal: Range<Instant>?

    /// Whether this is to be believed rather than another answer of the same person about the same event.
    ///
    /// An answer to a later revision counts more; to the same one, that which was written later (RFC 5546 §2.1.5).
    public func supersedes(_ other: SchedulingReply) -> Bool {
        (sequence, stamp ?? .distantPast) > (other.sequence, other.stamp ?? .distantPast)
    }
}

extension Instant {
    fileprivate static let distantPast = Instant(seconds: .min)
}
