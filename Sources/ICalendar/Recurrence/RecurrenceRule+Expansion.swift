import CivilTime

extension RecurrenceRule {
    /// How much work an expansion may do, since rules come from strangers.
    public struct Budget: Sendable {
        /// Times returned at most.
        public var occurrences = 20_000
        /// Periods looked at and times made, at most.
        public var steps = 400_000

        /// The budget for people's calendars.
        public init() {}
    }

    /// The times of a rule inside a window.
    public struct Expansion: Sendable {
        /// Periods looked at and times made.
        public var steps = 0
        /// Wall times, ascending, none twice.
        public var times: [LocalDateTime]
        /// Whether the budget ended before the window did.
        public var isCut: Bool
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
        let periods = RecurrencePeriods(rule: self, start: start)
        var result = Expansion(times: [], isCut: false)
        var remaining = count ?? .max
        var index = count == nil ? periods.index(before: window.lowerBound) : 0
        while let begin = periods.begin(index), begin < window.upperBound, until.map({ begin <= $0 }) ?? true {
            result.steps += 1
            guard result.steps <= budget.steps, periods.mostTimes <= budget.steps else {
                result.isCut = true
                return result
            }
            guard periods.mayMatch(index) else {
                index = periods.indexOfNextDay(after: index)
                continue
            }
            let times = periods.times(index)
            result.steps += times.count
            for time in times where time >= start {
                if let until, time > until { return result }
                guard remaining > 0 else { return result }
                remaining -= 1
                guard time >= window.lowerBound else { continue }
                guard time < window.upperBound else { return result }
                guard result.times.count < budget.occurrences else {
                    result.isCut = true
                    return result
                }
                result.times.append(time)
            }
            index += 1
        }
        return result
    }
}
