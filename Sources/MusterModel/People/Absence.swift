import CivilTime

/// Days, or hours of days, on which a person cannot come.
public struct Absence: Hashable, Sendable {
    /// The first and the last day.
    public var dates: ClosedRange<CivilDate>
    /// The hours of each day, on the person's clocks; nil for whole days.
    public var hours: TimeWindow?

    /// Days, or hours of days.
    public init(dates: ClosedRange<CivilDate>, hours: TimeWindow? = nil) {
        self.dates = dates
        self.hours = hours
    }
}
