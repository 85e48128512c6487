/// A date and a time of day as a wall clock shows them, without a zone.
public struct LocalDateTime: Hashable, Comparable, Sendable {
    /// Seconds since 1 January 1970, 00:00 on the same wall clock.
    public let seconds: Int

    /// The wall time that many seconds after 1 January 1970, 00:00.
    public init(seconds: Int) {
        self.seconds = seconds
    }

    /// A time of a day; `secondOfDay` may lie outside the day and then leads into a neighbour.
    public init(date: CivilDate, secondOfDay: Int = 0) {
        seconds = date.dayNumber * 86_400 + secondOfDay
    }

    /// A time of a day.
    public init(date: CivilDate, time: TimeOfDay) {
        self.init(date: date, secondOfDay: time.minutes * 60)
    }

    /// The day.
    public var date: CivilDate { CivilDate(dayNumber: floorDivide(seconds, 86_400)) }

    /// Seconds since midnight.
    public var secondOfDay: Int { floorModulo(seconds, 86_400) }

    /// The time of day, cut to the minute.
    public var time: TimeOfDay { TimeOfDay(minutes: secondOfDay / 60) }

    /// The order of the wall clock.
    public static func < (left: LocalDateTime, right: LocalDateTime) -> Bool { left.seconds < right.seconds }

    /// The wall time that many seconds later.
    public static func + (time: LocalDateTime, seconds: Int) -> LocalDateTime {
        LocalDateTime(seconds: time.seconds + seconds)
    }
}

extension LocalDateTime: CustomStringConvertible {
    /// `2027-01-11T14:00:00`.
    public var description: String { String { $0.put(self) } }
}
