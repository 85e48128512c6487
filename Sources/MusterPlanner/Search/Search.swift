import Foundation

/// The search for one plan: ruin and recreate with annealing.
struct Search {
    private let instance: Instance
    private let insertion: Insertion
    private let canStay: Bool
    private var random: RandomSource
    /// Tracks that stay where they are published.
    private var settled: Set<Int> = []
    private var movable: [Int] = []
    private var state: State
    private(set) var best: State.Snapshot

    /// - Parameters:
    ///   - improvesPublished: whether tracks whose published place is legal may move though nothing forces it.
    ///   - memory: bytes for what may be kept to be faster.
    init(_ instance: Instance, _ tables: SearchTables, seed: Int, improvesPublished: Bool, memory: Int) {
        self.instance = instance
        insertion = Insertion(instance, tables, memory: memory)
        canStay = !improvesPublished
        random = RandomSource(seed: seed)
        state = State(instance)
        best = state.snapshot
    }

    // MARK: A first plan

    /// Keeps what is published and legal, then inserts the rest: pinned and urgent tracks first, then those with the
    /// fewest starts.
    mutating func construct(shouldStop: () -> Bool = { false }) {
        for (index, placement) in instance.publishedPlacements where state.obstacle(index, placement) == nil {
            state.place(index, placement)
            if canStay { settled.insert(index) }
        }
        for index in insertion.order(instance.tracks.indices.filter { state.placements[$0] == nil }) {
            if shouldStop() { break }
            insert(index, noise: 0)
        }
        let missing = instance.tracks.indices.contains { index in
            state.placements[index] == nil && (instance.isPublished(index) || instance.isPinned(index))
        }
        if missing { settled = [] }
        movable = instance.tracks.indices.filter { !settled.contains($0) }
        best = state.snapshot
    }

    /// Takes over a plan that another search has found.
    mutating func adopt(_ snapshot: State.Snapshot) {
        state.become(snapshot)
        best = snapshot
    }

    // MARK: Improving

    /// Improves the plan for some rounds.
    ///
    /// - Parameter progress: how much of the whole search is over before each round, from 0 to 1; 1 ends it.
    mutating func improve(_ rounds: Int, progress: (Int) -> Double) {
        guard !movable.isEmpty else { return }
        for round in 0..<rounds {
            let progress = progress(round)
            guard progress < 1 else { return }
            let scheduled = max(1, state.placements.count { $0 != nil })
            let heat = Double(best.score.cost) / Double(scheduled) * Self.heat
            step(temperature: heat * (1 - progress) * (1 - progress))
            if state.score < best.score { best = state.snapshot }
        }
    }

    /// The temperature at the beginning, as a part of what a track costs on average.
    private static var heat: Double { Double(ProcessInfo.processInfo.environment["HEAT"] ?? "") ?? 0.05 }

    private mutating func step(temperature: Double) {
        let before = state.score
        var chosen = ruin()
        let old = chosen.map { state.remove($0) }
        let removed = zip(chosen, old).map { $0 }
        random.shuffle(&chosen)
        let noise: Float = random.next(below: 3) == 0 ? Float(temperature) * 2 : 0
        for index in chosen { insert(index, noise: noise) }
        guard !accepts(state.score, after: before, temperature) else { return }
        for (index, _) in removed { state.remove(index) }
        for case let (index, placement?) in removed { state.place(index, placement) }
    }

    private mutating func accepts(_ score: Solution.Score, after before: Solution.Score, _ temperature: Double) -> Bool
    {
        if score.unscheduled != before.unscheduled { return score.unscheduled < before.unscheduled }
        let loss = Double(score.cost - before.cost)
        return loss <= 0 || temperature > 0 && random.nextUnit() < exp(-loss / temperature)
    }

