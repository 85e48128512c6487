import CivilTime

/// Instances of the events of a calendar, by start, and then as the events stand there.
///
/// Each is made when it is asked for, since there may be very many.
public struct Occurrences: RandomAccessCollection, Sendable {
    /// What the instances of an event were before anything was changed.
    enum Originals {
        /// The event does not recur.
        case none
        /// An instance begins where its series put it.
        case starts
        /// The event is the instance of a series that began there.
        case single(Instant)
        /// Each start has an earlier one, from which it was moved.
        case moved([Instant: Instant])
    }

    private var events: [Event] = []
    /// Those of the events, by their places.
    private var originals: [Originals] = []
    private var places: [Place] = []

    /// The first one's.
    public var startIndex: Int { 0 }

    /// One past the last one's.
    public var endIndex: Int { places.count }

    /// The instance at a position.
    public subscript(position: Int) -> Occurrence {
        let place = places[position]
        let start = place.start
        return Occurrence(events[place.source], start: start, recurrenceID: originals[place.source].start(of: start))
    }

    /// Adds those instances of an event that overlap a window; their starts come in any order.
    mutating func add(
        _ event: Event, _ originals: Originals, at starts: some Sequence<Instant>, in window: Range<Instant>
    ) {
        let source = events.count
        guard source < Place.mostSources else { return }
        events.append(event)
        self.originals.append(originals)
        for start in starts where start - event.travel < window.upperBound {
            guard
                start >= window.lowerBound
                    || event.claimEnd(of: start, ending: event.end(of: start)) > window.lowerBound
            else { continue }
            if let place = Place(start: start, source: source) { places.append(place) }
        }
    }

    /// Puts them into order; event by event they came already.
    mutating func sort() { Place.sort(&places) }
}

extension Occurrences.Originals {
    fileprivate func start(of start: Instant) -> Instant? {
        switch self {
        case .none: nil
        case .starts: start
        case .single(let original): original
        case .moved(let originals): originals[start]
        }
    }
}

/// A start and whose it is, in one number, since there may be very many, to be sorted.
private struct Place: Comparable {
    private let number: Int

    /// A place; nil where it begins in no year from 0 to 9999, give or take some thousands.
    init?(start: Instant, source: Int) {
        let shifted = start.seconds + Self.origin
        guard shifted >= 0, shifted < 1 << 40, source < Self.mostSources else { return nil }
        number = shifted << Self.sourceBits | source
    }

    var start: Instant { Instant(seconds: number >> Self.sourceBits - Self.origin) }
    var source: Int { number & (Self.mostSources - 1) }

    static func < (left: Place, right: Place) -> Bool { left.number < right.number }

    private static let sourceBits = 23
    private static let origin = 100_000_000_000
    static let mostSources = 1 << sourceBits

    /// Puts places into the order of their starts, those with the same start into the order in which they came.
    ///
    /// Many are sorted by counting, some bits of their starts at a time, in half the time that comparing takes. Times
    /// of day are whole minutes as a rule, so that their last bits need no sorting.
    static func sort(_ places: inout [Place]) {
        guard places.count > digits, let least = places.min() else { return places.sort() }
        let differing = places.reduce(0) { $0 | ($1.start - least.start) }
        var copy = places
        for shift in stride(
            from: differing.trailingZeroBitCount, to: Int.bitWidth - differing.leadingZeroBitCount, by: digitBits)
        {
            places.withUnsafeBufferPointer { from in
                copy.withUnsafeMutableBufferPointer { distribute(from, to: $0, from: least.start, shift: shift) }
            }
            swap(&places, &copy)
        }
    }

    /// Puts places into the order of one digit of their starts, counted from the least of them.
    private static func distribute(
        _ places: UnsafeBufferPointer<Place>, to sorted: UnsafeMutableBufferPointer<Place>, from least: Instant,
        shift: Int
    ) {
        func digit(_ place: Place) -> Int { (place.start - least) >> shift & (digits - 1) }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: digits) { positions in
            positions.initialize(repeating: 0)
            for place in places { positions[digit(place)] += 1 }
            var next: UInt32 = 0
            for index in positions.indices { (positions[index], next) = (next, next + positions[index]) }
            for place in places {
                let digit = digit(place)
                sorted[Int(positions[digit])] = place
                positions[digit] += 1
            }
        }
    }

    private static let digitBits = 12
    private static let digits = 1 << digitBits
}
