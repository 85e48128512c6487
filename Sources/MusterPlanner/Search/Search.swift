import Foundation

/// The search for one plan.
struct Search {
    private let instance: Instance
    private let budget: Planner.Budget
    private let insertions: [Insertion]
    private var random: RandomSource
    private var settled: Set<Int> = []
    private var state: State
    private(set) var best: State

    init(_ instance: Instance, budget: Planner.Budget) {
        self.instance = instance
        self.budget = budget
        insertions = instance.tracks.indices.map {
            Insertion($0, instance: instance, candidates: Insertion.candidates($0, instance: instance))
        }
        random = RandomSource(seed: budget.seed)
        state = State(instance)
        best = state
    }

    /// Keeps what is published and legal, then inserts the rest: pinned and urgent tracks first, then those with the
    /// fewest starts.
    mutating func construct() {
        for (index, placement) in instance.publishedPlacements where state.obstacle(index, placement) == nil {
            state.place(index, placement)
            if !budget.improvesPublished { settled.insert(index) }
        }
        let waiting = instance.tracks.indices.filter { state.placements[$0] == nil }
        let order = waiting.sorted { left, right in
            let (first, second) = (instance.tracks[left], instance.tracks[right])
            return (first.pinnedPeople.isEmpty ? 1 : 0, -first.priority, first.freedom, left)
                < (second.pinnedPeople.isEmpty ? 1 : 0, -second.priority, second.freedom, right)
        }
        for index in order { insert(index, noise: 0) }
        best = state
        let missing = instance.tracks.indices.contains { index in
            state.placements[index] == nil && (instance.isPublished(index) || instance.isPinned(index))
        }
        if missing { settled = [] }
    }

    /// Puts tracks back to where they are published, where they left it without need.
    mutating func restore() {
        state = best
        for (index, placement) in instance.publishedPlacements {
            guard let current = state.placements[index], current != placement else { continue }
            state.remove(index)
            state.place(index, state.obstacle(index, placement) == nil ? placement : current)
        }
        best = state
    }

    /// Inserts what still waits and fits after all.
    mutating func complete() {
        state = best
        for index in instance.tracks.indices where state.placements[index] == nil { insert(index, noise: 0) }
        if state.score < best.score { best = state }
    }

    /// Improves the plan until the budget ends; returns the rounds.
    mutating func improve() -> Int {
        let movable = instance.tracks.indices.filter { !settled.contains($0) && !insertions.isEmpty }
        guard !movable.isEmpty, !(movable.count == 1 && state.placements[movable[0]] != nil) else { return 0 }
        for round in 0..<max(0, budget.rounds) {
            if budget.shouldStop() { return round }
            let progress = Double(round) / Double(budget.rounds)
            step(movable, temperature: Double(best.score.cost) * 0.004 * (1 - progress) * (1 - progress))
            if state.score < best.score { best = state }
            budget.progress(round + 1, best.score)
        }
        return budget.rounds
    }

    private mutating func step(_ movable: [Int], temperature: Double) {
        let before = state
        var chosen = ruin(movable)
        for index in chosen { state.remove(index) }
        random.shuffle(&chosen)
        let noise = random.next(below: 3) == 0 ? max(1, state.score.cost / 100) : 0
        for index in chosen { insert(index, noise: noise) }
        guard state.score.unscheduled <= before.score.unscheduled else {
            state = before
            return
        }
        let loss = Double(state.score.cost - before.score.cost)
        let isBetter = state.score.unscheduled < before.score.unscheduled || loss <= 0
        if !isBetter, temperature <= 0 || random.nextUnit() >= exp(-loss / temperature) { state = before }
    }

    /// One to five tracks that share people or schools, or any; one that waits joins them now and then.
    private mutating func ruin(_ movable: [Int]) -> [Int] {
        let seed = movable[random.next(below: movable.count)]
        let size = 1 + random.next(below: min(5, movable.count))
        var others = movable.filter { $0 != seed }
        if random.next(below: 10) < 7 {
            let related = others.filter { instance.isRelated(seed, $0, state) }
            if !related.isEmpty { others = related }
        }
        random.shuffle(&others)
        var chosen = [seed] + others.prefix(size - 1)
        let waiting = movable.filter { state.placements[$0] == nil && !chosen.contains($0) }
        if !waiting.isEmpty { chosen.append(waiting[random.next(below: waiting.count)]) }
        return chosen
    }

    private mutating func insert(_ index: Int, noise: Int) {
        if let placement = insertions[index].best(in: state, noise: noise, random: &random) {
            state.place(index, placement)
        }
    }
}

extension Instance {
    func isPublished(_ index: Int) -> Bool {
        tracks[index].publishedPairs > 0 || tracks[index].stages.contains { $0.publishedStart != nil }
    }

    func isPinned(_ index: Int) -> Bool {
        !tracks[index].pinnedPeople.isEmpty || tracks[index].stages.contains(where: \.isPinned)
    }

    /// What is published of each track, where it is whole.
    var publishedPlacements: [(Int, Placement)] {
        problem.published.compactMap { published in
            guard let index = trackIndex[Bytes(published.track)] else { return nil }
            let track = problem.tracks[index]
            let starts = track.stages.compactMap { published.starts[$0.id] }
            let team = track.roles.map { (published.team[$0.id] ?? []).compactMap { personIndex[Bytes($0)] } }
            guard starts.count == track.stages.count, zip(team, track.roles).allSatisfy({ $0.count == $1.count }) else {
                return nil
            }
            return fits(index, starts, team) ? (index, Placement(starts: starts, team: team)) : nil
        }
    }

    /// Whether pins stand in a placement as given.
    private func fits(_ index: Int, _ starts: [Int], _ team: [[Int]]) -> Bool {
        let track = tracks[index]
        return zip(track.stages, starts).allSatisfy { !$0.isPinned || $0.starts.contains($1) }
            && zip(track.roles, team).allSatisfy { Set($0.pinned).isSubset(of: $1) }
    }

    func isRelated(_ left: Int, _ right: Int, _ state: State) -> Bool {
        if tracks[left].school >= 0, tracks[left].school == tracks[right].school { return true }
        guard let first = state.placements[left], let second = state.placements[right] else { return false }
        return !Set(first.members).isDisjoint(with: second.members)
    }
}

extension Instance.Track {
    /// How many ways there are to place it, roughly: the starts of its scarcest stage.
    fileprivate var freedom: Int { stages.map(\.starts.count).min() ?? 0 }
}
