import CivilTime

/// Expands series one after another into the instances that overlap a window.
struct SeriesExpansion {
    private(set) var diagnostics: [CalendarDiagnostic] = []
    private var sources: [Source] = []
    private var instances: [Instance] = []
    private let window: Range<Instant>
    private var budget: RecurrenceRule.Budget

    init(window: Range<Instant>, budget: RecurrenceRule.Budget) {
        self.window = window
        self.budget = budget
    }

    /// What was found so far, by start and then in the order of the events.
    consuming func occurrences() -> [Occurrence] {
        instances.sort()
        return instances.map { sources[$0.source].occurrence(at: $0.start) }
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
            append([event.start], of: Source(event: event, originals: .single(original)))
        }
        let future = overrides.isEmpty ? [] : FutureChange.all(overrides)
        let changed = InstantSet(overrides.keys)
        for event in group.masters {
            if event.isRecurring {
                expand(event, changed, future)
            } else if !changed.contains(event.start), !event.isExcluded(event.start) {
                append([event.start], of: Source(event: event, originals: .none))
            }
        }
    }

    private mutating func expand(_ event: Event, _ changed: InstantSet, _ future: [FutureChange]) {
        let shifts = future.map { $0.shift(in: event) }
        let shift = shifts.map { abs($0) }.max() ?? 0
        let span = future.reduce(event.longestSpan) { max($0, $1.event.longestSpan) }
        var starts = starts(of: event, from: window.lowerBound - (span + shift), to: window.upperBound + shift)
        if !changed.isEmpty || event.hasExceptions {
            starts.removeAll { changed.contains($0) || event.isExcluded($0) }
        }
        let firstChange = future.first?.original ?? Instant(seconds: .max)
        append(starts.lazy.prefix { $0 <= firstChange }, of: Source(event: event, originals: .starts))
        for (index, change) in future.enumerated() {
            let next = index + 1 < future.count ? future[index + 1].original : Instant(seconds: .max)
            var originals: [Instant: Instant] = [:]
            for start in starts where start > change.original && start <= next {
                originals[event.zone.instant(event.zone.local(start) + shifts[index])] = start
            }
            append(originals.keys, of: Source(event: change.event, originals: .moved(originals)))
        }
    }

    /// Appends the instances that overlap the window.
    private mutating func append(_ starts: some Sequence<Instant>, of source: Source) {
        let event = source.event
        guard sources.count < Instance.mostSources else { return }
        sources.append(source)
        for start in starts where start < window.upperBound {
            if start < window.lowerBound {
                let end = event.end(of: start)
                let claimEnd = start == end && event.isAllDay ? event.endOfDay(start) : end
                guard claimEnd > window.lowerBound else { continue }
            }
            if let instance = Instance(start: start, source: sources.count - 1) { instances.append(instance) }
        }
    }

    // MARK: Starts

    /// The starts of a series between two moments and a little beyond, ascending, none twice.
    private mutating func starts(of event: Event, from: Instant, to: Instant) -> [Instant] {
        var starts: [Instant] = []
        for (index, rule) in event.rules.enumerated() {
            let times = times(of: rule, event, from: from, to: to)
            starts = index == 0 ? times : starts + times
        }
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
        starts.sort()
        starts = starts.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    private mutating func report(_ line: Int, _ message: String) {
        guard diagnostics.count < 100 else { return }
        diagnostics.append(CalendarDiagnostic(line: line, message))
    }
}

/// An event of which there are instances, and what they were before anything was changed.
private struct Source {
    enum Originals {
        /// The event does not recur.
        case none
        /// An instance begins where its series put it.
        case starts
        /// The event is the instance of a series that began there.
        case single(Instant)
        /// Each start has an earlier one, from which it was moved.
        case moved([Instant: Instant])
    }

    let event: Event
    let originals: Originals

    func occurrence(at start: Instant) -> Occurrence {
        let end = event.end(of: start)
        return Occurrence(
            uid: event.uid, start: start, end: end, recurrenceID: recurrenceID(of: start), claim: event.claim,
            isAllDay: event.isAllDay, claimEnd: start == end && event.isAllDay ? event.endOfDay(start) : end)
    }

    private func recurrenceID(of start: Instant) -> Instant? {
        switch originals {
        case .none: nil
        case .starts: start
        case .single(let original): original
        case .moved(let originals): originals[start]
        }
    }
}

/// A start and whose it is, in one number, since there may be very many, to be sorted.
private struct Instance: Comparable {
    private let number: Int

    /// An instance; nil where it begins in no year from 0 to 9999, give or take some thousands.
    init?(start: Instant, source: Int) {
        let shifted = start.seconds + Self.origin
        guard shifted >= 0, shifted < 1 << 40, source < Self.mostSources else { return nil }
        number = shifted << Self.sourceBits | source
    }

    var start: Instant { Instant(seconds: number >> Self.sourceBits - Self.origin) }
    var source: Int { number & (Self.mostSources - 1) }

    static func < (left: Instance, right: Instance) -> Bool { left.number < right.number }

    private static let sourceBits = 23
    private static let origin = 100_000_000_000
    static let mostSources = 1 << sourceBits
}

/// An override that changes every later instance too.
private struct FutureChange {
    let original: Instant
    let event: Event

    /// Those of a series, by the instance from which they count.
    static func all(_ overrides: [Instant: Event]) -> [FutureChange] {
        overrides.filter(\.value.changesFuture).map { FutureChange(original: $0, event: $1) }.sorted {
            $0.original < $1.original
        }
    }

    /// By how much it moves later instances on the wall clock of their series (RFC 5545 §3.8.4.4).
    func shift(in master: Event) -> Int {
        master.zone.local(event.start).seconds - master.zone.local(original).seconds
    }
}
