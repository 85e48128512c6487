import CivilTime

extension RecurrenceRule {
    /// How much work an expansion may do, since rules come from strangers.
    public struct Budget: Sendable {
        /// Times returned at most.
        public var occurrences: Int
        /// Periods looked at and times made, at most.
        public var steps: Int

        /// A budget; left out, one for people's calendars.
        public init(occurrences: Int = 100_000, steps: Int = 4_000_000) {
            self.occurrences = occurrences
            self.steps = steps
        }
    }

    /// The times of a rule inside a window.
    public struct Expansion: Sendable {
        /// Periods looked at and times made.
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
        var periods = RecurrencePeriods(rule: self, start: start)
        var collector = Collector(
            start: start.seconds, last: min(until?.seconds ?? .max, window.upperBound.seconds - 1),
            lowerBound: window.lowerBound.seconds, remaining: count ?? .max, budget: budget)
        collector.result.times.reserveCapacity(64)
        var index = count == nil || periods.isPlain ? periods.index(before: window.lowerBound) : 0
        if count != nil { collector.remaining -= index }
        while let begin = periods.begin(index), begin <= collector.last, !collector.isDone {
            collector.result.steps += 1
            guard collector.result.steps <= budget.steps else {
                collector.result.isCut = true
                break
            }
            index = periods.load(index, begin: begin)
            collector.collect(periods, isByPosition: !bySetPosition.isEmpty)
        }
        return collector.result
    }

    /// Takes times in ascending order until there are enough.
    private struct Collector {
        let start: Int
        let last: Int
        let lowerBound: Int
        var remaining: Int
        let budget: Budget
        var result = Expansion()
        var isDone = false

        mutating func collect(_ periods: borrowing RecurrencePeriods, isByPosition: Bool) {
            if isByPosition {
                let count = periods.offsets.count
                for position in periods.positions {
                    add(periods.anchors[position / count] + periods.offsets[position % count])
                    if isDone { return }
                }
            } else {
                for anchor in periods.anchors {
                    for offset in periods.offsets {
                        add(anchor + offset)
                        if isDone { return }
                    }
                }
            }
        }

        private mutating func add(_ time: Int) {
            result.steps += 1
            guard result.steps <= budget.steps else { return cut() }
            guard time >= start else { return }
            guard time <= last, remaining > 0 else {
                isDone = true
                return
            }
            remaining -= 1
            guard time >= lowerBound else { return }
            guard result.times.count < budget.occurrences else { return cut() }
            result.times.append(LocalDateTime(seconds: time))
        }

        private mutating func cut() {
            result.isCut = true
            isDone = true
        }
    }
}
