/// The best plan of a small problem, proved: every placement of every track, cheapest first, with bounds.
///
/// Small is what has few placements in all; larger problems are left to the search.
struct ExactSearch {
    private static let mostPlacements = 40_000
    private static let mostSteps = 150_000

    /// A placement that is legal as far as the track alone goes, and what it costs in an empty plan.
    private struct Option {
        let cost: Int
        let placement: Placement
    }

    private let instance: Instance
    /// The tracks, pinned ones first, since pins widen limits for others; then those with the fewest options.
    private let order: [Int]
    private let options: [[Option]]
    private var state: State
    private var best: State.Snapshot
    private var steps = Self.mostSteps

    /// - Returns: nil where the problem is too large.
    init?(_ instance: Instance, _ tables: SearchTables, best: State.Snapshot) {
        self.instance = instance
        self.best = best
        var state = State(instance)
        let costOfNothing = state.score.cost
        var room = Self.mostPlacements
        var all: [[Option]] = []
        for index in instance.tracks.indices {
            guard let placements = Placements(instance, tables: tables, index: index).all(most: room) else {
                return nil
            }
            room -= placements.count
            let options = placements.map { placement in
                state.place(index, placement)
                defer { state.remove(index) }
                return Option(cost: state.score.cost - costOfNothing, placement: placement)
            }
            all.append(options.sorted { $0.cost < $1.cost })
        }
        let order = instance.tracks.indices.sorted { left, right in
            (instance.isPinned(left) ? 0 : 1, all[left].count, left)
                < (instance.isPinned(right) ? 0 : 1, all[right].count, right)
        }
        self.order = order
        self.state = state
        options = order.map { all[$0] }
    }

    /// The best plan, and whether nothing is better.
    mutating func run() -> (best: State.Snapshot, isProved: Bool) {
        descend(0, skipped: 0)
        return (best, steps > 0)
    }

    private mutating func descend(_ depth: Int, skipped: Int) {
        guard depth < order.count else {
            if state.score < best.score { best = state.snapshot }
            return
        }
        let rest = (depth + 1..<order.count).reduce(0) { $0 + leastCost($1, skipped) }
        for option in options[depth] {
            let bound = Solution.Score(unscheduled: skipped, cost: state.score.cost + option.cost + rest)
            guard bound < best.score else { break }
            steps -= 1
            guard steps > 0 else { return }
            guard state.obstacle(order[depth], option.placement) == nil else { continue }
            state.place(order[depth], option.placement)
            descend(depth + 1, skipped: skipped)
            state.remove(order[depth])
        }
        let without = skipped + instance.tracks[order[depth]].priority
        if Solution.Score(unscheduled: without, cost: state.score.cost) < best.score {
            descend(depth + 1, skipped: without)
        }
    }

    /// The least that a track adds, unless it may be left out.
    private func leastCost(_ depth: Int, _ skipped: Int) -> Int {
        let mayBeSkipped = skipped + instance.tracks[order[depth]].priority <= best.score.unscheduled
        return mayBeSkipped ? 0 : options[depth].first?.cost ?? 0
    }
}

/// Every placement of one track that breaks none of the rules that concern the track alone.
private struct Placements {
    private let instance: Instance
    private let track: Instance.Track
    private let table: Timetable
    private let candidates: [[Int]]
    private let openSeats: [Int]

    init(_ instance: Instance, tables: SearchTables, index: Int) {
        self.instance = instance
        track = instance.tracks[index]
        table = tables[index].timetable
        candidates = tables[index].candidates
        openSeats = tables[index].openSeats.sorted()
    }

    /// All of them; nil where they are more than so many.
    func all(most: Int) -> [Placement]? {
        guard !track.isOverfull else { return [] }
        var found: [Placement] = []
        var steps = most * 4
        var starts: [Int] = []
        var team = [Int](repeating: -1, count: track.seatRoles.count)
        for role in track.roles {
            for (seat, person) in zip(role.seats, role.pinned) { team[seat] = person }
        }

        func fill(_ next: Int) {
            guard next < openSeats.count else { return found.append(Placement(starts: starts, people: team)) }
            let seat = openSeats[next]
            let role = track.seatRoles[seat]
            // Seats of one role are alike, so their people ascend.
            let least = next > 0 && track.seatRoles[openSeats[next - 1]] == role ? team[openSeats[next - 1]] : -1
            for person in candidates[role] where person > least && !team.contains(person) && steps > 0 {
                steps -= 1
                let school = instance.people[person].school
                let isSecond =
                    track.distinctSchools && school >= 0
                    && team.contains { $0 >= 0 && instance.people[$0].school == school }
                let canCome = track.roles[role].stages.allSatisfy { number in
                    track.stages[number].required.contains(person)
                        || instance.covers(
                            person, start: starts[number], end: starts[number] + track.stages[number].slots)
                }
                guard !isSecond, canCome else { continue }
                team[seat] = person
                fill(next + 1)
                team[seat] = -1
            }
        }

        func time(_ number: Int) {
            guard number < track.stages.count else { return fill(0) }
            for position in table.stages[number] where steps > 0 {
                steps -= 1
                starts.append(Int(table.starts[position]))
                if number == 0 || follows(number, starts) { time(number + 1) }
                starts.removeLast()
            }
        }

        time(0)
        return steps > 0 && found.count <= most ? found : nil
    }

    private func follows(_ number: Int, _ starts: [Int]) -> Bool {
        let (before, stage) = (track.stages[number - 1], track.stages[number])
        return before.isPinned && stage.isPinned
            || starts[number - 1] + before.slots <= starts[number]
                && stage.gap.allows(instance.openDays(track, from: starts[number - 1], to: starts[number]))
    }
}
