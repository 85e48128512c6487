import CivilTime

/// Expands series one after another into the instances that overlap a window.
struct SeriesExpansion {
    private(set) var occurrences: [Occurrence] = []
    private(set) var diagnostics: [CalendarDiagnostic] = []
    private let window: Range<Instant>
    private var budget: RecurrenceRule.Budget

    init(window: Range<Instant>, budget: RecurrenceRule.Budget) {
        self.window = window
        self.budget = budget
    }

    mutating func expand(_ group: SeriesTable.Group) {
        let master = group.masters.first
        var overrides: [Instant: Event] = [:]
        for event in group.overrides {
            guard let original = event.original(in: master) else { continue }
            if let master, master.isExcluded(original) {
                report(event.line, "the changed instance is one that EXDATE takes out of its series; left out")
                continue
            }
            overrides[original] = event
            append(event, at: event.start, recurrenceID: original)
        }
        let future = overrides.filter(\.value.changesFuture).map(FutureChange.init).sorted { $0.original < $1.original }
        for event in group.masters {
            guard event.isRecurring else {
                if overrides[event.start] == nil, !event.isExcluded(event.start) {
                    append(event, at: event.start, recurrenceID: nil)
                }
                continue
            }
            expand(event, overrides, future)
        }
    }

    private mutating func expand(_ event: Event, _ overrides: [Instant: Event], _ future: [FutureChange]) {
        let changes = future.map { $0.shift(in: event) }
        let shift = changes.map(\.magnitude).max().map { Int($0) } ?? 0
        let span = future.reduce(event.longestSpan) { max($0, $1.event.longestSpan) }
        let starts = starts(of: event, from: window.lowerBound - (span + shift), to: window.upperBound + shift)
        let isPlain = overrides.isEmpty && event.excludedInstants.isEmpty && event.excludedDates.isEmpty
        for start in starts {
            guard !isPlain else {
                append(event, at: start, recurrenceID: start)
                continue
            }
            guard overrides[start] == nil, !event.isExcluded(start) else { continue }
            if let index = future.lastIndex(where: { $0.original < start }) {
                let moved = event.zone.instant(event.zone.local(start) + changes[index])
                append(future[index].event, at: moved, recurrenceID: start)
            } else {
                append(event, at: start, recurrenceID: start)
            }
        }
    }

    private mutating func append(_ event: Event, at start: Instant, recurrenceID: Instant?) {
        guard start < window.upperBound else { return }
        let end = event.end(of: start)
        guard end > window.lowerBound || start == end && start >= window.lowerBound else { return }
        occurrences.append(
            Occurrence(
                uid: event.uid, start: start, end: end, recurrenceID: recurrenceID, claim: event.claim,
                isAllDay: event.isAllDay))
    }

    // MARK: Starts

    /// The starts of a series between two moments and a little beyond, ascending, none twice.
    private mutating func starts(of event: Event, from: Instant, to: Instant) -> [Instant] {
        var starts: [Instant] = []
        for rule in event.rules { starts += times(of: rule, event, from: from, to: to) }
        if startsItself(event), event.start >= from, event.start < to, starts.first != event.start {
            starts.insert(event.start, at: 0)
        }
        starts += event.recurrenceDates.filter { $0 >= from && $0 < to }
        removeRepetitions(&starts)
        guard !event.exceptionRules.isEmpty else { return starts }
        var excluded: Set<Instant> = []
        for rule in event.exceptionRules { excluded.formUnion(times(of: rule, event, from: from, to: to)) }
        return starts.filter { !excluded.contains($0) }
    }

    /// `DTSTART` is the first instance (RFC 5545 §3.8.5.3), unless every rule ends before it.
    private func startsItself(_ event: Event) -> Bool {
        let last = event.rules.map { event.last($0) ?? Instant(seconds: .max) }.max()
        return last.map { event.start <= $0 } ?? true
    }

    private mutating func times(of rule: RecurrenceRule, _ event: Event, from: Instant, to: Instant) -> [Instant] {
        let last = event.last(rule)
        let lower = event.zone.local(from) + -86_400
        let upper = event.zone.local(min(to, last.map { $0 + 1 } ?? to)) + 86_400
        guard lower < upper, budget.steps > 0 else { return [] }
        // Each rule may use up half of what is left, so that none takes everything from those that follow.
        let share = RecurrenceRule.Budget(
            occurrences: (budget.occurrences + 1) / 2, steps: (budget.steps + 1) / 2)
        let expansion = rule.expand(
            from: event.localStart, until: nil, window: lower..<upper, budget: share)
        budget.steps -= min(budget.steps, expansion.steps)
        budget.occurrences -= min(budget.occurrences, expansion.times.count)
        if expansion.isCut {
            report(
                event.line,
                "the event recurs more often than can be followed; \(expansion.times.count) times in the window are kept"
            )
        }
        var cursor = ZoneCursor(event.zone)
        var instants: [Instant] = []
        instants.reserveCapacity(expansion.times.count)
        for time in expansion.times {
            let instant = cursor.instant(time)
            if instant >= from, instant < to, last.map({ instant <= $0 }) ?? true { instants.append(instant) }
        }
        return instants
    }

    /// Puts the starts into order, each once; what one rule made mostly is so already.
    private func removeRepetitions(_ starts: inout [Instant]) {
        guard zip(starts, starts.dropFirst()).contains(where: { $0 >= $1 }) else { return }
        starts = Set(starts).sorted()
    }

    private mutating func report(_ line: Int, _ message: String) {
        guard diagnostics.count < 100 else { return }
        diagnostics.append(CalendarDiagnostic(line: line, message))
    }
}

/// An override that changes every later instance too.
private struct FutureChange {
    let original: Instant
    let event: Event

    init(_ entry: (key: Instant, value: Event)) {
        original = entry.key
        event = entry.value
    }

    /// By how much it moves later instances on the wall clock of their series (RFC 5545 §3.8.4.4).
    func shift(in master: Event) -> Int {
        master.zone.local(event.start).seconds - master.zone.local(original).seconds
    }
}
