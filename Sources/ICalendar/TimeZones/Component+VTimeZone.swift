import CivilTime

extension Component {
    /// A `VTIMEZONE` for a zone that is right between two moments.
    ///
    /// Where the zone changes its clocks by a yearly rule, the observances carry an `RRULE` of the form that Outlook
    /// understands (BYMONTH and one BYDAY), the later hour as daylight time, though Irish law calls the summer standard
    /// and the winter the exception; where it does not (Africa/Casablanca), every change is an observance of its own; a
    /// zone without changes has a single one.
    public static func timezone(_ zone: TimeZoneRules, from: Instant, to: Instant) -> Component {
        let name = Property("TZID", text: zone.name)
        let observances = yearly(zone, from: from, to: to) ?? explicit(zone, from: from, to: to)
        return Component("VTIMEZONE", properties: [name], components: observances)
    }

    private static func yearly(_ zone: TimeZoneRules, from: Instant, to: Instant) -> [Component]? {
        let firstYear = from.utc.date.year - 1
        guard let rules = zone.tail?.yearlyChanges() else { return nil }
        let changes = zone.transitions(from: from - 730 * 86_400, to: to + 366 * 86_400)
        let followsRule = changes.allSatisfy { change in
            rules.contains { rule in
                rule.offset == change.offset
                    && rule.local(year: change.at.utc.date.year).seconds - rule.offsetBefore == change.at.seconds
            }
        }
        guard followsRule, !changes.isEmpty else { return nil }
        return rules.map { rule in
            observance(
                start: rule.local(year: firstYear), before: rule.offsetBefore, after: rule.offset,
                isDaylight: rule.offset > rule.offsetBefore, name: rule.abbreviation,
                rule: "FREQ=YEARLY;BYMONTH=\(rule.month);BYDAY=\(rule.byDay)")
        }
    }

    private static func explicit(_ zone: TimeZoneRules, from: Instant, to: Instant) -> [Component] {
        let changes = zone.transitions(from: from - 400 * 86_400, to: to + 1)
        let start = (changes.first?.at ?? from) - 1
        var before = zone.offset(at: start)
        let designation = zone.designation(at: start)
        let epoch = LocalDateTime(seconds: 0)
        let first = observance(
            start: epoch, before: before, after: before, isDaylight: false, name: designation.abbreviation, rule: nil)
        return [first]
            + changes.map { change in
                defer { before = change.offset }
                return observance(
                    start: LocalDateTime(seconds: change.at.seconds + before), before: before, after: change.offset,
                    isDaylight: change.isDaylight, name: change.abbreviation, rule: nil)
            }
    }

    private static func observance(
        start: LocalDateTime, before: Int, after: Int, isDaylight: Bool, name: String, rule: String?
    ) -> Component {
        var properties = [
            Property("DTSTART", value: CalendarTime.floating(start).description),
            Property("TZOFFSETFROM", value: UTCOffset(seconds: before).description),
            Property("TZOFFSETTO", value: UTCOffset(seconds: after).description),
        ]
        if let rule { properties.append(Property("RRULE", value: rule)) }
        if !name.isEmpty { properties.append(Property("TZNAME", text: name)) }
        return Component(isDaylight ? "DAYLIGHT" : "STANDARD", properties: properties)
    }
}
