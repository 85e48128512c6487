import CivilTime

/// Reads `VEVENT` and `VFREEBUSY` components; what it cannot read becomes a diagnostic.
struct EventReader {
    let zones: ZoneResolver
    let floatingZone: TimeZoneRules
    private(set) var diagnostics: [CalendarDiagnostic] = []
    private var unknownZones: Set<String> = []

    init(zones: ZoneResolver, floatingZone: TimeZoneRules) {
        self.zones = zones
        self.floatingZone = floatingZone
    }

    /// The event, or nil where it has no readable start.
    mutating func event(_ component: Component) -> Event? {
        guard let property = component.first("DTSTART") else {
            report(component.line, "the event has no DTSTART; left out")
            return nil
        }
        guard let start = time(property) else {
            report(property.line, "DTSTART \"\(property.value.prefix(40))\" is no date or time; the event is left out")
            return nil
        }
        var event = Event()
        event.uid = component.first("UID")?.value.trimmed ?? ""
        event.line = component.line
        event.zone = zone(of: start, line: property.line)
        event.localStart = start.local
        event.start = instant(start, line: property.line)
        if case .utc = start { event.localStart = event.zone.local(event.start) }
        event.isAllDay = start.isDate
        event.claim = claim(component)
        event.sequence = component.first("SEQUENCE").flatMap { Int($0.value.trimmed) } ?? 0
        event.stamp = component.first("DTSTAMP")?.value ?? ""
        event.duration = duration(component, start: event.start, isDate: start.isDate)
        if let property = component.first("RECURRENCE-ID"), let time = time(property) {
            event.recurrenceTime = time
            event.recurrenceID = instant(time, line: property.line)
        }
        readRecurrence(component, into: &event)
        return event
    }

    /// The periods of a `VFREEBUSY` that are not free.
    mutating func busyPeriods(_ component: Component) -> [Occurrence] {
        var periods: [Occurrence] = []
        for property in component.all("FREEBUSY") {
            let type = property.parameter("FBTYPE")?.uppercased() ?? "BUSY"
            guard type != "FREE" else { continue }
            for value in property.value.split(separator: ",") {
                guard let (start, end) = period(value, property) else {
                    report(property.line, "\"\(value.prefix(60))\" is no period; left out")
                    continue
                }
                periods.append(
                    Occurrence(
                        uid: "", start: start, end: end, recurrenceID: nil,
                        claim: type == "BUSY-TENTATIVE" ? .tentative : .busy, isAllDay: false))
            }
        }
        return periods
    }

    // MARK: Recurrence

    private mutating func readRecurrence(_ component: Component, into event: inout Event) {
        guard event.recurrenceID == nil else { return }
        for property in component.all("RRULE") {
            do {
                event.rules.append(try RecurrenceRule(property.value))
            } catch {
                report(property.line, "the recurrence rule cannot be followed: \(error); only its first time is kept")
            }
        }
        for property in component.all("RDATE") {
            for value in property.value.split(separator: ",") { readRecurrenceDate(value, property, into: &event) }
        }
        for property in component.all("EXDATE") {
            for value in property.value.split(separator: ",") {
                guard let time = CalendarTime(value, zone: property.parameter("TZID")) else {
                    report(property.line, "EXDATE \"\(value.prefix(40))\" is no date or time; left out")
                    continue
                }
                if time.isDate, !event.isAllDay {
                    event.excludedDates.insert(time.local.date)
                } else {
                    event.excludedInstants.insert(instant(matching: time, event))
                }
            }
        }
    }

    private mutating func readRecurrenceDate(_ value: Substring, _ property: Property, into event: inout Event) {
        if value.contains("/"), let (start, end) = period(value, property) {
            event.recurrenceDates.append(start)
            event.recurrenceEnds[start] = end
        } else if let time = CalendarTime(value, zone: property.parameter("TZID")) {
            event.recurrenceDates.append(instant(matching: time, event))
        } else {
            report(property.line, "RDATE \"\(value.prefix(40))\" is no date or time; left out")
        }
    }

