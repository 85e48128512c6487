import CivilTime

/// Finds what is wrong with a calendar, whether or not it can be read all the same.
public enum CalendarCheck {
    /// All remarks about what was read, by line: those of reading, of its events, and of the rules of RFC 5545 that it
    /// breaks without harm.
    public static func diagnostics(
        _ result: CalendarReader.Result, zone: TimeZoneRules, database: TimeZoneDatabase = .system
    ) -> [CalendarDiagnostic] {
        var found = result.diagnostics
        let now = Instant(seconds: 0)
        let expander = CalendarExpander(window: now..<now, floatingZone: zone, database: database)
        var checked = Remarks(limit: 1000)
        for calendar in result.calendars {
            found += expander.expand(calendar).diagnostics
            var check = ComponentCheck(calendar, remarks: checked)
            check.calendar(calendar)
            checked = check.remarks
        }
        found += checked.all
        var seen: Set<CalendarDiagnostic> = []
        let sorted = found.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        return sorted.map(\.element).filter { seen.insert($0).inserted }
    }
}

/// Looks at components against the tables of RFC 5545 §3.6.
private struct ComponentCheck {
    private(set) var remarks: Remarks
    private let ownZones: Set<String>
    private var missingZones: Set<String> = []
    /// The `UID` of every event that no other one changes.
    private let masters: Set<String>

    init(_ calendar: Component, remarks: Remarks) {
        self.remarks = remarks
        masters = Set(
            calendar.components.filter { $0.name == "VEVENT" && $0.first("RECURRENCE-ID") == nil }
                .compactMap { $0.first("UID")?.text.trimmed })
        ownZones = Set(
            calendar.components.filter { $0.name == "VTIMEZONE" }.compactMap { $0.first("TZID")?.text.trimmed })
    }

    mutating func calendar(_ calendar: Component) {
        if calendar.first("PRODID") == nil { report(calendar.line, "the VCALENDAR has no PRODID") }
        switch calendar.first("VERSION")?.value.trimmed {
        case "2.0": break
        case "1.0":
            report(calendar.line, "this is a vCalendar 1.0, which came before RFC 5545; read as far as both agree")
        case nil: report(calendar.line, "the VCALENDAR has no VERSION")
        case let version?: report(calendar.line, "VERSION \"\(version.prefix(40))\" is not 2.0")
        }
        values(calendar)
        for component in calendar.components { check(component) }
    }

    private mutating func check(_ component: Component) {
        values(component)
        if ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"].contains(component.name) {
            for name in ["UID", "DTSTAMP"] where component.first(name) == nil {
                report(component.line, "the \(component.name) has no \(name)")
            }
            once(component)
        }
        if component.name == "VEVENT" { event(component) }
        for child in component.components { check(child) }
    }

    private mutating func once(_ component: Component) {
        var seen: Set<String> = []
        for property in component.properties
        where Self.onlyOnce.contains(property.name) && !seen.insert(property.name).inserted {
            report(property.line, "\(property.name) stands here again; the first one counts")
        }
    }

    private static let onlyOnce: Set<String> = [
        "CLASS", "CREATED", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "DURATION", "GEO", "LAST-MODIFIED",
        "LOCATION",
        "ORGANIZER", "PRIORITY", "RECURRENCE-ID", "RRULE", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID", "URL",
    ]

    private mutating func values(_ component: Component) {
        for property in component.properties {
            // What times and rules come to is told by those who read the event.
            if !Self.readElsewhere.contains(property.name), let type = property.valueType, !property.hasReadableValues,
                !(type == .uri && property.parameter("ENCODING") != nil)
            {
                report(property.line, "\(property.name) \"\(property.value.prefix(40))\" is no \(type.rawValue)")
            }
            if let id = property.parameter("TZID"), !ownZones.contains(id.trimmed), !id.hasPrefix("/"),
                missingZones.insert(id).inserted
            {
                report(property.line, "the calendar has no VTIMEZONE for \"\(id.prefix(60))\"")
            }
        }
    }

    private static let readElsewhere: Set<String> = [
        "DTSTART", "DTEND", "EXDATE", "RDATE", "RECURRENCE-ID", "RRULE", "EXRULE", "FREEBUSY", "DURATION",
        "TZOFFSETFROM", "TZOFFSETTO", "X-PUBLISHED-TTL", "REFRESH-INTERVAL", "TRIGGER",
    ]

    private mutating func event(_ component: Component) {
        if component.first("DTEND") != nil, let duration = component.first("DURATION") {
            report(duration.line, "the event has DTEND and DURATION; DTEND counts")
        }
        guard let property = component.first("DTSTART"),
            let start = CalendarTime(property.value.trimmed, zone: property.parameter("TZID"))
        else { return }
        if property.parameter("VALUE")?.uppercased() == "DATE", !start.isDate {
            report(property.line, "DTSTART says VALUE=DATE and gives a time; read as a time")
        }
        for other in component.properties where ["DTEND", "RECURRENCE-ID", "EXDATE"].contains(other.name) {
            let times = other.value.listed.lazy.compactMap { CalendarTime($0) }
            if times.contains(where: { $0.isDate != start.isDate }) {
                let kinds = start.isDate ? "a time where DTSTART is a whole day" : "a whole day where DTSTART is a time"
                report(other.line, "\(other.name) is \(kinds)")
            }
        }
        for property in component.all("RRULE") { rule(property, start) }
        if let property = component.first("RECURRENCE-ID"),
            !masters.contains(component.first("UID")?.text.trimmed ?? "")
        {
            report(
                property.line,
                "this changes an instance of a series that is not in the calendar; read as an event of its own")
        }
    }

    private mutating func rule(_ property: Property, _ start: CalendarTime) {
        guard let rule = try? RecurrenceRule(property.value) else { return }
        if rule.count != nil, rule.until != nil {
            report(property.line, "the rule has COUNT and UNTIL; whichever ends first counts")
        }
        switch (rule.until, start) {
        case (nil, _), (.date, .date), (.floating, .floating), (.utc, .utc), (.utc, .zoned): break
        default: report(property.line, "UNTIL is not of the form that DTSTART asks for (RFC 5545 §3.3.10)")
        }
        if rule.frequency != .monthly, rule.frequency != .yearly, rule.byDay.contains(where: { $0.ordinal != 0 }) {
            report(
                property.line,
                "BYDAY numbers its days, which only monthly and yearly rules may; the numbers are left out")
        }
        if rule.frequency != .yearly, !rule.byWeekNumber.isEmpty {
            report(property.line, "BYWEEKNO stands in a rule that is not yearly")
        }
    }

    private mutating func report(_ line: Int, _ message: @autoclosure () -> String) { remarks.add(line, message()) }
}
