/// The exact times of one track for given costs of its starts: dynamic programming over the stages and, inside each,
/// over days, so that gaps in open days are a window over days (rule 3).
struct Timetable {
    /// More than any plan costs: a start that cannot be.
    static let impossible = Int.max / 16

    /// The starts of one stage with what each needs.
    struct Column {
        let starts: [Int]
        /// The local day of each start.
        let dayNumbers: [Int]
        /// Open days up to the day of each start.
        let open: [Int]
        /// The index of the day of each start; starts of one day stand together.
        let days: [Range<Int>]
        let slots: Int
    }

    let columns: [Column]
    private let gaps: [ClosedRange<Int>?]
    private let separation: [Int]
    /// Whether a stage must be on a later day than the one before, since somebody at both may attend one a day only.
    private let needsNewDay: [Bool]
    private let elapsed: Int

    init(_ index: Int, instance: Instance) {
        let track = instance.tracks[index]
        columns = track.stages.map { stage in
            let days = stage.starts.map { instance.day($0, offset: track.offset) }
            var ranges: [Range<Int>] = []
            for (position, day) in days.enumerated() {
                if let last = ranges.last, days[last.lowerBound] == day {
                    ranges[ranges.count - 1] = last.lowerBound..<position + 1
                } else {
                    ranges.append(position..<position + 1)
                }
            }
            return Column(
                starts: stage.starts, dayNumbers: days, open: days.map { instance.openDays(track, $0) }, days: ranges,
                slots: stage.slots)
        }
        gaps = track.stages.indices.map { number in
            number == 0 || track.stages[number].isPinned && track.stages[number - 1].isPinned
                ? nil : track.stages[number].gap
        }
        separation = track.stages.indices.map { number in
            guard number > 0 else { return 0 }
            let (before, stage) = (track.stages[number - 1], track.stages[number])
            let sharesPeople =
                !Set(before.required).isDisjoint(with: stage.required)
                || !Set(before.roles).isDisjoint(with: stage.roles)
            return before.slots + (sharesPeople ? instance.buffer : 0)
        }
        needsNewDay = track.stages.indices.map { number in
            guard number > 0 else { return false }
            let both = Set(track.stages[number - 1].required).intersection(track.stages[number].required)
            return both.contains { instance.people[$0].maxPerDay <= 1 }
        }
        elapsed = track.stages.count > 1 ? instance.weights.elapsed : 0
    }

    /// For each stage and start the least cost of all stages before it, in order; `elapsed` included.
    func before(_ costs: [[Int]]) -> [[Int]] {
        var result = [firstTerms(sign: -1)]
        for stage in columns.indices.dropFirst() {
            let reach = zip(result[stage - 1], costs[stage - 1]).map { min($0 + $1, Self.impossible) }
            var best = [Int](repeating: Self.impossible, count: columns[stage].starts.count)
            join(stage, from: reach, to: &best, forwards: true)
            result.append(best)
        }
        return result
    }

    /// For each stage and start the least cost of all stages after it, in order; `elapsed` included.
    func after(_ costs: [[Int]]) -> [[Int]] {
        let last = columns.count - 1
        var result = [[Int]](repeating: [], count: columns.count)
        result[last] = lastTerms()
        for stage in columns.indices.dropLast().reversed() {
            let reach = zip(result[stage + 1], costs[stage + 1]).map { min($0 + $1, Self.impossible) }
            var best = [Int](repeating: Self.impossible, count: columns[stage].starts.count)
            join(stage + 1, from: reach, to: &best, forwards: false)
            result[stage] = best
        }
        return result
    }

    /// The least cost of all stages together.
    func cost(_ costs: [[Int]]) -> Int {
        let reach = before(costs)
        let last = columns.count - 1
        let ends = lastTerms()
        var best = Self.impossible
        for position in columns[last].starts.indices {
            best = min(best, reach[last][position] + costs[last][position] + ends[position])
        }
        return best
    }

    /// The starts that cost least, the earliest of equals; nil where no order of stages fits.
    func starts(_ costs: [[Int]]) -> [Int]? {
        let rest = after(costs)
        let first = firstTerms(sign: -1)
        var chosen: [Int] = []
        for stage in columns.indices {
            var best = Self.impossible
            var choice: Int?
            for position in columns[stage].starts.indices {
                let value =
                    min(costs[stage][position] + rest[stage][position], Self.impossible)
                    + (stage == 0 ? first[position] : 0)
                guard value < best, stage == 0 || follows(stage, chosen[stage - 1], position) else { continue }
                best = value
                choice = position
            }
            guard let choice else { return nil }
            chosen.append(choice)
        }
        return zip(columns, chosen).map { $0.starts[$1] }
    }

    private func firstTerms(sign: Int) -> [Int] { columns[0].open.map { sign * elapsed * $0 } }

    private func lastTerms() -> [Int] { columns[columns.count - 1].open.map { elapsed * $0 } }

    private func follows(_ stage: Int, _ from: Int, _ to: Int) -> Bool {
        guard let gap = gaps[stage] else { return true }
        let (before, column) = (columns[stage - 1], columns[stage])
        return before.starts[from] + separation[stage] <= column.starts[to]
            && gap.contains(column.open[to] - before.open[from])
            && !(needsNewDay[stage] && before.dayNumbers[from] == column.dayNumbers[to])
    }

    /// For each start of one stage the least value of the starts of its neighbour that fit with it.
    ///
    /// Pairs of different days are joined by the best of each day; pairs that may overlap are looked at one by one.
    private func join(_ stage: Int, from values: [Int], to best: inout [Int], forwards: Bool) {
        let (left, right) = (columns[stage - 1], columns[stage])
        guard let gap = gaps[stage] else {
            let least = values.min() ?? Self.impossible
            for position in best.indices { best[position] = least }
            return
        }
        let sources = forwards ? left : right
        let least = sources.days.map { day in values[day].min() ?? Self.impossible }
        for (leftDay, leftRange) in left.days.enumerated() {
            for (rightDay, rightRange) in right.days.enumerated() {
                let difference = right.open[rightRange.lowerBound] - left.open[leftRange.lowerBound]
                let isSameDay = left.dayNumbers[leftRange.lowerBound] == right.dayNumbers[rightRange.lowerBound]
                guard !(needsNewDay[stage] && isSameDay), gap.contains(difference),
                    least[forwards ? leftDay : rightDay] < Self.impossible
                else { continue }
                let lastEnd = left.starts[leftRange.upperBound - 1] + separation[stage]
                if lastEnd <= right.starts[rightRange.lowerBound] {
                    let value = least[forwards ? leftDay : rightDay]
                    for position in forwards ? rightRange : leftRange { best[position] = min(best[position], value) }
                } else if left.starts[leftRange.lowerBound] + separation[stage]
                    <= right.starts[rightRange.upperBound - 1]
                {
                    joinPairs(stage, leftRange, rightRange, values, &best, forwards)
                }
            }
        }
    }

    private func joinPairs(
        _ stage: Int, _ leftRange: Range<Int>, _ rightRange: Range<Int>, _ values: [Int], _ best: inout [Int],
        _ forwards: Bool
    ) {
        for from in leftRange {
            for to in rightRange
            where columns[stage - 1].starts[from] + separation[stage] <= columns[stage].starts[to] {
                if forwards { best[to] = min(best[to], values[from]) } else { best[from] = min(best[from], values[to]) }
            }
        }
    }
}
