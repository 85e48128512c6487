/// The times that one track can have, laid out for dynamic programming over its stages and, inside each, over days.
///
/// The starts of all stages stand one after the other; a cost for each of them makes a vector as long as `starts`.
/// Costs are `Float`, exact up to 16 million, because infinity stands for what cannot be and swallows whatever is added
/// to it.
final class Timetable: Sendable {
    /// The starts of a stage on one local day.
    struct Day {
        /// The local day, as the instance counts.
        let number: Int
        /// Where its starts stand.
        let positions: Range<Int>
        /// Days of the stage before from which this day can be reached, whatever the start.
        var before = 0..<0
        /// Days of the stage before of which only some starts end early enough; they follow upon `before`.
        var beforeMixed = 0..<0
        /// Days of the stage after of which only some starts are late enough.
        var afterMixed = 0..<0
        /// Days of the stage after that can be reached from here, whatever the start.
        var after = 0..<0
    }

    /// The slot of each start.
    let starts: [Int32]
    /// What each start costs whoever fills the roles: `avoid` of the stage and of those required, `optional`, `move` and
    /// `elapsed`; infinite where somebody required is not free.
    let costs: [Float]
    let days: [Day]
    /// Where the days of each stage stand.
    let stageDays: [Range<Int>]
    /// Where the starts of each stage stand.
    let stages: [Range<Int>]
    /// Slots from the start of the stage before to the earliest start of each stage.
    let separation: [Int]

    /// Whether some stage has no time at all.
    var isEmpty: Bool { stages.contains { $0.isEmpty } }

    // MARK: Layout

    /// Lays out the times of a track.
    init(_ track: Instance.Track, instance: Instance) {
        var (starts, costs, days): ([Int32], [Float], [Day]) = ([], [], [])
        var (stageDays, stages): ([Range<Int>], [Range<Int>]) = ([], [])
        for (number, stage) in track.stages.enumerated() {
            let (firstDay, first) = (days.count, starts.count)
            for start in instance.starts(track, stage) {
                let day = instance.day(start, offset: track.offset)
                if days.count > firstDay, days[days.count - 1].number == day {
                    let positions = days[days.count - 1].positions
                    days[days.count - 1] = Day(number: day, positions: positions.lowerBound..<positions.upperBound + 1)
                } else {
                    days.append(Day(number: day, positions: starts.count..<starts.count + 1))
                }
                let elapsed = track.stages.count == 1 ? 0 : number == 0 ? -1 : number == track.stages.count - 1 ? 1 : 0
                let open = elapsed == 0 ? 0 : elapsed * instance.weights.elapsed * Int(track.openDays[day])
                starts.append(Int32(start))
                costs.append(Float(open))
            }
            stageDays.append(firstDay..<days.count)
            stages.append(first..<starts.count)
        }
        let separation = track.stages.indices.map { number in
            guard number > 0 else { return 0 }
            let (before, stage) = (track.stages[number - 1], track.stages[number])
            let sharesPeople =
                before.required.contains { stage.required.contains($0) }
                || before.seats.contains { stage.seats.contains($0) }
            return before.slots + (sharesPeople ? instance.buffer : 0)
        }
        for (number, stage) in track.stages.enumerated() {
            instance.addCosts(track, stage: stage, starts: Array(starts[stages[number]]), to: &costs[stages[number]])
        }
        for number in track.stages.indices.dropFirst() {
            let (left, right) = (stageDays[number - 1], stageDays[number])
            Self.link(
                number, track: track, instance: instance, left: left, right: right, separation: separation[number],
                starts: starts, days: &days)
        }
        self.starts = starts
        self.stages = stages
        self.stageDays = stageDays
        self.separation = separation
        self.costs = costs
        self.days = days
    }