    /// One to five tracks that share people or schools, or any; one that waits joins them now and then.
    private mutating func ruin() -> [Int] {
        var chosen = [movable[random.next(below: movable.count)]]
        let size = 1 + random.next(below: min(4, movable.count))
        let isRelated = random.next(below: 10) < 7
        for _ in 0..<size * 3 where chosen.count < size {
            let next = isRelated ? relative(of: chosen[random.next(below: chosen.count)]) : nil
            let other = next ?? movable[random.next(below: movable.count)]
            if !chosen.contains(other), !settled.contains(other) { chosen.append(other) }
        }
        if state.score.unscheduled > 0 {
            let waiting = movable.filter { state.placements[$0] == nil && !chosen.contains($0) }
            if !waiting.isEmpty { chosen.append(waiting[random.next(below: waiting.count)]) }
        }
        return chosen
    }

    /// A track that has somebody in common with another.
    private mutating func relative(of index: Int) -> Int? {
        guard let people = state.placements[index]?.people, !people.isEmpty else { return nil }
        let diary = state.bookings[people[random.next(below: people.count)]]
        return diary.isEmpty ? nil : Int(diary[random.next(below: diary.count)].track)
    }

    private mutating func insert(_ index: Int, noise: Float) {
        if let placement = insertion.best(index, in: state, noise: noise, random: &random) {
            state.place(index, placement)
        }
    }

    // MARK: The end

    /// The best plan, with tracks put back to where they are published if they left it without need, and with what
    /// waits and fits after all.
    mutating func finish() -> State {
        state.become(best)
        if canStay {
            for (index, placement) in instance.publishedPlacements {
                guard let current = state.placements[index], current != placement else { continue }
                state.remove(index)
                state.place(index, state.obstacle(index, placement) == nil ? placement : current)
            }
        }
        for index in movable where state.placements[index] == nil { insert(index, noise: 0) }
        return state
    }
}

extension State {
    /// A plan to come back to.
    struct Snapshot: Sendable {
        let placements: [Placement?]
        let score: Solution.Score
    }

    var snapshot: Snapshot { Snapshot(placements: placements, score: score) }

    /// Turns into another plan, moving only what differs.
    mutating func become(_ snapshot: Snapshot) {
        let different = placements.indices.filter { placements[$0] != snapshot.placements[$0] }
        for index in different { remove(index) }
        for index in different {
            if let placement = snapshot.placements[index] { place(index, placement) }
        }
    }
}

extension Insertion {
    /// The order in which tracks are best inserted one by one.
    func order(_ indices: [Int]) -> [Int] {
        indices.sorted { left, right in key(left) < key(right) }
    }

    private func key(_ index: Int) -> (Int, Int, Int, Int) {
        let track = instance.tracks[index]
        let isPinned = instance.isPinned(index)
        let freedom = tables.timetables[index].stages.map(\.count).min() ?? 0
        return (isPinned ? 0 : 1, -track.priority, freedom, index)
    }
}

extension Instance {
    func isPublished(_ index: Int) -> Bool {
        tracks[index].publishedPairs > 0 || tracks[index].stages.contains { $0.publishedStart != nil }
    }

    func isPinned(_ index: Int) -> Bool {
        !tracks[index].pinnedPeople.isEmpty || tracks[index].stages.contains(where: \.isPinned)
    }

    /// What is published of each track, where it is whole and holds the pins.
    var publishedPlacements: [(Int, Placement)] {
        problem.published.compactMap { published in
            guard let index = trackIndex[Bytes(published.track)] else { return nil }
            let track = tracks[index]
            let starts = track.stages.compactMap { $0.pinnedStart ?? $0.publishedStart }
            let people = track.roles.indices.flatMap { role in
                track.publishedTeam.filter { $0.role == role }.map(\.person)
            }
            let counts = track.roles.indices.map { role in track.publishedTeam.count { $0.role == role } }
            guard starts.count == track.stages.count, zip(counts, track.roles).allSatisfy({ $0 == $1.count }) else {
                return nil
            }
            return (index, Placement(starts: starts, people: people))
        }
    }
}
