import CivilTime

/// A recurrence rule (RFC 5545 §3.3.10).
public struct RecurrenceRule: Hashable, Sendable {
    /// The period that repeats, from the shortest.
    public enum Frequency: Int, Sendable, Comparable, CaseIterable {
        case secondly, minutely, hourly, daily, weekly, monthly, yearly

        /// The order of length.
        public static func < (left: Frequency, right: Frequency) -> Bool { left.rawValue < right.rawValue }
    }

    /// A weekday, or the nth or nth-last one of a month or year.
    public struct DayOfWeek: Hashable, Sendable {
        /// 0 for every one, else the nth (from the end when negative).
        public var ordinal: Int
        /// The weekday.
        public var weekday: Weekday

        /// A weekday of a rule.
        public init(_ weekday: Weekday, ordinal: Int = 0) {
            self.ordinal = ordinal
            self.weekday = weekday
        }
    }

    /// The period that repeats.
    public var frequency: Frequency
    /// Every how many periods, at least 1.
    public var interval = 1
    /// How often at most, if limited by number.
    public var count: Int?
    /// The last possible time, if limited by time.
    public var until: CalendarTime?
    /// The parts of the rule; empty where a part is not given.
    public var bySecond: [Int] = []
    /// Minutes, 0 to 59.
    public var byMinute: [Int] = []
    /// Hours, 0 to 23.
    public var byHour: [Int] = []
    /// Weekdays.
    public var byDay: [DayOfWeek] = []
    /// Days of the month, ±1 to ±31.
    public var byMonthDay: [Int] = []
    /// Days of the year, ±1 to ±366.
    public var byYearDay: [Int] = []
    /// ISO weeks of the year, ±1 to ±53.
    public var byWeekNumber: [Int] = []
    /// Months, 1 to 12.
    public var byMonth: [Int] = []
    /// Which of a period's times to keep, ±1 to ±366.
    public var bySetPosition: [Int] = []
    /// The day on which a week begins.
    public var weekStart: Weekday = .monday

    /// A rule that repeats every period.
    public init(_ frequency: Frequency) {
        self.frequency = frequency
    }

    /// Whether the rule has no `BY…` part at all.
    var isWithoutParts: Bool {
        bySecond.isEmpty && byMinute.isEmpty && byHour.isEmpty && byDay.isEmpty && byMonthDay.isEmpty
            && byYearDay.isEmpty && byWeekNumber.isEmpty && byMonth.isEmpty && bySetPosition.isEmpty
    }
}
