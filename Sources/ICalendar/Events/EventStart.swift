import CivilTime

/// The `DTSTART` of an event.
struct EventStart {
    /// How it is written.
    enum Form {
        case date, floating, utc, zoned
    }

    let form: Form
    /// The zone in which the event recurs.
    let zone: TimeZoneRules
    /// The time on the wall clock of the zone.
    let local: LocalDateTime
    let instant: Instant

    var isAllDay: Bool { form == .date }

    /// The moment of a time that names an instance of the event.
    ///
    /// A whole day means the instance of that day; a time means the day of a series of whole days, as it is written. A
    /// floating time is in the zone of the event, and a moment is as it is written for an event that floats.
    ///
    /// - Parameter instant: the moment of the time, taken by itself.
    func instant(matching time: CalendarTime, otherwise instant: Instant) -> Instant {
        switch time {
        case .utc where form == .floating: zone.instant(time.local)
        case .date(let date): zone.instant(LocalDateTime(date: date, secondOfDay: isAllDay ? 0 : local.secondOfDay))
        case .floating(let local) where !isAllDay: zone.instant(local)
        case .floating, .zoned, .utc: isAllDay ? zone.instant(LocalDateTime(date: day(of: time))) : instant
        }
    }

    /// The day that a time means in a series of whole days: as it is written, unless it is the moment at which a day
    /// begins here, as Outlook writes days.
    private func day(of time: CalendarTime) -> CivilDate {
        guard case .utc(let instant) = time else { return time.local.date }
        let here = zone.local(instant)
        return here.secondOfDay == 0 ? here.date : time.local.date
    }

    /// The last moment that a rule allows; nil where it names none.
    ///
    /// RFC 5545 §3.3.10 wants UNTIL in the form of `DTSTART`, and in UTC for a time with a zone. Of other forms a whole
    /// day is its midnight, and a time is taken as it is written in the zone of the event.
    func last(_ rule: RecurrenceRule) -> Instant? {
        switch rule.until {
        case nil: return nil
        case .utc(let instant) where form == .zoned || form == .utc: return instant
        case .some(let time): return zone.instant(isAllDay ? LocalDateTime(date: day(of: time)) : time.local)
        }
    }
}
