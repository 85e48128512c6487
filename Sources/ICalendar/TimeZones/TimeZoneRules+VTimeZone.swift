import CivilTime

extension TimeZoneRules {
    /// The zone that a `VTIMEZONE` defines (RFC 5545 §3.6.5), worked out up to the year 2100; nil where no observance
    /// of it can be read.
    public init?(timezone component: Component) {
        let observances = component.components.prefix(200).compactMap(Observance.init)
        guard let first = observances.min(by: { $0.start < $1.start }) else { return nil }
        let transitions = observances.flatMap(\.transitions).sorted { $0.at < $1.at }
        self.init(
            name: component.first("TZID")?.value ?? "", firstOffset: first.offsetBefore, transitions: transitions)
    }
}

private struct Observance {
    let start: LocalDateTime
    let offsetBefore: Int
    let transitions: [TimeZoneRules.Transition]

    init?(_ component: Component) {
        guard component.name == "STANDARD" || component.name == "DAYLIGHT",
            let start = component.first("DTSTART").flatMap({ CalendarTime($0.value) })?.local,
            let before = component.first("TZOFFSETFROM").flatMap({ Observance.offset($0.value) }),
            let after = component.first("TZOFFSETTO").flatMap({ Observance.offset($0.value) })
        else { return nil }
        self.start = start
        offsetBefore = before
        let end = LocalDateTime(date: CivilDate(dayNumber: CivilDate.dayNumber(year: 2100, month: 1, day: 1)))
        var times: Set<LocalDateTime> = [start]
        for property in component.all("RDATE") {
            for value in property.value.split(separator: ",") {
                if let time = CalendarTime(value.prefix { $0 != "/" }) { times.insert(time.local) }
            }
        }
        for property in component.all("RRULE") {
            guard let rule = try? RecurrenceRule(property.value) else { continue }
            let until = rule.until.map { time in
                if case .utc(let instant) = time { instant.utc + before } else { time.local }
            }
            let firstYear = LocalDateTime(date: CivilDate(dayNumber: CivilDate.dayNumber(year: 1900, month: 1, day: 1)))
            var budget = RecurrenceRule.Budget()
            budget.occurrences = 500
            budget.steps = 5000
            times.formUnion(
                rule.expand(
                    from: start, until: until, window: max(start, firstYear)..<max(start + 1, end), budget: budget
                ).times)
        }
        transitions = times.map { time in
            TimeZoneRules.Transition(
                at: Instant(seconds: time.seconds - before), offset: after, isDaylight: component.name == "DAYLIGHT",
                abbreviation: component.text("TZNAME") ?? "")
        }
    }

    /// Reads `+0100`, `-0330`, `+005730`.
    private static func offset(_ text: String) -> Int? {
        let value = text.trimmed
        guard let sign = value.first, sign == "+" || sign == "-" else { return nil }
        let digits = value.dropFirst()
        guard digits.count == 4 || digits.count == 6, let number = Int(digits) else { return nil }
        let full = digits.count == 4 ? number * 100 : number
        return (sign == "-" ? -1 : 1) * (full / 10_000 * 3600 + full / 100 % 100 * 60 + full % 100)
    }
}
