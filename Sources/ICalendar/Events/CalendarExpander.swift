import CivilTime

/// Turns a calendar into the instances that overlap a window; one budget bounds all its rules together.
public struct CalendarExpander {
    /// What the calendar held in the window.
    public struct Result {
        /// Instances that overlap the window, by start.
        public var occurrences: [Occurrence] = []
        /// Events of the calendar, recurring ones counted once, whether in the window or not.
        public var eventCount = 0
        /// What could not be understood.
        public var diagnostics: [CalendarDiagnostic] = []
    }

    private let window: Range<Instant>
    private let floatingZone: TimeZoneRules
    private let database: TimeZoneDatabase
    private let budget: RecurrenceRule.Budget

    /// An expander for a window; whole days and floating times are taken in `floatingZone`, unless the calendar says
    /// otherwise (`X-WR-TIMEZONE`).
    public init(
        window: Range<Instant>, floatingZone: TimeZoneRules, database: TimeZoneDatabase = .system,
        budget: RecurrenceRule.Budget = RecurrenceRule.Budget()
    ) {
        self.window = window
        self.floatingZone = floatingZone
        self.database = database
        self.budget = budget
    }

    /// All instances of all events and busy periods of a calendar in the window.
    public func expand(_ calendar: Component) -> Result {
        let zones = ZoneResolver(calendar: calendar, database: database)
        let floating = calendar.text("X-WR-TIMEZONE").flatMap(zones.zone) ?? floatingZone
        var reader = EventReader(zones: zones, floatingZone: floating)
        var result = Result()
        var series = SeriesTable()
        for component in calendar.components {
            switch component.name {
            case "VEVENT":
                result.eventCount += 1
                if let event = reader.event(component) { series.add(event) }
            case "VFREEBUSY":
                let periods = reader.busyPeriods(component)
                result.eventCount += periods.count
                result.occurrences += periods.filter { overlaps($0.start, $0.end) }
            default: break
            }
        }
        result.diagnostics = reader.diagnostics
        var budget = budget
        for group in series.groups { expand(group, &budget, into: &result) }
        result.occurrences.sort { ($0.start, $0.end, $0.uid) < ($1.start, $1.end, $1.uid) }
        return result
    }

    private func overlaps(_ start: Instant, _ end: Instant) -> Bool {
        start < window.upperBound && (end > window.lowerBound || start == end && start >= window.lowerBound)
    }

    private func expand(
        _ group: SeriesTable.Group, _ budget: inout RecurrenceRule.Budget, into result: inout Result
    ) {
        let master = group.masters.first
        let replaced = Set(group.overrides.compactMap { $0.original(in: master) })
        for event in group.overrides {
            append(event, at: event.start, recurrenceID: event.original(in: master), into: &result)
        }
        for event in group.masters {
            guard event.isRecurring else {
                append(event, at: event.start, recurrenceID: nil, into: &result)
                continue
            }
            for start in starts(of: event, &budget, into: &result) where !replaced.contains(start) {
                append(event, at: start, recurrenceID: start, into: &result)
            }
        }
    }

    private func append(_ event: Event, at start: Instant, recurrenceID: Instant?, into result: inout Result) {
        let end = event.end(of: start)
        guard overlaps(start, end) else { return }
        result.occurrences.append(
            Occurrence(
                uid: event.uid, start: start, end: end, recurrenceID: recurrenceID, claim: event.claim,
                isAllDay: event.isAllDay))
    }

    /// The starts of a series that may matter to the window, ascending.
    private func starts(
        of event: Event, _ budget: inout RecurrenceRule.Budget, into result: inout Result
    ) -> [Instant] {
        var starts: Set<Instant> = [event.start]
        starts.formUnion(event.recurrenceDates)
        let reach = event.longestSpan + 86_400 * 2
        let from = event.zone.local(window.lowerBound - reach)
        let to = event.zone.local(window.upperBound + 86_400)
        for rule in event.rules {
            let expansion = rule.expand(
                from: event.localStart, until: event.until(rule), window: from..<max(to, from), budget: budget)
            budget.steps = max(0, budget.steps - expansion.steps)
            budget.occurrences = max(0, budget.occurrences - expansion.times.count)
            if expansion.isCut {
                result.diagnostics.append(
                    CalendarDiagnostic(
                        line: event.line,
                        "the event recurs more often than can be followed; the first \(expansion.times.count) times in the window are kept"
                    ))
            }
            starts.formUnion(expansion.times.map(event.zone.instant))
        }
        return starts.filter { !event.isExcluded($0) }.sorted()
    }
}

/// The events of a calendar by `UID`: series and the instances that override them.
private struct SeriesTable {
    struct Group {
        var masters: [Event] = []
        var overrides: [Event] = []
    }

    private(set) var groups: [Group] = []
    private var indices: [String: Int] = [:]

    mutating func add(_ event: Event) {
        let index = indices[event.uid] ?? groups.count
        if index == groups.count {
            groups.append(Group())
            if !event.uid.isEmpty { indices[event.uid] = index }
        }
        if let original = event.recurrenceID {
            if let known = groups[index].overrides.firstIndex(where: { $0.recurrenceID == original }) {
                if event.revision >= groups[index].overrides[known].revision { groups[index].overrides[known] = event }
            } else {
                groups[index].overrides.append(event)
            }
        } else if let known = groups[index].masters.first {
            if event.revision >= known.revision { groups[index].masters = [event] }
        } else {
            groups[index].masters.append(event)
        }
    }
}
