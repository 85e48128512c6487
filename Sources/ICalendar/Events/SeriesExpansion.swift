import CivilTime

/// Expands series one after another into the instances that overlap a window.
struct SeriesExpansion {
    private(set) var remarks = Remarks()
    private(set) var occurrences = Occurrences()
    /// For the starts of one series after another.
    private var memory: [Instant] = []
    private let window: Range<Instant>
    private let allowance: FileAllowance

    init(window: Range<Instant>, allowance: FileAllowance) {
        self.window = window
        self.allowance = allowance
    }

    mutating func expand(_ group: SeriesTable.Group) {
        let masters = group.masters
        let master = masters.first
        if group.isOfMany, let master {
            report(master.line, "\(masters.count) events have one UID and change no other; each is an event of its own")
        }
        var overrides: [Instant: Event] = [:]
        for event in group.overrides {
            guard let original = event.original(in: master) else { continue }
            if let master, master.isExcluded(original) {
                report(event.line, "the changed instance is one that EXDATE takes out of its series; left out")
                continue
            }
            overrides[original] = event
            add(event, .single(original), at: CollectionOfOne(event.start.instant))
        }
        let future = overrides.isEmpty ? [] : FutureChange.all(overrides)
        let changed = overrides.isEmpty ? InstantSet() : InstantSet(overrides.keys)
        for event in masters {
            if let recurrence = event.recurrence, recurrence.hasInstances {
                expand(event, recurrence: recurrence, changed: changed, future: future)
            } else if !changed.contains(event.start.instant), !event.isExcluded(event.start.instant) {
                add(event, .none, at: CollectionOfOne(event.start.instant))
            }
        }
    }

    private mutating func expand(
        _ event: Event, recurrence: Event.Recurrence, changed: InstantSet, future: [FutureChange]
    ) {
        guard pay(for: future, event) else {
            return expand(event, recurrence: recurrence, changed: changed, future: [])
        }
        let shifts = future.map { $0.shift(in: event) }
        let shift = shifts.map { abs($0) }.max() ?? 0
        let travel = future.reduce(event.travel) { max($0, $1.event.travel) }
        let span = future.reduce(event.longestSpan) { max($0, $1.event.longestSpan) }
        var starts: [Instant] = []
        swap(&starts, &memory)
        findStarts(
            of: event, recurrence, from: window.lowerBound - (span + shift), to: window.upperBound + (shift + travel),
            &starts)
        if !changed.isEmpty || recurrence.hasExceptions {
            starts.removeAll { changed.contains($0) || event.isExcluded($0) }
        }
        let firstChange = future.first?.original ?? Instant(seconds: .max)
        add(event, .starts, at: starts.lazy.prefix { $0 <= firstChange })
        var later = starts.drop { $0 <= firstChange }
        for (index, change) in future.enumerated() where !later.isEmpty {
            let next = index + 1 < future.count ? future[index + 1].original : Instant(seconds: .max)
            let moved = later.prefix { $0 <= next }
            later = later.dropFirst(moved.count)
            guard !moved.isEmpty else { continue }
            var originals: [Instant: Instant] = [:]
            for start in moved {
                originals[event.start.zone.instant(event.start.zone.local(start) + shifts[index])] = start
            }
            add(change.event, .moved(originals), at: originals.keys)
        }
        starts.removeAll(keepingCapacity: true)
        swap(&starts, &memory)
    }

    private mutating func add(_ event: Event, _ originals: Occurrences.Originals, at starts: some Sequence<Instant>) {
        occurrences.add(event, originals, at: starts, in: window)
    }

    // MARK: Starts

    /// Finds the starts of a series between two moments and a little beyond, ascending, none twice.
    private mutating func findStarts(
        of event: Event, _ recurrence: Event.Recurrence, from: Instant, to: Instant, _ starts: inout [Instant]
    ) {
        let first = event.start.instant
        if first >= from, first < to, startsItself(event, recurrence) { starts.append(first) }
        for rule in recurrence.rules {
            forEachTime(of: rule, event, from: from, to: to) { if starts.last != $0 { starts.append($0) } }
        }
        starts += recurrence.dates.lazy.filter { $0 >= from && $0 < to }
        // What one rule makes mostly is in order.
        if zip(starts, starts.dropFirst()).contains(where: { $0 >= $1 }) { starts = Set(starts).sorted() }
        guard !recurrence.exceptionRules.isEmpty else { return }
        var excluded: Set<Instant> = []
        for rule in recurrence.exceptionRules {
            forEachTime(of: rule, event, from: from, to: to) { excluded.insert($0) }
        }
        starts.removeAll { excluded.contains($0) }
    }

    /// `DTSTART` is the first instance (RFC 5545 §3.8.5.3), unless every rule ends before it.
    private func startsItself(_ event: Event, _ recurrence: Event.Recurrence) -> Bool {
        let last = recurrence.rules.map { event.start.last($0) ?? Instant(seconds: .max) }.max()
        return last.map { event.start.instant <= $0 } ?? true
    }

    /// Gives the moments of a rule between two others to `body`, in the order of their wall times.
    private mutating func forEachTime(
        of rule: RecurrenceRule, _ event: Event, from: Instant, to: Instant, _ body: (Instant) -> Void
    ) {
        let start = event.start
        let end = start.last(rule).map { min(to, $0 + 1) } ?? to
        let (lower, upper) = (start.zone.local(from) + -86_400, start.zone.local(end) + 86_400)
        guard from < end, lower < upper else { return }
        var cursor = ZoneCursor(start.zone)
        let work = rule.forEachTime(from: start.local, until: nil, window: lower..<upper, budget: allowance.rules.share)
        { time in
            let instant = cursor.instant(time)
            if instant >= from, instant < end { body(instant) }
        }
        allowance.rules.pay(for: work)
        if work.isCut {
            report(
                event.line,
                "the event recurs more often than can be followed; \(work.occurrences) times in the window are kept"
            )
        }
    }

    /// Takes the work that a series with changes from some instances on is from the budget; where it is too much, those
    /// instances stay as they were.
    private mutating func pay(for future: [FutureChange], _ event: Event) -> Bool {
        guard future.count <= allowance.rules.steps else {
            report(event.line, "changes from some instances on are more than can be followed; only those are changed")
            return false
        }
        allowance.rules.steps -= future.count
        return true
    }

    private mutating func report(_ line: Int, _ message: @autoclosure () -> String) { remarks.add(line, message()) }
}

/// An override that changes every later instance too.
private struct FutureChange {
    let original: Instant
    let event: Event

    /// Those of a series, by the instance from which they count.
    static func all(_ overrides: [Instant: Event]) -> [FutureChange] {
        overrides.filter { $0.value.override?.changesFuture == true }
            .map { FutureChange(original: $0, event: $1) }
            .sorted { $0.original < $1.original }
    }

    /// By how much it moves later instances on the wall clock of their series (RFC 5545 §3.8.4.4).
    func shift(in master: Event) -> Int {
        master.start.zone.local(event.start.instant).seconds - master.start.zone.local(original).seconds
    }
}
