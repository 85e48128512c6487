import CivilTime

extension RecurrenceRule {
    /// How much work an expansion may do, since rules come from strangers.
    public struct Budget: Sendable {
        /// Times returned at most.
        public var occurrences: Int
        /// Work at most: a step for each period looked at and each time made, and more for periods that take more.
        public var steps: Int

        /// A budget; left out, one for people's calendars.
        public init(occurrences: Int = 100_000, steps: Int = 4_000_000) {
            self.occurrences = occurrences
            self.steps = steps
        }
    }

    /// The times of a rule inside a window.
    public struct Expansion: Sendable {
        /// Work done, as the budget counts it.
        public var steps = 0
        /// Wall times, ascending, none twice.
        public var times: [LocalDateTime] = []
        /// Whether the budget ended before the window did.
        public var isCut = false
    }

    /// The wall times at which a series recurs inside a half-open window, in the zone of its start.
    ///
    /// Times are those that the rule makes; a start that the rule does not make is not among them. Gaps and folds of
    /// the zone are for the caller, who turns wall times into moments.
    ///
    /// - Parameters:
    ///   - start: the first time of the series; the rule takes from it what it does not say itself.
    ///   - until: the last possible wall time, in the zone of the start; `until` of the rule is not looked at.
    ///   - window: only times in it are returned; with `count` the ones before it are counted.
    ///   - budget: where to stop whatever the rule says.
    public func expand(
        from start: LocalDateTime, until: LocalDateTime?, window: Range<LocalDateTime>, budget: Budget = Budget()
    ) -> Expansion {
        var times: [LocalDateTime] = []
        let work = forEachTime(from: start, until: until, window: window, budget: budget) { times.append($0) }
        return Expansion(steps: work.steps, times: times, isCut: work.isCut)
    }

    /// What an expansion took.
    struct Work {
        /// Work done, as the budget counts it.
        var steps = 0
        /// Times inside the window.
        var occurrences = 0
        /// Whether the budget ended before the window did.
        var isCut = false
    }

    /// Gives each time that `expand` returns to `body`, in order.
    func forEachTime(
        from start: LocalDateTime, until: LocalDateTime?, window: Range<LocalDateTime>, budget: Budget,
        _ body: (LocalDateTime) -> Void
    ) -> Work {
        guard preparationSteps <= budget.steps else { return Work(isCut: true) }
        let periods = RecurrencePeriods(rule: self, start: start)
        let offsets = periods.offsets
        let (areShort, hasPositions, stretches) = (periods.areShort, periods.hasPositions, periods.stretches)
        let steps = periods.steps
        var counter = Counter(
            start: start.seconds, last: min(until?.seconds ?? .max, window.upperBound.seconds - 1),
            lowerBound: window.lowerBound.seconds, remaining: count ?? .max, budget: budget,
            work: Work(steps: preparationSteps - 1))
        var index = count == nil || periods.isPlain ? periods.index(before: window.lowerBound) : 0
        if count != nil { counter.remaining -= index }
        while let begin = periods.begin(index), begin <= counter.last, counter.begin(steps) {
            let period = index
            if areShort, let next = periods.next(after: period, begin: begin) {
                index = next
                continue
            }
            index += 1
            guard !hasPositions else {
                for time in periods.positions(of: period, begin: begin) where counter.counts(time) {
                    body(LocalDateTime(seconds: time))
                }
                continue
            }
            for stretch in 0..<stretches {
                for anchor in periods.anchors(stretch, of: period, begin: begin) {
                    for offset in offsets where counter.counts(anchor + offset) {
                        body(LocalDateTime(seconds: anchor + offset))
                    }
                    if counter.isDone { return counter.work }
                }
            }
        }
        return counter.work
    }

    /// Takes times in ascending order until there are enough.
    private struct Counter {
        let start: Int
        let last: Int
        let lowerBound: Int
        var remaining: Int
        let budget: Budget
        var work: Work
        var isDone = false

        /// Whether another period may be looked at.
        mutating func begin(_ steps: Int) -> Bool {
            step(steps)
            return !isDone
        }

        /// Whether a time is one of the rule's inside the window.
        mutating func counts(_ time: Int) -> Bool {
            step(1)
            guard !isDone, time >= start else { return false }
            guard time <= last, remaining > 0 else {
                isDone = true
                return false
            }
            remaining -= 1
            guard time >= lowerBound else { return false }
            guard work.occurrences < budget.occurrences else {
                cut()
                return false
            }
            work.occurrences += 1
            return true
        }

        private mutating func step(_ steps: Int) {
            guard !isDone else { return }
            work.steps += steps
            if work.steps > budget.steps { cut() }
        }

        private mutating func cut() {
            work.isCut = true
            isDone = true
        }
    }
}
