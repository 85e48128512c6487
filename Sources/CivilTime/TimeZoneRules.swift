/// How far a region's clocks were, are and will be from UTC.
///
/// Transitions up to some year are a table; beyond the table a yearly rule goes on for ever (RFC 8536 §3.3).
public struct TimeZoneRules: Sendable {
    /// A change of the clocks.
    public struct Transition: Hashable, Sendable {
        /// When the new offset begins.
        public let at: Instant
        /// Seconds east of UTC from then on.
        public let offset: Int
        /// Whether it is daylight saving time from then on.
        public let isDaylight: Bool
        /// `GMT`, `BST`.
        public let abbreviation: String

        /// A change of the clocks at a moment.
        public init(at: Instant, offset: Int, isDaylight: Bool, abbreviation: String) {
            self.at = at
            self.offset = offset
            self.isDaylight = isDaylight
            self.abbreviation = abbreviation
        }
    }

    private let storage: Storage

    /// A zone from its table, in order of time, and the rule that follows it.
    public init(
        name: String, firstOffset: Int, firstAbbreviation: String = "", transitions: [Transition],
        tail: YearlyRule? = nil
    ) {
        storage = Storage(
            name: name, firstOffset: firstOffset, firstAbbreviation: firstAbbreviation, transitions: transitions,
            tail: tail)
    }

    /// The name, `Europe/London` for one of the Olson database.
    public var name: String { storage.name }
    /// Seconds east of UTC before the first transition.
    public var firstOffset: Int { storage.firstOffset }
    /// The abbreviation before the first transition.
    public var firstAbbreviation: String { storage.firstAbbreviation }
    /// All changes of the table, in order.
    public var transitions: [Transition] { storage.transitions }
    /// What holds after the last transition; nil when the last offset holds for ever.
    public var tail: YearlyRule? { storage.tail }

    /// What a zone consists of, shared by its copies, of which every event has one.
    private final class Storage: Sendable {
        let name: String
        let firstOffset: Int
        let firstAbbreviation: String
        let transitions: [Transition]
        let tail: YearlyRule?
        let moments: [Int]

        init(
            name: String, firstOffset: Int, firstAbbreviation: String, transitions: [Transition], tail: YearlyRule?
        ) {
            self.name = name
            self.firstOffset = firstOffset
            self.firstAbbreviation = firstAbbreviation
            self.transitions = transitions
            self.tail = tail
            moments = transitions.map(\.at.seconds)
        }
    }

    /// Universal time.
    public static let utc = TimeZoneRules(name: "UTC", firstOffset: 0, firstAbbreviation: "UTC", transitions: [])

    /// Seconds east of UTC at a moment.
    public func offset(at instant: Instant) -> Int {
        let index = tableIndex(of: instant)
        if index == storage.moments.count, let tail = storage.tail {
            return tail.span(around: instant)?.offset ?? tail.standardOffset
        }
        return index == 0 ? storage.firstOffset : storage.transitions[index - 1].offset
    }

    /// The stretch of time around a moment in which the clocks do not change, and their offset in it.
    public func span(around instant: Instant) -> OffsetSpan {
        let index = tableIndex(of: instant)
        let moments = storage.moments
        let tableEnd = moments.last ?? .min
        if index == moments.count, let tail {
            guard let span = tail.span(around: instant) else {
                return OffsetSpan(lower: tableEnd, upper: .max, offset: tail.standardOffset)
            }
            return OffsetSpan(lower: max(span.lower, tableEnd), upper: span.upper, offset: span.offset)
        }
        return OffsetSpan(
            lower: index == 0 ? .min : moments[index - 1], upper: index < moments.count ? moments[index] : .max,
            offset: index == 0 ? firstOffset : transitions[index - 1].offset)
    }

    /// What clocks show at a moment.
    public func local(_ instant: Instant) -> LocalDateTime {
        LocalDateTime(seconds: instant.seconds + offset(at: instant))
    }

    /// The moment of a wall time.
    ///
    /// A time that occurs twice is the first of both; one that a change of the clocks skips is read with the offset
    /// before the change (RFC 5545 §3.3.5), so 01:30 in a spring gap is 02:30.
    public func instant(_ local: LocalDateTime) -> Instant {
        let before = span(around: Instant(seconds: local.seconds - 86_400))
        let first = Instant(seconds: local.seconds - before.offset)
        if first.seconds < before.upper || offset(at: first) == before.offset { return first }
        let after = offset(at: Instant(seconds: local.seconds + 86_400))
        let second = Instant(seconds: local.seconds - after)
        return offset(at: second) == after ? second : first
    }

    /// All changes of the clocks in `[from, to)`.
    public func transitions(from: Instant, to: Instant) -> [Transition] {
        var found = transitions.filter { $0.at >= from && $0.at < to }
        guard let tail else { return found }
        let end = transitions.last?.at ?? from
        for year in from.utc.date.year...max(from.utc.date.year, to.utc.date.year) {
            found += tail.transitions(year: year).filter { $0.at > end && $0.at >= from && $0.at < to }
        }
        return found
    }

    /// The abbreviation and whether it is daylight saving time at a moment.
    public func designation(at instant: Instant) -> (abbreviation: String, isDaylight: Bool) {
        let day = 86_400
        let last = transitions(from: instant - 400 * day, to: instant + 1).last ?? transitions.last { $0.at <= instant }
        return last.map { ($0.abbreviation, $0.isDaylight) } ?? (firstAbbreviation, false)
    }

    /// How many transitions of the table lie at the moment or before it.
    private func tableIndex(of instant: Instant) -> Int {
        let moments = storage.moments
        var low = 0
        var high = moments.count
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] <= instant.seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A stretch of time in which the clocks of a zone do not change.
public struct OffsetSpan: Hashable, Sendable {
    /// The first second; `Int.min` where nothing came before.
    public let lower: Int
    /// The second of the next change; `Int.max` where none follows.
    public let upper: Int
    /// Seconds east of UTC.
    public let offset: Int
}
