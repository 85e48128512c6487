import CivilTime

extension TimeZoneRules {
    /// The zone that a `VTIMEZONE` defines (RFC 5545 §3.6.5), worked out up to a moment, and up to the year 2100 at
    /// least; nil where no observance of it can be read.
    public init?(timezone component: Component, until: Instant = Instant(seconds: 0)) {
        var budget = FileAllowance().zones
        guard let zone = TimeZoneRules.reading(timezone: component, until: until, budget: &budget).zone else {
            return nil
        }
        self = zone
    }

    /// Up to here at least zones are worked out.
    static let leastEnd = LocalDateTime(date: CivilDate(dayNumber: CivilDate.dayNumber(year: 2100, month: 1, day: 1)))

    /// The zone as far as it can be read, and what cannot.
    ///
    /// - Parameter budget: what is left for the zones of the file.
    static func reading(
        timezone component: Component, until: Instant, budget: inout RecurrenceRule.Budget
    ) -> (zone: TimeZoneRules?, diagnostics: [CalendarDiagnostic]) {
        let end = max(until.utc + 400 * 86_400, leastEnd)
        var reader = ObservanceReader(end: end, budget: budget)
        let observances = component.components.compactMap { reader.observance($0) }
        budget = reader.budget
        guard let first = observances.min(by: { $0.start < $1.start }) else {
            reader.remarks.add(component.line, "the VTIMEZONE has no observance that can be read")
            return (nil, reader.remarks.all)
        }
        let transitions = observances.flatMap(\.transitions).sorted { $0.at < $1.at }
        let zone = TimeZoneRules(
            name: component.first("TZID")?.text.trimmed ?? "", firstOffset: first.offsetBefore,
            transitions: transitions)
        return (zone, reader.remarks.all)
    }
}

private struct Observance {
    let start: LocalDateTime
    let offsetBefore: Int
    let transitions: [TimeZoneRules.Transition]
}

/// Reads `STANDARD` and `DAYLIGHT` components.
private struct ObservanceReader {
    let end: LocalDateTime
    private(set) var budget: RecurrenceRule.Budget
    var remarks = Remarks()

    init(end: LocalDateTime, budget: RecurrenceRule.Budget) {
        self.end = end
        self.budget = budget
    }

    mutating func observance(_ component: Component) -> Observance? {
        guard component.name == "STANDARD" || component.name == "DAYLIGHT" else { return nil }
        guard let start = component.first("DTSTART").flatMap({ CalendarTime($0.value.trimmed) })?.local else {
            return report(component, "DTSTART")
        }
        guard let before = component.first("TZOFFSETFROM").flatMap({ UTCOffset($0.value) })?.seconds else {
            return report(component, "TZOFFSETFROM")
        }
        guard let after = component.first("TZOFFSETTO").flatMap({ UTCOffset($0.value) })?.seconds else {
            return report(component, "TZOFFSETTO")
        }
        let name = component.text("TZNAME") ?? ""
        let transitions = times(component, start: start, offsetBefore: before).map { time in
            TimeZoneRules.Transition(
                at: Instant(seconds: time.seconds - before), offset: after, isDaylight: component.name == "DAYLIGHT",
                abbreviation: name)
        }
        return Observance(start: start, offsetBefore: before, transitions: transitions)
    }

    private mutating func times(_ component: Component, start: LocalDateTime, offsetBefore: Int) -> Set<LocalDateTime> {
        var times: Set<LocalDateTime> = [start]
        for property in component.all("RDATE") {
            for value in property.value.listed {
                guard let time = CalendarTime(String(value.prefix { $0 != "/" }).trimmed) else { continue }
                if case .utc(let instant) = time {
                    times.insert(instant.utc + offsetBefore)
                } else {
                    times.insert(time.local)
                }
            }
        }
        for property in component.all("RRULE") {
            guard let rule = try? RecurrenceRule(property.value) else {
                remarks.add(property.line, "the rule of the time zone is none")
                continue
            }
            let until = rule.until.map { time in
                if case .utc(let instant) = time { instant.utc + offsetBefore } else { time.local }
            }
            let window = start..<max(start + 1, end)
            let work = rule.forEachTime(from: start, until: until, window: window, budget: budget.share) {
                times.insert($0)
            }
            budget.pay(for: work)
            if work.isCut {
                remarks.add(property.line, "the clocks of the time zones change more often than can be followed")
            }
        }
        return times
    }

    private mutating func report(_ component: Component, _ name: String) -> Observance? {
        remarks.add(
            component.line, "\(component.name) of the time zone has no \(name) that can be read; left out")
        return nil
    }
}
