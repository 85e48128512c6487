import CivilTime

/// Reads `VEVENT` and `VFREEBUSY` components; what it cannot read becomes a diagnostic.
struct EventReader {
    private let zones: ZoneResolver
    private let dayZone: TimeZoneRules
    private let floatingZone: TimeZoneRules
    private let owners: Set<String>
    private(set) var remarks = Remarks()
    private var unknownZones: Set<String> = []
    private var knownRules: [String: RecurrenceRule] = [:]

    /// A reader for the events of a calendar; whole days are in `dayZone`, floating times in the zone that the calendar
    /// names or else there too.
    ///
    /// - Parameter owners: the addresses of whose calendar it is, in lower case.
    init(zones: ZoneResolver, dayZone: TimeZoneRules, owners: Set<String> = [], calendar: Component) {
        self.zones = zones
        self.owners = owners
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
        let zone = zone(of: start, line: property.line)
        let begin = EventStart(form: start.form, zone: zone, local: start.local, instant: instant(start, zone))
        let override = parts.recurrenceID.flatMap { self.override($0) }
        return Event(
            uid: parts.uid?.text.trimmed ?? "", line: component.line, start: begin,
            duration: duration(parts, begin), travel: travel(parts), claim: parts.claim(of: owners),
            recurrence: override == nil && parts.recurs ? recurrence(parts, begin) : nil, override: override,
            sequence: parts.sequence.flatMap { Int($0.value.trimmed, clampedTo: Bounds.sequence) } ?? 0,
            stamp: parts.stamp?.value ?? "")
    }

    /// The periods of a `VFREEBUSY` that are not free.
    mutating func busyPeriods(_ component: Component) -> [BusyPeriod] {
        var periods: [BusyPeriod] = []
        for property in component.properties where property.name == "FREEBUSY" {
            let type = property.parameter("FBTYPE")?.uppercased() ?? "BUSY"
            guard type != "FREE" else { continue }
            let id = property.parameter("TZID")
            for value in property.value.listed {
                guard let (start, duration) = period(value, id: id, line: property.line) else {
                    report(property.line, "\"\(value.prefix(60))\" is no period; left out")
                    continue
                }
                let end = duration.end(of: start, in: .utc)
                guard end > start else { continue }
                periods.append(
                    BusyPeriod(start: start, end: end, claim: type == "BUSY-TENTATIVE" ? .tentative : .busy))
            }
        }
        return periods
    }

    // MARK: Recurrence

    private mutating func override(_ property: Property) -> Event.Override? {
        guard let time = time(property) else {
            report(
                property.line,
                "RECURRENCE-ID \"\(property.value.prefix(40))\" is no date or time; read as an event of its own")
            return nil
        }
        let instant = instant(time, zone(of: time, line: property.line))
        let range = property.parameter("RANGE")?.uppercased()
        if let range, range != "THISANDFUTURE" {
            report(property.line, "RANGE=\(range.prefix(40)) is not understood; only this instance is changed")
        }
        return Event.Override(id: time, instant: instant, changesFuture: range == "THISANDFUTURE")
    }

    private mutating func recurrence(_ parts: EventParts, _ start: EventStart) -> Event.Recurrence {
        var recurrence = Event.Recurrence()
        for property in parts.rules {
            do {
                let rule = try rule(property)
                if property.name == "RRULE" {
                    recurrence.rules.append(rule)
                } else {
                    recurrence.exceptionRules.append(rule)
                }
            } catch {
                let consequence =
                    property.name == "RRULE" ? "only its first time is kept" : "nothing is taken out by it"
                report(property.line, "the recurrence rule cannot be followed: \(error); \(consequence)")
            }
        }
        for property in parts.recurrenceDates {
            let id = property.parameter("TZID")
            for value in property.value.listed {
                read(recurrenceDate: value, id, line: property.line, start: start, into: &recurrence)
            }
        }
        var excluded: [Instant] = []
        for property in parts.exceptionDates {
            let id = property.parameter("TZID")
            for value in property.value.listed {
                guard let time = CalendarTime(value, zone: id) else {
                    report(property.line, "EXDATE \"\(value.prefix(40))\" is no date or time; left out")
                    continue
                }
                if time.isDate, !start.isAllDay {
                    recurrence.excludedDates.insert(time.local.date)
                } else {
                    let instant = instant(time, zone(of: time, line: property.line))
                    excluded.append(start.instant(matching: time, otherwise: instant))
                }
            }
        }
        recurrence.excludedInstants = InstantSet(excluded)
        return recurrence
    }

    /// The rule; many events of a calendar have the same.
    private mutating func rule(_ property: Property) throws(RecurrenceRule.Failure) -> RecurrenceRule {
        if let rule = knownRules[property.value] { return rule }
        var remarks: [RecurrenceRule.Remark] = []
        let rule = try RecurrenceRule(property.value, &remarks)
        knownRules[property.value] = rule
        for remark in remarks { report(property.line, "the recurrence rule \(remark.sentence); left out") }
        return rule
    }

