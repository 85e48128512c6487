import CivilTime

/// A `VEVENT` as far as its times and its claim on them go.
struct Event {
    var uid = ""
    var line = 0
    var zone = TimeZoneRules.utc
    var localStart = LocalDateTime(seconds: 0)
    var start = Instant(seconds: 0)
    var duration = Duration.exact(0)
    var isAllDay = false
    var claim = Occurrence.Claim.busy
    var rules: [RecurrenceRule] = []
    var recurrenceDates: [Instant] = []
    var recurrenceEnds: [Instant: Instant] = [:]
    var excludedInstants: Set<Instant> = []
    var excludedDates: Set<CivilDate> = []
    var recurrenceID: Instant?
    var recurrenceTime: CalendarTime?
    var sequence = 0
    var stamp = ""

    /// How long each instance is.
    enum Duration {
        /// So many seconds, whatever the clocks do (`DTEND`).
        case exact(Int)
        /// Days of the calendar and then seconds (`DURATION`, whole days).
        case nominal(CalendarDuration)
    }

    var isRecurring: Bool { !rules.isEmpty || !recurrenceDates.isEmpty }

    /// Which of two versions of an event is the newer.
    var revision: (Int, String) { (sequence, stamp) }

    /// The longest that one instance can be, in seconds.
    var longestSpan: Int {
        let nominal =
            switch duration {
            case .exact(let seconds): seconds
            case .nominal(let duration): duration.days * 86_400 + duration.seconds
            }
        return recurrenceEnds.reduce(nominal) { max($0, $1.value - $1.key) }
    }

    func end(of start: Instant) -> Instant {
        if let end = recurrenceEnds[start] { return max(start, end) }
        switch duration {
        case .exact(let seconds): return start + max(0, seconds)
        case .nominal(let duration):
            let local = zone.local(start)
            let day = LocalDateTime(date: local.date + duration.days, secondOfDay: local.secondOfDay)
            return max(start, zone.instant(day) + duration.seconds)
        }
    }

    /// The original start of an instance that this event replaces, as its series counts it: a whole day named for a
    /// timed series is the instance of that day, and a time named for a series of whole days is its day.
    func original(in master: Event?) -> Instant? {
        guard let recurrenceID, let recurrenceTime, let master, recurrenceTime.isDate != master.isAllDay else {
            return recurrenceID
        }
        let date = recurrenceTime.isDate ? recurrenceTime.local.date : master.zone.local(recurrenceID).date
        let second = master.isAllDay ? 0 : master.localStart.secondOfDay
        return master.zone.instant(LocalDateTime(date: date, secondOfDay: second))
    }

    func isExcluded(_ start: Instant) -> Bool {
        excludedInstants.contains(start) || !excludedDates.isEmpty && excludedDates.contains(zone.local(start).date)
    }

    /// The last wall time that a rule allows, in the zone of the event.
    func until(_ rule: RecurrenceRule) -> LocalDateTime? {
        switch rule.until {
        case nil: nil
        case .utc(let instant): zone.local(instant)
        case .date(let date): LocalDateTime(date: date, secondOfDay: 86_399)
        case .floating(let local), .zoned(let local, _): local
        }
    }
}
