import CivilTime

/// Reads `VEVENT` and `VFREEBUSY` components; what it cannot read becomes a diagnostic.
struct EventReader {
    private let zones: ZoneResolver
    private let dayZone: TimeZoneRules
    private let floatingZone: TimeZoneRules
    private(set) var diagnostics: [CalendarDiagnostic] = []
    private var unknownZones: Set<String> = []
    private var knownRules: [String: RecurrenceRule] = [:]

    /// A reader for the events of a calendar; whole days are in `dayZone`, floating times in the zone that the calendar
    /// names or else there too.
    init(zones: ZoneResolver, dayZone: TimeZoneRules, calendar: Component) {
        self.zones = zones
        self.dayZone = dayZone
        let property = calendar.first("X-WR-TIMEZONE")
        floatingZone = property.flatMap { zones.zone($0.text) } ?? dayZone
        if let property, zones.zone(property.text) == nil {
            report(property.line, "nobody knows the time zone \"\(property.text.prefix(60))\" of X-WR-TIMEZONE")
        }
    }

    /// The event, or nil where it has no readable start.
    mutating func event(_ component: Component) -> Event? {
        let parts = EventParts(component)
        guard let property = parts.start else {
            report(component.line, "the event has no DTSTART; left out")
            return nil
        }
        guard let start = time(property) else {
            report(property.line, "DTSTART \"\(property.value.prefix(40))\" is no date or time; the event is left out")
            return nil
        }
        let event = Event()
        event.uid = parts.uid?.text.trimmed ?? ""
        event.line = component.line
        event.form = start.form
        event.zone = zone(of: start, line: property.line)
        event.localStart = start.local
        event.start = instant(start, event.zone)
        event.claim = parts.claim
        event.sequence = parts.sequence.flatMap { Int($0.value.trimmed) } ?? 0
        event.stamp = parts.stamp?.value ?? ""
        event.duration = duration(parts, start: start, event)
        if let property = parts.recurrenceID { readRecurrenceID(property, into: event) }
        if event.recurrenceID == nil { readRecurrence(parts, into: event) }
        return event
    }

    /// The periods of a `VFREEBUSY` that are not free.
    mutating func busyPeriods(_ component: Component) -> [BusyPeriod] {
        var periods: [BusyPeriod] = []
        for property in component.properties where property.name == "FREEBUSY" {
            let type = property.parameter("FBTYPE")?.uppercased() ?? "BUSY"
            guard type != "FREE" else { continue }
            for value in property.value.listed {
                guard let (start, duration) = period(value, property) else {
                    report(property.line, "\"\(value.prefix(60))\" is no period; left out")
                    continue
                }
                let event = Event()
                event.duration = duration
                let end = event.end(of: start)
                guard end > start else { continue }
                periods.append(
                    BusyPeriod(start: start, end: end, claim: type == "BUSY-TENTATIVE" ? .tentative : .busy))
            }
        }
        return periods
    }

    // MARK: Recurrence

    private mutating func readRecurrenceID(_ property: Property, into event: Event) {
        guard let time = time(property) else {
            return report(
                property.line,
                "RECURRENCE-ID \"\(property.value.prefix(40))\" is no date or time; read as an event of its own")
        }
        event.recurrenceID = time
        event.recurrenceInstant = instant(time, zone(of: time, line: property.line))
        guard let range = property.parameter("RANGE")?.uppercased() else { return }
        event.changesFuture = range == "THISANDFUTURE"
        if !event.changesFuture {
            report(property.line, "RANGE=\(range.prefix(40)) is not understood; only this instance is changed")
        }
    }

    private mutating func readRecurrence(_ parts: EventParts, into event: Event) {
        for property in parts.rules {
            do {
                let rule = try rule(property.value)
                if property.name == "RRULE" { event.rules.append(rule) } else { event.exceptionRules.append(rule) }
            } catch {
                let consequence =
                    property.name == "RRULE" ? "only its first time is kept" : "nothing is taken out by it"
                report(property.line, "the recurrence rule cannot be followed: \(error); \(consequence)")
            }
        }
        for property in parts.recurrenceDates {
            for value in property.value.listed { readRecurrenceDate(value, property, into: event) }
        }
        var excluded: [Instant] = []
        for property in parts.exceptionDates {
            for value in property.value.listed {
                if let instant = readExceptionDate(value, property, into: event) { excluded.append(instant) }
            }
        }
        event.excludedInstants = InstantSet(excluded)
    }

    /// The rule; many events of a calendar have the same.
    private mutating func rule(_ text: String) throws(RecurrenceRule.Failure) -> RecurrenceRule {
        if let rule = knownRules[text] { return rule }
        let rule = try RecurrenceRule(text)
        knownRules[text] = rule
        return rule
    }