    // MARK: Values

    private func time(_ property: Property) -> CalendarTime? {
        CalendarTime(property.value.trimmed, zone: property.parameter("TZID"))
    }

    private mutating func zone(of time: CalendarTime, line: Int) -> TimeZoneRules {
        switch time {
        case .utc: return .utc
        case .date, .floating: return floatingZone
        case .zoned(_, let id):
            if let zone = zones.zone(id) { return zone }
            if unknownZones.insert(id).inserted {
                report(
                    line, "nobody knows the time zone \"\(id.prefix(60))\"; its times are read as \(floatingZone.name)")
            }
            return floatingZone
        }
    }

    private mutating func instant(_ time: CalendarTime, line: Int) -> Instant {
        if case .utc(let instant) = time { return instant }
        return zone(of: time, line: line).instant(time.local)
    }

    /// The moment of a time that names an instance of the event: a whole day means the instance of that day.
    private mutating func instant(matching time: CalendarTime, _ event: Event) -> Instant {
        switch time {
        case .date(let date) where !event.isAllDay:
            event.zone.instant(LocalDateTime(date: date, secondOfDay: event.localStart.secondOfDay))
        case .floating(let local): event.zone.instant(local)
        case .zoned, .utc, .date:
            event.isAllDay && !time.isDate
                ? event.zone.instant(LocalDateTime(date: event.zone.local(instant(time, line: event.line)).date))
                : instant(time, line: event.line)
        }
    }

    private mutating func duration(_ component: Component, start: Instant, isDate: Bool) -> Event.Duration {
        if let property = component.first("DTEND") {
            if let end = time(property) {
                let instant = instant(end, line: property.line)
                if instant < start { report(property.line, "the event ends before it begins; its end is left out") }
                if isDate, end.isDate {
                    let days = end.local.date - floatingDate(start)
                    return .nominal(CalendarDuration(days: max(1, days)))
                }
                return .exact(max(0, instant - start))
            }
            report(property.line, "DTEND \"\(property.value.prefix(40))\" is no date or time; left out")
        }
        if let property = component.first("DURATION") {
            if let duration = CalendarDuration(property.value.trimmed), duration.days >= 0, duration.seconds >= 0 {
                return .nominal(duration)
            }
            report(property.line, "DURATION \"\(property.value.prefix(40))\" is no positive duration; left out")
        }
        return isDate ? .nominal(CalendarDuration(days: 1)) : .exact(0)
    }

    private func floatingDate(_ instant: Instant) -> CivilDate { floatingZone.local(instant).date }

    private mutating func period(_ value: Substring, _ property: Property) -> (Instant, Instant)? {
        let parts = value.split(separator: "/")
        guard parts.count == 2, let first = CalendarTime(parts[0], zone: property.parameter("TZID")) else { return nil }
        let start = instant(first, line: property.line)
        if let last = CalendarTime(parts[1], zone: property.parameter("TZID")) {
            let end = instant(last, line: property.line)
            return end >= start ? (start, end) : nil
        }
        return CalendarDuration(parts[1]).map { (start, start + ($0.days * 86_400 + $0.seconds)) }
    }

    /// `TRANSP`, `STATUS` and Outlook's own word for it; the most definite one counts.
    private func claim(_ component: Component) -> Occurrence.Claim {
        if component.first("STATUS")?.value.trimmed.uppercased() == "CANCELLED" { return .free }
        switch component.first("X-MICROSOFT-CDO-BUSYSTATUS")?.value.trimmed.uppercased() {
        case "FREE", "WORKINGELSEWHERE": return .free
        case "TENTATIVE": return .tentative
        default: break
        }
        if component.first("TRANSP")?.value.trimmed.uppercased() == "TRANSPARENT" { return .free }
        return component.first("STATUS")?.value.trimmed.uppercased() == "TENTATIVE" ? .tentative : .busy
    }

    private mutating func report(_ line: Int, _ message: String) {
        guard diagnostics.count < 100 else { return }
        diagnostics.append(CalendarDiagnostic(line: line, message))
    }
}
