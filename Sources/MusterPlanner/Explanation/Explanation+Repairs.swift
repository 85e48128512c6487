extension Explanation {
    /// What would make a track fit that is not scheduled, everything else staying as it is.
    ///
    /// The fewest and smallest things come first (the order of the exchange format). Each way holds: the placement that
    /// comes with it breaks no rule once its things are wider, and each of them is needed.
    ///
    /// - Parameter most: how many to return at most.
    public func repairs(track: String, most: Int = 3) -> [Repair] {
        guard let index = state.instance.trackIndex[Bytes(track)], state.placements[index] == nil else { return [] }
        var search = RepairSearch(state, track: index, tables: tables[index])
        return search.all(most: most).filter { !$0.widenings.isEmpty }.map { found in
            Repair(
                relaxations: found.widenings.map { relaxation($0, index) },
                size: found.widenings.reduce(0) { $0 + $1.size },
                starts: state.starts(index, found.placement), team: state.team(index, found.placement))
        }
    }

    private func relaxation(_ widening: Widening, _ index: Int) -> Repair.Relaxation {
        switch widening.kind {
        case .free(let person, let from, let to): .free(person: state.personID(person), from: from, to: to)
        case .stageFree(let stage, let from, let to):
            .stageFree(stage: state.stageID(index, stage), from: from, to: to)
        case .window(let stage, let window): .window(stage: state.stageID(index, stage), window)
        case .gap(let stage, let gap): .gap(stage: state.stageID(index, stage), gap)
        case .day(let stage, let day): .day(stage: state.stageID(index, stage), day)
        case .maxTracks(let person, let value):
            .personLimit(person: state.personID(person), limit: "maxTracks", value: value)
        case .maxPerDay(let person, let value):
            .personLimit(person: state.personID(person), limit: "maxPerDay", value: value)
        case .maxPerWeek(let person, let value):
            .personLimit(person: state.personID(person), limit: "maxPerWeek", value: value)
        case .school(let school, let value): .schoolLimit(school: state.schoolID(school), value: value)
        case .room(let room, let from, let to, let capacity):
            .room(state.instance.problem.rooms[room].id, from: from, to: to, capacity: capacity)
        case .qualify(let person, let role):
            .qualify(person: state.personID(person), role: state.roleID(index, role))
        }
    }
}