    private mutating func readRecurrenceDate(_ value: String, _ property: Property, into event: Event) {
        if value.contains("/"), let (start, duration) = period(value, property) {
            event.recurrenceDates.append(start)
            event.recurrenceDurations[start] = duration
        } else if let time = CalendarTime(value, zone: property.parameter("TZID")) {
            let isOwn = time.isDate || time.form == .floating
            event.recurrenceDates.append(instant(time, isOwn ? event.zone : zone(of: time, line: property.line)))
        } else {
            report(property.line, "RDATE \"\(value.prefix(40))\" is no date or time; left out")
        }
    }

    /// The moment that is taken out; nil where it is a whole day, or nothing.
    private mutating func readExceptionDate(_ value: String, _ property: Property, into event: Event)
        -> Instant?
    {
        guard let time = CalendarTime(value, zone: property.parameter("TZID")) else {
            report(property.line, "EXDATE \"\(value.prefix(40))\" is no date or time; left out")
            return nil
        }
        guard !time.isDate || event.isAllDay else {
            event.excludedDates.insert(time.local.date)
            return nil
        }
        return instant(matching: time, event, line: property.line)
    }

    private mutating func instant(matching time: CalendarTime, _ event: Event, line: Int) -> Instant {
        let instant = instant(time, zone(of: time, line: line))
        return event.instant(matching: time, otherwise: instant) ?? instant
    }

    // MARK: Values

    private func time(_ property: Property) -> CalendarTime? {
        CalendarTime(property.value.trimmed, zone: property.parameter("TZID"))
    }

    private mutating func zone(of time: CalendarTime, line: Int) -> TimeZoneRules {
        switch time {
        case .utc: return .utc
        case .date: return dayZone
        case .floating: return floatingZone
        case .zoned(_, let id):
            if let zone = zones.zone(id) { return zone }
            if unknownZones.insert(id).inserted {
                report(
                    line, "nobody knows the time zone \"\(id.prefix(60))\"; its times are read as \(floatingZone.name)")
            }
            return floatingZone
        }
    }

    private func instant(_ time: CalendarTime, _ zone: TimeZoneRules) -> Instant {
        if case .utc(let instant) = time { return instant }
        return zone.instant(time.local)
    }

    private mutating func duration(_ parts: EventParts, start: CalendarTime, _ event: Event) -> Event.Duration {
        if let property = parts.end {
            if let end = time(property) { return duration(to: end, property, start: start, event) }
            report(property.line, "DTEND \"\(property.value.prefix(40))\" is no date or time; left out")
        }
        if let property = parts.duration {
            if let duration = CalendarDuration(property.value.trimmed), duration.days >= 0, duration.seconds >= 0 {
                return .nominal(duration)
            }
            report(property.line, "DURATION \"\(property.value.prefix(40))\" is no positive duration; left out")
        }
        return start.isDate ? .nominal(CalendarDuration(days: 1)) : .exact(0)
    }

    private mutating func duration(to end: CalendarTime, _ property: Property, start: CalendarTime, _ event: Event)
        -> Event.Duration
    {
        if start.isDate, end.isDate {
            let days = end.local.date - start.local.date
            if days == 0 { report(property.line, "the event ends on the day on which it begins; it claims that day") }
            if days < 0 { report(property.line, "the event ends before it begins; read as one day") }
            return .nominal(CalendarDuration(days: days < 0 ? 1 : days))
        }
        let zone = end.isDate ? event.zone : zone(of: end, line: property.line)
        let seconds = instant(end, zone) - event.start
        if seconds < 0 { report(property.line, "the event ends before it begins; its end is left out") }
        return .exact(max(0, seconds))
    }

    /// The start of a period and how long it is, of whichever of both forms (RFC 5545 §3.3.9).
    private mutating func period(_ value: String, _ property: Property) -> (Instant, Event.Duration)? {
        let parts = value.split(separator: "/")
        let id = property.parameter("TZID")
        guard parts.count == 2, let first = CalendarTime(String(parts[0]).trimmed, zone: id) else { return nil }
        let start = instant(first, zone(of: first, line: property.line))
        if let last = CalendarTime(String(parts[1]).trimmed, zone: id) {
            let end = instant(last, zone(of: last, line: property.line))
            return end >= start ? (start, .exact(end - start)) : nil
        }
        guard let duration = CalendarDuration(String(parts[1]).trimmed), duration.days >= 0, duration.seconds >= 0
        else { return nil }
        return (start, .nominal(duration))
    }

    private mutating func report(_ line: Int, _ message: String) {
        guard diagnostics.count < 100 else { return }
        diagnostics.append(CalendarDiagnostic(line: line, message))
    }
}

extension CalendarTime {
    fileprivate var form: Event.Form {
        switch self {
        case .date: .date
        case .floating: .floating
        case .utc: .utc
        case .zoned: .zoned
        }
    }
}