    private mutating func read(
        recurrenceDate value: String, _ zoneID: String?, line: Int, start: EventStart,
        into recurrence: inout Event.Recurrence
    ) {
        if value.contains("/"), let (begin, duration) = period(value, id: zoneID, line: line) {
            recurrence.dates.append(begin)
            recurrence.durations[begin] = duration
        } else if let time = CalendarTime(value, zone: zoneID) {
            let isOwn = time.isDate || time.form == .floating
            recurrence.dates.append(instant(time, isOwn ? start.zone : zone(of: time, line: line)))
        } else {
            report(line, "RDATE \"\(value.prefix(40))\" is no date or time; left out")
        }
    }

    // MARK: Values

    private mutating func time(_ property: Property) -> CalendarTime? {
        var isLoose = false
        guard let time = CalendarTime(property.value.trimmed, zone: property.parameter("TZID"), isLoose: &isLoose)
        else { return nil }
        if isLoose { reportLoose(property, time.description) }
        return time
    }

    private mutating func reportLoose(_ property: Property, _ reading: String) {
        let written = property.value.prefix(40)
        report(property.line, "\(property.name) \"\(written)\" is not written as RFC 5545 has it; read as \(reading)")
    }

    /// Seconds before its start that a person is on the way (`X-APPLE-TRAVEL-DURATION`).
    private mutating func travel(_ parts: EventParts) -> Int {
        guard let property = parts.travel else { return 0 }
        guard let duration = CalendarDuration(property.value.trimmed), duration.days >= 0, duration.seconds >= 0 else {
            report(property.line, "\(property.name) \"\(property.value.prefix(40))\" is no duration; left out")
            return 0
        }
        return min(duration.days, 1) * 86_400 + min(duration.seconds, 86_400)
    }

    private mutating func zone(of time: CalendarTime, line: Int) -> TimeZoneRules {
        switch time {
        case .utc: return .utc
        case .date: return dayZone
        case .floating: return floatingZone
        case .zoned(_, let id):
            if let zone = zones.zone(id) { return zone }
            if unknownZones.insert(id).inserted {
                let instead = floatingZone.name
                report(
                    line, "nobody knows the time zone \"\(id.prefix(60))\"; its times are read as \(instead)")
            }
            return floatingZone
        }
    }

    private func instant(_ time: CalendarTime, _ zone: TimeZoneRules) -> Instant {
        if case .utc(let instant) = time { return instant }
        return zone.instant(time.local)
    }

    private mutating func duration(_ parts: EventParts, _ start: EventStart) -> EventDuration {
        if let property = parts.end {
            if let end = time(property) { return duration(to: end, property, start) }
            report(property.line, "DTEND \"\(property.value.prefix(40))\" is no date or time; left out")
        }
        if let property = parts.duration {
            var isLoose = false
            if let duration = CalendarDuration(property.value.trimmed, isLoose: &isLoose), duration.days >= 0,
                duration.seconds >= 0
            {
                if isLoose { reportLoose(property, duration.description) }
                return .nominal(duration)
            }
            report(property.line, "DURATION \"\(property.value.prefix(40))\" is no positive duration; left out")
        }
        return start.isAllDay ? .nominal(CalendarDuration(days: 1)) : .exact(0)
    }

    private mutating func duration(to end: CalendarTime, _ property: Property, _ start: EventStart) -> EventDuration {
        if start.isAllDay, end.isDate {
            let days = end.local.date - start.local.date
            if days == 0 { report(property.line, "the event ends on the day on which it begins; it claims that day") }
            if days < 0 { report(property.line, "the event ends before it begins; read as one day") }
            return .nominal(CalendarDuration(days: days < 0 ? 1 : days))
        }
        let zone = end.isDate ? start.zone : zone(of: end, line: property.line)
        let seconds = instant(end, zone) - start.instant
        if seconds < 0 { report(property.line, "the event ends before it begins; its end is left out") }
        return .exact(max(0, seconds))
    }

    /// The start of a period and how long it is, of whichever of both forms (RFC 5545 §3.3.9).
    private mutating func period(_ value: String, id: String?, line: Int) -> (Instant, EventDuration)? {
        let parts = value.split(separator: "/", maxSplits: 2)
        guard parts.count == 2, let first = CalendarTime(String(parts[0]).trimmed, zone: id) else { return nil }
        let start = instant(first, zone(of: first, line: line))
        if let last = CalendarTime(String(parts[1]).trimmed, zone: id) {
            let end = instant(last, zone(of: last, line: line))
            return end >= start ? (start, .exact(end - start)) : nil
        }
        guard let duration = CalendarDuration(String(parts[1]).trimmed), duration.days >= 0, duration.seconds >= 0
        else { return nil }
        return (start, .nominal(duration))
    }

    private mutating func report(_ line: Int, _ message: @autoclosure () -> String) {
        remarks.add(line, message())
    }
}

extension CalendarTime {
    fileprivate var form: EventStart.Form {
        switch self {
        case .date: .date
        case .floating: .floating
        case .utc: .utc
        case .zoned: .zoned
        }
    }
}