    /// Finds which days of neighbouring stages go together.
    private static func link(
        _ number: Int, track: Instance.Track, instance: Instance, left: Range<Int>, right: Range<Int>,
        separation: Int, starts: [Int32], days: inout [Day]
    ) {
        let (before, stage) = (track.stages[number - 1], track.stages[number])
        if before.isPinned, stage.isPinned {
            // Neither rule 3 nor the order is asked between two pins.
            for day in left { days[day].after = right }
            for day in right { days[day].before = left }
            return
        }
        // Somebody who may attend one session a day cannot attend both on one.
        let needsNewDay = before.required.contains {
            stage.required.contains($0) && instance.people[$0].maxPerDay <= 1
        }
        for from in left {
            var (clean, mixed): ([Int], [Int]) = ([], [])
            for to in right {
                let gap = Int(track.openDays[days[to].number] - track.openDays[days[from].number])
                guard days[to].number >= days[from].number, stage.gap.allows(gap),
                    !(needsNewDay && days[to].number == days[from].number)
                else { continue }
                let (first, last) = (days[from].positions, days[to].positions)
                if Int(starts[first.upperBound - 1]) + separation <= Int(starts[last.lowerBound]) {
                    clean.append(to)
                } else if Int(starts[first.lowerBound]) + separation <= Int(starts[last.upperBound - 1]) {
                    mixed.append(to)
                }
            }
            days[from].after = clean.range
            days[from].afterMixed = mixed.range
            for to in clean { days[to].before = days[to].before.including(from) }
            for to in mixed { days[to].beforeMixed = days[to].beforeMixed.including(from) }
        }
    }

    // MARK: Least costs

    /// For each start the least cost of all stages before it, in order.
    ///
    /// - Parameter least: room for a number for each day.
    func before(
        _ costs: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
        least: UnsafeMutablePointer<Float>
    ) {
        for position in stages[0] { result[position] = 0 }
        for stage in stages.indices.dropFirst() {
            for day in stageDays[stage - 1] { least[day] = leastSum(result, right: costs, range: days[day].positions) }
            for day in days[stageDays[stage]] {
                var value = Float.infinity
                for earlier in day.before { value = min(value, least[earlier]) }
                for position in day.positions { result[position] = value }
                for mixed in day.beforeMixed {
                    joinForwards(
                        result, costs: costs, left: days[mixed].positions, right: day.positions,
                        separation: separation[stage])
                }
            }
        }
    }

    /// For each start the least cost of all stages after it, in order.
    func after(
        _ costs: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
        least: UnsafeMutablePointer<Float>
    ) {
        let last = stages.count - 1
        for position in stages[last] { result[position] = 0 }
        for stage in stages.indices.dropLast().reversed() {
            for day in stageDays[stage + 1] { least[day] = leastSum(result, right: costs, range: days[day].positions) }
            for day in days[stageDays[stage]] {
                var value = Float.infinity
                for later in day.after { value = min(value, least[later]) }
                for position in day.positions { result[position] = value }
                for mixed in day.afterMixed {
                    joinBackwards(
                        result, costs: costs, left: day.positions, right: days[mixed].positions,
                        separation: separation[stage + 1])
                }
            }
        }
    }

    /// The least cost of all stages together, given that of the stages before each start of the last one.
    func total(_ costs: UnsafePointer<Float>, before: UnsafePointer<Float>) -> Float {
        leastSum(before, right: costs, range: stages[stages.count - 1])
    }

    /// Whether the stages fit one after the other.
    func hasOrder(_ costs: [Float]) -> Bool {
        guard !isEmpty else { return false }
        var before = [Float](repeating: 0, count: starts.count)
        var least = [Float](repeating: 0, count: days.count)
        self.before(costs, into: &before, least: &least)
        return total(costs, before: before) < .infinity
    }

    /// The starts that cost least together, the earliest of equals; nil where no order of stages fits.
    ///
    /// - Parameter after: the least cost of the stages after each start.
    func choose(_ costs: UnsafePointer<Float>, after: UnsafePointer<Float>) -> [Int]? {
        var chosen: [Int] = []
        var last: (day: Day, position: Int)?
        for stage in stages.indices {
            var (best, choice) = (Float.infinity, Optional<(Int, Int)>.none)
            func look(_ dayIndex: Int, from earliest: Int32) {
                for position in days[dayIndex].positions where starts[position] >= earliest {
                    let value = costs[position] + after[position]
                    if value < best { (best, choice) = (value, (dayIndex, position)) }
                }
            }
            if let last {
                for day in last.day.afterMixed {
                    look(day, from: Int32(clamping: Int(starts[last.position]) + separation[stage]))
                }
                for day in last.day.after { look(day, from: .min) }
            } else {
                for day in stageDays[stage] { look(day, from: .min) }
            }
            guard let choice else { return nil }
            last = (days[choice.0], choice.1)
            chosen.append(Int(starts[choice.1]))
        }
        return chosen
    }

    /// The starts in a half-open interval of slots.
    func positions(_ stage: Int, from: Int, to: Int) -> Range<Int> {
        let first = position(stage, at: from)
        return first..<max(first, position(stage, at: to))
    }

