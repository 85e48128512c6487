import CivilTime

/// A `VEVENT` as far as its times and its claim on them go; filled in by its reader and not changed after that.
final class Event {
    var uid = ""
    var line = 0
    /// The zone in which the event recurs: that of `DTSTART`.
    var zone = TimeZoneRules.utc
    /// `DTSTART` on the wall clock of `zone`.
    var localStart = LocalDateTime(seconds: 0)
    var start = Instant(seconds: 0)
    var form = Form.utc
    var duration = Duration.exact(0)
    var claim = Occurrence.Claim.busy
    var rules: [RecurrenceRule] = []
    var exceptionRules: [RecurrenceRule] = []
    var recurrenceDates: [Instant] = []
    /// How long instances of `RDATE` are that say so themselves.
    var recurrenceDurations: [Instant: Duration] = [:]
    var excludedInstants = InstantSet()
    var excludedDates: Set<CivilDate> = []
    var recurrenceID: CalendarTime?
    /// The moment of `recurrenceID`, taken by itself.
    var recurrenceInstant: Instant?
    /// Whether an override changes every later instance too (`RANGE=THISANDFUTURE`).
    var changesFuture = false
    var sequence = 0
    var stamp = ""

    /// How `DTSTART` is written.
    enum Form {
        case date, floating, utc, zoned
    }

    /// How long each instance is (RFC 5545 §3.8.5.3).
    enum Duration {
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
    }

    var isAllDay: Bool { form == .date }

    var isRecurring: Bool { !rules.isEmpty || !recurrenceDates.isEmpty }

    /// Which of two versions of an event is the newer (RFC 5546 §2.1.5).
    var revision: (Int, String) { (sequence, stamp) }

    /// The longest that one instance can be or claim, in seconds.
    var longestSpan: Int { recurrenceDurations.values.reduce(duration.longest) { max($0, $1.longest) } }

    func end(of start: Instant) -> Instant {
        switch recurrenceDurations.isEmpty ? duration : recurrenceDurations[start] ?? duration {
        case .exact(let seconds): return start + max(0, seconds)
        case .nominal(let duration):
            guard duration.days != 0 else { return start + max(0, duration.seconds) }
            let local = zone.local(start)
            let day = LocalDateTime(date: local.date + duration.days, secondOfDay: local.secondOfDay)
            return max(start, zone.instant(day) + duration.seconds)
        }
    }

    func endOfDay(_ start: Instant) -> Instant { zone.instant(LocalDateTime(date: zone.local(start).date + 1)) }

    /// The original start of an instance that this event replaces, as its series counts it: a whole day named for a
    /// timed series is the instance of that day, and a time named for a series of whole days is its day.
    func original(in master: Event?) -> Instant? {
        guard let recurrenceID, let master else { return recurrenceInstant }
        return master.instant(matching: recurrenceID, otherwise: recurrenceInstant)
    }

    /// The moment of a time that names an instance of this event.
    ///
    /// A whole day means the instance of that day; a time means the day of a series of whole days, as it is written. A
    /// floating time is in the zone of the event, and a moment is as it is written for an event that floats.
    func instant(matching time: CalendarTime, otherwise instant: Instant?) -> Instant? {
        switch time {
        case .utc where form == .floating: zone.instant(time.local)
        case .date(let date):
            zone.instant(LocalDateTime(date: date, secondOfDay: isAllDay ? 0 : localStart.secondOfDay))
        case .floating(let local) where !isAllDay: zone.instant(local)
        case .floating, .zoned, .utc: isAllDay ? zone.instant(LocalDateTime(date: time.local.date)) : instant
        }
    }

    /// Whether any instance is taken out by `EXDATE`.
    var hasExceptions: Bool { !excludedInstants.isEmpty || !excludedDates.isEmpty }

    func isExcluded(_ start: Instant) -> Bool {
        !excludedInstants.isEmpty && excludedInstants.contains(start)
            || !excludedDates.isEmpty && excludedDates.contains(zone.local(start).date)
    }

    /// The last moment that a rule allows; nil where it names none.
    ///
    /// RFC 5545 §3.3.10 wants UNTIL in the form of `DTSTART`, and in UTC for a time with a zone. Of other forms a whole
    /// day is its midnight, and a time is taken as it is written in the zone of the event.
    func last(_ rule: RecurrenceRule) -> Instant? {
        switch rule.until {
        case nil: return nil
        case .utc(let instant) where form == .zoned || form == .utc: return instant
        case .some(let time):
            let local = isAllDay ? LocalDateTime(date: time.local.date) : time.local
            return zone.instant(local)
        }
    }
}
