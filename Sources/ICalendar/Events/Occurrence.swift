import CivilTime

/// One instance of an event.
public struct Occurrence: Sendable {
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

    private let event: Event
    /// When it begins.
    public let start: Instant
    /// When it ends; never before the start.
    public let end: Instant
    /// The original start of an instance of a recurring event; nil for a plain one.
    public let recurrenceID: Instant?

    init(_ event: consuming Event, start: Instant, recurrenceID: Instant?) {
        end = event.end(of: start)
        self.event = event
        self.start = start
        self.recurrenceID = recurrenceID
    }

    /// The `UID` of the event; empty where it has none.
    public var uid: String { event.uid }

    /// Whether it keeps its people busy.
    public var claim: Claim { event.claim }

    /// Whether it is a matter of whole days.
    public var isAllDay: Bool { event.start.isAllDay }

    /// When its claim on the time begins: with it, or as long before as its people are on the way.
    public var claimStart: Instant { start - event.travel }

    /// When its claim on the time ends: with it, but for a whole day that ends where it begins (`DTEND` equal to
    /// `DTSTART`, as some write a single day) not before that day does.
    public var claimEnd: Instant { event.claimEnd(of: start, ending: end) }

    /// Whether it overlaps a window; one without a length does where it begins inside.
    public func overlaps(_ window: Range<Instant>) -> Bool {
        start < window.upperBound && (end > window.lowerBound || start == end && start >= window.lowerBound)
    }
}

extension Occurrence: Hashable {
    /// Whether both are the same instance, and say the same of it.
    public static func == (left: Occurrence, right: Occurrence) -> Bool {
        (left.uid, left.start, left.end, left.recurrenceID) == (right.uid, right.start, right.end, right.recurrenceID)
            && (left.claim, left.isAllDay, left.claimStart) == (right.claim, right.isAllDay, right.claimStart)
    }

    /// Feeds which instance it is.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(uid)
        hasher.combine(start)
        hasher.combine(recurrenceID)
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
