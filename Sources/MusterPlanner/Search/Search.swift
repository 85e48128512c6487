import Foundation

/// The search for one plan: ruin and recreate with annealing.
struct Search {
    private let instance: Instance
    private let insertion: Insertion
    private let canStay: Bool
    /// Tracks for whose sake no other leaves its published place.
    private let yielding: Set<Int>
    private var random: RandomSource
    /// Tracks that stay where they are published.
    private var settled: Set<Int> = []
    private var state: State
    private(set) var best: State.Snapshot

    /// - Parameters:
    ///   - improvesPublished: whether tracks whose published place is legal may move though nothing forces it.
    ///   - yielding: ids of tracks for whose sake no other leaves its published place.
    ///   - memory: bytes for what may be kept to be faster.
    init(
        _ instance: Instance, _ tables: SearchTables, seed: Int, improvesPublished: Bool, yielding: Set<String>,
        memory: Int
    ) {
        self.instance = instance
        insertion = Insertion(instance, tables, memory: memory)
        canStay = !improvesPublished
        self.yielding = Set(yielding.compactMap { instance.trackIndex[Bytes($0)] })
        random = RandomSource(seed: seed)
        state = State(instance)
        best = state.snapshot
    }

    // MARK: A first plan

    /// Keeps what is published and legal.
    mutating func keepPublished() {
        for (index, placement) in instance.publishedPlacements where state.obstacle(index, placement) == nil {
            state.place(index, placement)
            if canStay { settled.insert(index) }
        }
        best = state.snapshot
    }

    /// Inserts those of some tracks that are not placed: pinned and urgent ones first, then those with the fewest
    /// starts.
    mutating func construct(_ share: Share, shouldStop: () -> Bool) {
        insertion.allowed = share.people
        defer { insertion.allowed = nil }
        for index in insertion.order(share.tracks.filter { state.placements[$0] == nil }) {
            if shouldStop() { break }
            insert(index, noise: 0)
        }
        best = state.snapshot
    }

    /// Lets published tracks move where without it something pinned or published could not be held.
    mutating func unsettle() {
        let missing = instance.tracks.indices.contains { index in
            state.placements[index] == nil && !yielding.contains(index)
                && (instance.isPublished(index) || instance.isPinned(index))
        }
        if missing { settled = [] }
    }

    /// Takes over a plan that another search has found.
    mutating func adopt(_ snapshot: State.Snapshot) {
        state.become(snapshot)
        best = snapshot
    }

    /// Joins plans that differ from one they began with only in tracks of their own.
    ///
    /// Each track goes where its owner has it, or, where two of them clash, wherever it fits. Takes over the best of them
    /// where that is no better.
    ///
    /// - Parameters:
    ///   - before: the plan that all began with.
    ///   - owners: for each plan the tracks that it may have moved.
    mutating func join(_ plans: [State.Snapshot], from before: State.Snapshot, owners: [[Int]]) {
        var clashing: [Int] = []
        let moved = zip(plans, owners).flatMap { plan, own in
            own.filter { plan.placements[$0] != before.placements[$0] }.map { ($0, plan.placements[$0]) }
        }
        state.become(before)
        for (index, _) in moved { state.remove(index) }
        for case let (index, placement?) in moved {
            if state.obstacle(index, placement) == nil {
                state.place(index, placement)
            } else {
                clashing.append(index)
            }
        }
        for index in clashing { insert(index, noise: 0) }
        let joined = state.snapshot
        if let winner = (plans + [joined]).min(by: { $0.score < $1.score }) { adopt(winner) }
    }

    // MARK: Improving

    /// The tracks that may be moved.
    var movable: [Int] { instance.tracks.indices.filter { !settled.contains($0) } }

    /// Improves the plan by moving some tracks, round by round.
    ///
    /// - Parameters:
    ///   - share: what may be changed.
    ///   - end: ends when so much of the whole search is over.
    ///   - progress: how much of the whole search is over before each round, from 0 to 1.
    mutating func improve(_ share: Share, until end: Double, progress: (Solution.Score) -> Double) {
        let tracks = share.tracks
        guard !tracks.isEmpty else { return }
        insertion.allowed = share.people
        defer { insertion.allowed = nil }
        let own = Set(tracks)
        while case let progress = progress(best.score), progress < end {
            let scheduled = max(1, instance.tracks.count - waiting(tracks).count)
            let average = Double(best.score.cost) / Double(scheduled)
            step(tracks, own, temperature: average * Self.heat(tracks.count, progress))
            if state.score < best.score { best = state.snapshot }
        }
    }

    /// The temperature as a part of what a track costs on average.
    ///
    /// It falls with the square of the rest of the time. A few tracks have few ways to go and all of them are soon tried,
    /// so these begin hotter, and up to four times.
    private static func heat(_ tracks: Int, _ progress: Double) -> Double {
        let times = Double(min(max(12 / tracks, 1), 4))
        let rest = 1 - (progress * times).truncatingRemainder(dividingBy: 1)
        return (0.04 + 0.8 / Double(tracks)) * rest * rest
    }

    private func waiting(_ tracks: [Int]) -> [Int] {
        state.score.unscheduled == 0 ? [] : tracks.filter { state.placements[$0] == nil }
    }

    private mutating func step(_ tracks: [Int], _ own: Set<Int>, temperature: Double) {
        let before = state.score
        var chosen = ruin(tracks, own)
        let removed = chosen.map { ($0, state.remove($0)) }
        random.shuffle(&chosen)
        let noise = random.next(below: 2) == 0 ? Float(temperature) * 5 : 0
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
    private mutating func ruin(_ tracks: [Int], _ own: Set<Int>) -> [Int] {
        var chosen = [tracks[random.next(below: tracks.count)]]
        let size = 1 + random.next(below: min(4, tracks.count))
        let isRelated = random.next(below: 10) < 7
        for _ in 0..<size * 3 where chosen.count < size {
            let next = isRelated ? relative(of: chosen[random.next(below: chosen.count)]) : nil
            let other = next ?? tracks[random.next(below: tracks.count)]
            if !chosen.contains(other), own.contains(other) { chosen.append(other) }
        }
        let waiting = waiting(tracks).filter { !chosen.contains($0) }
        if !waiting.isEmpty { chosen.append(waiting[random.next(below: waiting.count)]) }
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
        let freedom = tables(of: index).timetable.stages.map(\.count).min() ?? 0
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
