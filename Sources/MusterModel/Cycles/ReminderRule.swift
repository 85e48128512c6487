import CivilTime

/// When people are reminded of a session, or of a deadline.
public enum ReminderRule: Hashable, Sendable {
    /// So many minutes before it begins.
    case before(minutes: Int)
    /// On the last day before it on which the school is not closed, at a time of day.
    case schoolDayBefore(TimeOfDay)

    /// The name under which the outcome is kept: `10080 min`, `school day before at 16:00`.
    public var name: String {
        switch self {
        case .before(let minutes): "\(minutes) min"
        case .schoolDayBefore(let time): "school day before at \(time)"
        }
    }

    /// When the reminder of something is due.
    ///
    /// A reminder that would come on a day on which the school is closed, or outside the hours, comes earlier: on the
    /// last day that is not closed, at the nearest time that is allowed. One for the day itself stays where it is.
    ///
    /// - Parameters:
    ///   - start: when that begins of which one is reminded.
    ///   - clock: whose clocks and school days count.
    ///   - hours: outside these hours nobody is reminded.
    public func due(start: Instant, clock: ReminderClock, hours: TimeWindow) -> Instant {
        let begin = clock.zone.local(start)
        switch self {
        case .schoolDayBefore(let time):
            return clock.zone.instant(LocalDateTime(date: clock.openDay(before: begin.date), time: time))
        case .before(let minutes):
            let exact =
                minutes.isMultiple(of: 1440)
                ? LocalDateTime(date: begin.date - minutes / 1440, secondOfDay: begin.secondOfDay)
                : clock.zone.local(start - minutes * 60)
            guard exact.date < begin.date else { return clock.zone.instant(exact) }
            return clock.zone.instant(clock.allowed(exact, hours))
        }
    }
}

/// On whose clocks and school days somebody is reminded.
public struct ReminderClock: Sendable {
    /// The zone of the clocks.
    public var zone: TimeZoneRules
    /// The days on which one can act.
    public var days: SchoolDays

    /// Clocks and school days.
    public init(zone: TimeZoneRules, days: SchoolDays) {
        self.zone = zone
        self.days = days
    }

    /// The last day before a day that is not closed, at most a month back; the day before where there is none.
    fileprivate func openDay(before date: CivilDate) -> CivilDate {
        (date - 31..<date).reversed().first { days.kind(of: $0) != .closed } ?? date - 1
    }

    /// The moment itself where it lies within the hours of a day that is not closed, else the last such moment before
    /// it; late in the day stands two hours before the end, when people are still there.
    fileprivate func allowed(_ moment: LocalDateTime, _ hours: TimeWindow) -> LocalDateTime {
        let late = TimeOfDay(minutes: max(hours.lowerBound.minutes, hours.upperBound.minutes - 120))
        let isEarly = moment.time < hours.lowerBound
        let isLate = moment.time >= hours.upperBound
        let isClosed = days.kind(of: moment.date) == .closed
        let date = isClosed || isEarly ? openDay(before: moment.date) : moment.date
        return LocalDateTime(date: date, time: isEarly || isLate ? late : moment.time)
    }
}
