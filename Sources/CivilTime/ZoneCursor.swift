/// Turns many wall times of one zone into moments, fast where they lie near one another.
///
/// Gives the same as `TimeZoneRules.instant(_:)`; it remembers the stretch without a change around the last answer.
public struct ZoneCursor: Sendable {
    private let zone: TimeZoneRules
    @usableFromInline var lower = Int.max
    @usableFromInline var upper = Int.min
    @usableFromInline var offset = 0

    /// A cursor for a zone.
    public init(_ zone: TimeZoneRules) {
        self.zone = zone
    }

    /// The moment of a wall time; gaps and folds as `TimeZoneRules.instant(_:)` reads them.
    @inlinable
    public mutating func instant(_ local: LocalDateTime) -> Instant {
        let guess = local.seconds - offset
        return guess >= lower && guess < upper ? Instant(seconds: guess) : search(local)
    }

    @usableFromInline
    mutating func search(_ local: LocalDateTime) -> Instant {
        let instant = zone.instant(local)
        let span = zone.span(around: instant)
        // No change of the clocks is larger than a day: later than that after one, a wall time occurs once.
        lower = span.lower == .min ? .min : span.lower + 90_000
        upper = span.upper
        offset = span.offset
        return instant
    }
}
