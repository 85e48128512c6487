import CivilTime

/// When people are reminded of a session.
public enum ReminderRule: Hashable, Sendable {
    /// So many minutes before it begins.
    case before(minutes: Int)
    /// On the last day before it on which the host school is not closed, at a time of day.
    case schoolDayBefore(TimeOfDay)

    /// Nobody is reminded outside these hours of a day.
    public static let hours = TimeOfDay(minutes: 7 * 60)..<TimeOfDay(minutes: 18 * 60)

    /// The name under which the outcome is kept: `10080 min`, `school day before at 16:00`.
    public var name: String {
        switch self {
        case .before(let minutes): "\(minutes) min"
        case .schoolDayBefore(let time): "school day before at \(time)"
        }
    }

    /// When the reminder of a session is due, on the clocks of its host.
    ///
    /// A reminder that would come on a day on which the school is closed, or outside the hours, comes earlier: on the
    /// last day that is not closed, at the nearest time that is allowed. One for the day of the session itself stays
    /// where it is.
    public func due(start: Instant, zone: TimeZoneRules, days: SchoolDays) -> Instant {
        let begin = zone.local(start)
        switch self {
        case .schoolDayBefore(let time):
            return zone.instant(LocalDateTime(date: Self.openDay(before: begin.date, days), time: time))
        case .before(let minutes):
            let exact =
                minutes.isMultiple(of: 1440)
                ? LocalDateTime(date: begin.date - minutes / 1440, secondOfDay: begin.secondOfDay)
                : zone.local(start - minutes * 60)
            guard exact.date < begin.date else { return zone.instant(exact) }
            let isClosed = days.kind(of: exact.date) == .closed
            let isEarly = exact.time < Self.hours.lowerBound
            let date = isClosed || isEarly ? Self.openDay(before: exact.date, days) : exact.date
            let latest = TimeOfDay(minutes: Self.hours.upperBound.minutes - 120)
            let time = isEarly ? latest : min(exact.time, latest)
            return zone.instant(
                LocalDateTime(date: date, time: isEarly || exact.time >= Self.hours.upperBound ? time : exact.time))
        }
    }

    /// The last day before a day that is not closed, at most a month back; the day before where there is none.
    private static func openDay(before date: CivilDate, _ days: SchoolDays) -> CivilDate {
        (date - 31..<date).reversed().first { days.kind(of: $0) != .closed } ?? date - 1
    }
}
