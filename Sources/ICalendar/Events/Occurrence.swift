import CivilTime

/// One instance of an event or one busy period of a `VFREEBUSY`.
public struct Occurrence: Hashable, Sendable {
    /// How much of a claim it makes on the time.
    public enum Claim: String, Hashable, Sendable, Comparable {
        /// The time stays free.
        case free
        /// The time may be needed.
        case tentative
        /// The time is taken.
        case busy

        /// The order of strength.
        public static func < (left: Claim, right: Claim) -> Bool { left.strength < right.strength }

        private var strength: Int {
            switch self {
            case .free: 0
            case .tentative: 1
            case .busy: 2
            }
        }
    }

    /// The `UID` of the event; empty for a period of a `VFREEBUSY`.
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
