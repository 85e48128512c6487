import CivilTime

/// One instance of an event.
public struct Occurrence: Hashable, Sendable {
    /// How much of a claim something makes on the time.
    public enum Claim: Int, Hashable, Sendable, Comparable {
        /// The time stays free.
        case free
        /// The time may be needed.
        case tentative
        /// The time is taken.
        case busy

        /// The order of strength.
        public static func < (left: Claim, right: Claim) -> Bool { left.rawValue < right.rawValue }
    }

    /// The `UID` of the event; empty where it has none.
    public let uid: String
    /// When it begins.
    public let start: Instant
    /// When it ends; never before the start.
    public let end: Instant
    /// The original start of an instance of a recurring event; nil for a plain one.
    public let recurrenceID: Instant?
    /// Whether it keeps its people busy.
    public let claim: Claim
    /// Whether it is a matter of whole days.
    public let isAllDay: Bool
    /// When its claim on the time ends: with it, but for a whole day that ends where it begins (`DTEND` equal to
    /// `DTSTART`, as some write a single day) not before that day does.
    public let claimEnd: Instant

    /// Whether it overlaps a window; one without a length does where it begins inside.
    public func overlaps(_ window: Range<Instant>) -> Bool {
        start < window.upperBound && (end > window.lowerBound || start == end && start >= window.lowerBound)
    }
}

/// A period of a `VFREEBUSY` that is not free.
public struct BusyPeriod: Hashable, Sendable {
    /// When it begins.
    public let start: Instant
    /// When it ends, after the start.
    public let end: Instant
    /// `tentative` for `BUSY-TENTATIVE`, else `busy`.
    public let claim: Occurrence.Claim
}
