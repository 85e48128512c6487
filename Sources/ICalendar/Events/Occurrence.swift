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
