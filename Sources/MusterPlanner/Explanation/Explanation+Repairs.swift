extension Explanation {
    /// What would make a track fit that is not scheduled, everything else staying as it is; fewest and smallest things
    /// first.
    ///
    /// Each way of giving in is tried wide open, so that the insertion shows what it would need of it, and then again
    /// with just that; only what holds then is returned. Things are widened one at a time, but a person may be needed
    /// at up to three sessions.
    ///
    /// - Parameter most: how many to return at most.
    public func repairs(track: String, most: Int = 3) -> [Repair] {
        guard let index = state.instance.trackIndex[Bytes(track)], state.placements[index] == nil else { return [] }
        var found: [Repair] = []
        for attempt in RepairAttempts(state: state, index: index).all where found.count < most {
            guard let placement = placement(index, in: attempt.wide),
                let relaxations = attempt.needed(placement), (1...3).contains(relaxations.count)
            else { continue }
            let exact = relaxations.reduce(into: state.instance.problem) { $0.relax($1, track: index) }
            guard obstacle(index, placement, in: exact) == nil, state.obstacle(index, placement) != nil else {
                continue
            }
            found.append(repair(index, placement, relaxations))
        }
        return found.sorted { rank($0) < rank($1) }
    }

    private func rank(_ repair: Repair) -> (Int, Int) {
        (repair.relaxations.count, repair.relaxations.reduce(0) { $0 + $1.size(in: state.instance.problem) })
    }

    /// The best place of a track in a problem that allows more, beside everything that stands.
    private func placement(_ index: Int, in problem: Problem) -> Placement? {
        let wide = replayed(problem)
        let candidates = Insertion.candidates(index, instance: wide.instance)
        var random = RandomSource(seed: 1)
        return Insertion(index, instance: wide.instance, candidates: candidates).best(
            in: wide, noise: 0, random: &random)
    }

    private func obstacle(_ index: Int, _ placement: Placement, in problem: Problem) -> Obstacle? {
        replayed(problem).obstacle(index, placement)
    }

    /// The same plan on another problem with the same people and tracks.
    private func replayed(_ problem: Problem) -> State {
        var copy = State(Instance(problem))
        for (index, placement) in state.placements.enumerated() {
            if let placement { copy.place(index, placement) }
        }
        return copy
    }

    private func repair(_ index: Int, _ placement: Placement, _ relaxations: [Repair.Relaxation]) -> Repair {
        let track = state.instance.problem.tracks[index]
        let starts = zip(track.stages.map(\.id), placement.starts)
        let team = zip(track.roles.map(\.id), placement.team.map { $0.map(state.personID) })
        return Repair(
            relaxations: relaxations, starts: Dictionary(starts, uniquingKeysWith: { first, _ in first }),
            team: Dictionary(team, uniquingKeysWith: { first, _ in first }))
    }
}

extension Problem {
    /// Widens what a relaxation names; `window`, `gap` and `day` are of one track.
    mutating func relax(_ relaxation: Repair.Relaxation, track: Int) {
        switch relaxation {
        case .free(let person, let from, let to):
            change(&people, person) { $0.free = ($0.free + [SlotRange(from, to)]).sorted { $0.from < $1.from } }
        case .window(let stage, let window): change(&tracks[track].stages, stage) { $0.window = window }
        case .gap(let stage, let gap): change(&tracks[track].stages, stage) { $0.gap = gap }
        case .day(let stage, let day):
            let days = tracks[track].days
            change(&tracks[track].stages, stage) { $0.days = (($0.days ?? days ?? []) + [day]).sorted() }
        case .personLimit(let person, let limit, let value):
            change(&people, person) {
                switch limit {
                case "maxTracks": $0.maxTracks = value
                case "maxPerDay": $0.maxPerDay = value
                default: $0.maxPerWeek = value
                }
            }
        case .schoolLimit(let school, let value): change(&schools, school) { $0.maxPerDay = value }
        case .room(let room, _, _, let capacity): change(&rooms, room) { $0.capacity = capacity }
        case .qualify(let person, let role): change(&people, person) { $0.qualifications.append(role) }
        }
    }

    private func change<Item: Named>(_ items: inout [Item], _ id: String, _ body: (inout Item) -> Void) {
        guard let index = items.firstIndex(where: { Bytes($0.id) == Bytes(id) }) else { return }
        body(&items[index])
    }
}

/// Something of a problem that has an id.
protocol Named {
    var id: String { get }
}

extension Problem.Person: Named {}
extension Problem.School: Named {}
extension Problem.Room: Named {}
extension Problem.Stage: Named {}
