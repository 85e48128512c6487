import CivilTime

/// A stretch of time in which a calendar claims its people.
public struct BusyInterval: Hashable, Sendable, Codable {
    /// When it begins.
    public let start: Instant
    /// When it ends.
    public let end: Instant
    /// Whether it is only tentative.
    public let isTentative: Bool

    /// A stretch of time.
    public init(start: Instant, end: Instant, isTentative: Bool = false) {
        self.start = start
        self.end = end
        self.isTentative = isTentative
    }
}

/// The last good copy of a calendar: when it was read, and only its busy times, never titles or people.
public struct CalendarCopy: Sendable {
    /// How far the copy can be relied on.
    public enum Freshness: String, CaseIterable, CodingKeyRepresentable, Sendable, Codable {
        /// The last attempt succeeded.
        case fresh
        /// The last attempt failed; this is the copy of the last good one.
        case stale
        /// No attempt ever succeeded: nobody knows when these people are busy.
        case unknown

        /// What the attempts make of it: the last that succeeded, nil for none, and whether the last of all failed.
        public init(succeeded: Instant?, isFailing: Bool) {
            self = succeeded == nil ? .unknown : isFailing ? .stale : .fresh
        }
    }

    /// The calendar.
    public var source: CalendarSource
    /// The last attempt to read it.
    public var attempted: Instant
    /// The last attempt that succeeded; nil if none did.
    public var succeeded: Instant?
    /// Why the last attempt failed, a sentence part that follows the calendar's name; nil when it succeeded.
    public var failure: String?
    /// What the server called this version.
    public var entityTag: String?
    /// When the server says that it last changed.
    public var lastModified: String?
    /// The window for which busy times are kept.
    public var window: Range<Instant>
    /// Events in it, recurring ones once.
    public var eventCount: Int
    /// The busy times in the window, ascending, none touching another of its kind.
    public var busy: [BusyInterval]
    /// Remarks of the reader, with line numbers.
    public var remarks: [String]
    /// Attempts that failed one after the other.
    public var failures: Int
    /// When it is to be read again.
    public var due: Instant
    /// Of a CalDAV server: what is known of each collection, by its address.
    public var collections: [String: CollectionCopy]

    /// A copy; every field as described there.
    public init(
        source: CalendarSource, attempted: Instant, succeeded: Instant? = nil, failure: String? = nil,
        entityTag: String? = nil, lastModified: String? = nil, window: Range<Instant>, eventCount: Int = 0,
        busy: [BusyInterval] = [], remarks: [String] = [], failures: Int = 0, due: Instant? = nil,
        collections: [String: CollectionCopy] = [:]
    ) {
        self.source = source
        self.attempted = attempted
        self.succeeded = succeeded
        self.failure = failure
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.window = window
        self.eventCount = eventCount
        self.busy = busy
        self.remarks = remarks
        self.failures = failures
        self.due = due ?? attempted
        self.collections = collections
    }

    /// Whether it says what another copy of the calendar does, but for when it was looked at.
    public func isConfirmation(of other: CalendarCopy?) -> Bool {
        guard let other, failure == nil, other.succeeded != nil else { return false }
        return window == other.window && entityTag == other.entityTag && lastModified == other.lastModified
            && eventCount == other.eventCount && busy == other.busy && remarks == other.remarks
            && collections == other.collections
    }

    /// How far it can be relied on.
    public var freshness: Freshness { Freshness(succeeded: succeeded, isFailing: failure != nil) }
}