    /// Where the first start at or after a slot stands.
    private func position(_ stage: Int, at slot: Int) -> Int {
        starts.withUnsafeBufferPointer { starts in
            var (low, high) = (stages[stage].lowerBound, stages[stage].upperBound)
            while low < high {
                let middle = (low + high) / 2
                if Int(starts[middle]) >= slot { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    private func joinForwards(
        _ result: UnsafeMutablePointer<Float>, costs: UnsafePointer<Float>, left: Range<Int>, right: Range<Int>,
        separation: Int
    ) {
        var least = Float.infinity
        var next = left.lowerBound
        for position in right {
            while next < left.upperBound, Int(starts[next]) + separation <= Int(starts[position]) {
                least = min(least, result[next] + costs[next])
                next += 1
            }
            result[position] = min(result[position], least)
        }
    }

    private func joinBackwards(
        _ result: UnsafeMutablePointer<Float>, costs: UnsafePointer<Float>, left: Range<Int>, right: Range<Int>,
        separation: Int
    ) {
        var least = Float.infinity
        var next = right.upperBound - 1
        for position in left.reversed() {
            while next >= right.lowerBound, Int(starts[position]) + separation <= Int(starts[next]) {
                least = min(least, result[next] + costs[next])
                next -= 1
            }
            result[position] = min(result[position], least)
        }
    }
}

/// The least sum of two vectors over a range.
func leastSum(_ left: UnsafePointer<Float>, right: UnsafePointer<Float>, range: Range<Int>) -> Float {
    var position = range.lowerBound
    var best = SIMD8<Float>(repeating: .infinity)
    while position + 8 <= range.upperBound {
        let sum = left.eight(position) + right.eight(position)
        best.replace(with: sum, where: sum .< best)
        position += 8
    }
    var least = best.min()
    while position < range.upperBound {
        least = min(least, left[position] + right[position])
        position += 1
    }
    return least
}

/// Adds one vector to another over a range.
func add(_ values: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, _ range: Range<Int>) {
    for position in range { sums[position] += values[position] }
}

extension UnsafePointer<Float> {
    /// Eight numbers from a position on.
    func eight(_ position: Int) -> SIMD8<Float> {
        UnsafeRawPointer(self + position).loadUnaligned(as: SIMD8<Float>.self)
    }
}

extension [Int] {
    /// The range of ascending numbers without a hole.
    fileprivate var range: Range<Int> { isEmpty ? 0..<0 : self[0]..<self[count - 1] + 1 }
}

extension Range<Int> {
    fileprivate func including(_ number: Int) -> Range<Int> { isEmpty ? number..<number + 1 : lowerBound..<number + 1 }
}

extension Instance {
    /// The starts that rule 1 allows and at which those required are free, ascending; the pinned one alone where the
    /// start is pinned.
    ///
    /// - Parameter required: whoever has to be free; nil for those whom the stage requires.
    func starts(_ track: Track, _ stage: Stage, required: [Int]? = nil) -> [Int] {
        if let pinned = stage.pinnedStart { return [pinned] }
        var intervals = [stage.window]
        if let free = stage.free { intervals = intervals.intersection(free) }
        for person in required ?? stage.required { intervals = intervals.intersection(people[person].free) }
        var result: [Int] = []
        for interval in intervals where interval.to - interval.from >= stage.slots {
            var start = (interval.from + stage.startEvery - 1) / stage.startEvery * stage.startEvery
            while start + stage.slots <= interval.to {
                let day = day(start, offset: track.offset)
                let next = firstSlot(day + 1, offset: track.offset)
                guard stage.days?.binarySearch(day + firstDay) ?? true, start + stage.slots <= next else {
                    start = max(
                        start + stage.startEvery, (next + stage.startEvery - 1) / stage.startEvery * stage.startEvery)
                    continue
                }
                result.append(start)
                start += stage.startEvery
            }
        }
        return result
    }

    /// Adds what each start costs whoever fills the roles.
    fileprivate func addCosts(
        _ track: Track, stage: Stage, starts: [Int32], to costs: inout ArraySlice<Float>
    ) {
        let required = stage.required.map { people[$0].avoid }
        for (position, start) in zip(costs.indices, starts.lazy.map(Int.init)) {
            var cost = stage.avoid.cost(start, start + stage.slots)
            for avoid in required { cost += avoid.cost(start, start + stage.slots) }
            if let published = stage.publishedStart, published != start { cost += weights.move }
            costs[position] += Float(cost + optionalCost(track, stage: stage, start: start))
        }
    }
}
