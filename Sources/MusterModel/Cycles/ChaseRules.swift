import CivilTime

/// How those are chased who do not answer an invitation.
public struct ChaseRules: Hashable, Sendable {
    /// Days within which an answer is asked for; nil for no date, and no chase.
    public var answerDays: Int?
    /// Minutes before the end of these days at which whoever has not answered is asked again.
    public var nudges: [Int]
    /// Days after their end on which somebody else hears of it: the head, or the coordinator; nil for nobody.
    public var escalationDays: Int?
    /// Minutes for which a perhaps counts as an answer; nil for always.
    public var tentativeMinutes: Int?
    /// The hours of a day within which people are asked.
    public var hours: TimeWindow

    /// What holds where a cycle says nothing: once, a day before; after two days somebody else hears of it.
    public init(
        answerDays: Int? = Cycle.usualAnswerDays, nudges: [Int] = [1440], escalationDays: Int? = 2,
        tentativeMinutes: Int? = 3 * 1440, hours: TimeWindow = Cycle.usualHours
    ) {
        self.answerDays = answerDays
        self.nudges = nudges
        self.escalationDays = escalationDays
        self.tentativeMinutes = tentativeMinutes
        self.hours = hours
    }

    /// The last day for an answer to an invitation: some days after it was asked for, but a day before the session at
    /// the latest, and no day of a weekend where an earlier one is left; nil where that is past, or nobody wants it.
    public static func lastDay(asked: Instant, start: Instant, days: Int?, in zone: TimeZoneRules) -> CivilDate? {
        guard let days else { return nil }
        let day = zone.local(asked).date
        let last = min(day + days, zone.local(start).date + -1)
        guard last > day else { return nil }
        return (day + 1..<last + 1).last { $0.weekday <= .friday } ?? last
    }
}

extension ReminderClock {
    /// Whether people can be asked something now: on a day that is not closed, within the hours.
    public func isOpen(at now: Instant, _ hours: TimeWindow) -> Bool {
        let local = zone.local(now)
        return hours.contains(local.time) && days.kind(of: local.date) != .closed
    }

    /// When people can be asked something from a moment on; a month later at the latest.
    public func nextOpening(from now: Instant, _ hours: TimeWindow) -> Instant {
        guard !isOpen(at: now, hours) else { return now }
        let local = zone.local(now)
        let first = local.time < hours.lowerBound ? local.date : local.date + 1
        let day = (first..<first + 31).first { days.kind(of: $0) != .closed } ?? first + 31
        return zone.instant(LocalDateTime(date: day, time: hours.lowerBound))
    }
}
