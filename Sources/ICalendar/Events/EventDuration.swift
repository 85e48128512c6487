import CivilTime

/// How long each instance of an event is (RFC 5545 §3.8.5.3).
enum EventDuration {
    /// So many seconds, whatever the clocks do (`DTEND`).
    case exact(Int)
    /// Days of the calendar and then seconds (`DURATION`, whole days).
    case nominal(CalendarDuration)

    /// At most so many seconds, a day of a change of the clocks included.
    var longest: Int {
        switch self {
        case .exact(let seconds): seconds
        case .nominal(let duration): (duration.days + 1) * 86_400 + duration.seconds
        }
    }

    func end(of start: Instant, in zone: TimeZoneRules) -> Instant {
        switch self {
        case .exact(let seconds): return start + max(0, seconds)
        case .nominal(let duration):
            guard duration.days != 0 else { return start + max(0, duration.seconds) }
            let local = zone.local(start)
            let day = LocalDateTime(date: local.date + duration.days, secondOfDay: local.secondOfDay)
            return max(start, zone.instant(day) + duration.seconds)
        }
    }
}
