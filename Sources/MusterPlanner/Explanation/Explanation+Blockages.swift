extension Explanation {
    /// What stops a track that is not scheduled: everything that would stop it alone, whatever else were changed; only
    /// where there is nothing of the kind, that all of it does not fit together.
    public func blockages(track: String) -> [Blockage] {
        guard let index = state.instance.trackIndex[Bytes(track)], state.placements[index] == nil else { return [] }
        let single = stageBlockages(index) + roleBlockages(index) + schoolBlockages(index)
        if !single.isEmpty { return single.map(Blockage.init) }
        if fitsInOrder(index) { return [Blockage(kind: .combination)] }
        let rooms = roomsInTheWay(index)
        return rooms.isEmpty ? [Blockage(kind: .order)] : rooms.map(Blockage.init)
    }

    private func stageBlockages(_ index: Int) -> [Blockage.Kind] {
        let track = state.instance.tracks[index]
        return track.stages.indices.compactMap { number in
            let stage = track.stages[number]
            let id = state.stageID(index, number)
            guard !stage.isPinned else { return nil }
            let starts = allowedStarts(track, stage)
            guard !starts.isEmpty else { return .noTime(stage: id) }
            let withRoom = starts.filter { hasRoom(stage, $0) }
            if withRoom.isEmpty { return .roomFull(stage: id, room: state.instance.problem.rooms[stage.room].id) }
            let hosted = withRoom.filter { canHost(track, $0) }
            if hosted.isEmpty { return .schoolFull(stage: id) }
            let together = hosted.filter { start in
                stage.required.allSatisfy { isFree($0, start: start, slots: stage.slots) }
            }
            guard together.isEmpty else { return nil }
            let never = stage.required.filter { person in
                !hosted.contains { isFree(person, start: $0, slots: stage.slots) }
            }
            return .requiredBusy(stage: id, people: (never.isEmpty ? stage.required : never).map(state.personID))
        }
    }

    private func roleBlockages(_ index: Int) -> [Blockage.Kind] {
        let track = state.instance.tracks[index]
        return track.roles.indices.compactMap { number in
            let role = track.roles[number]
            let needed = role.count - role.pinned.count
            guard needed > 0 else { return nil }
            var ruledOut: [Obstacle.RoleObstacle: Int] = [:]
            var able: [Int] = []
            for person in state.instance.holders[role.id] ?? [] {
                switch state.roleObstacle(index, role: number, person: person) {
                case nil where state.isTaken(person, apartFrom: track): ruledOut[.taken, default: 0] += 1
                case nil: able.append(person)
                case .some(let obstacle): ruledOut[obstacle, default: 0] += 1
                }
            }
            let schools = Set(able.map { state.instance.people[$0].school })
            let distinct = track.distinctSchools && !schools.contains(-1) ? schools.count : able.count
            if min(distinct, able.count) < needed {
                return .tooFew(
                    role: state.roleID(index, number), needed: needed, able: min(distinct, able.count),
                    ruledOut: ruledOut)
            }
            let stage = role.stages.first { stage in
                let starts = possibleStarts(track, track.stages[stage])
                return !starts.isEmpty
                    && able.lazy.filter { canAttend($0, stage: track.stages[stage], of: track, at: starts) }.prefix(
                        needed
                    ).count < needed
            }
            return stage.map {
                .roleBusy(role: state.roleID(index, number), stage: state.stageID(index, $0), able: able.count)
            }
        }
    }

    private func schoolBlockages(_ index: Int) -> [Blockage.Kind] {
        let track = state.instance.tracks[index]
        guard track.distinctSchools else { return [] }
        let able = track.roles.indices.flatMap { role in
            (state.instance.holders[track.roles[role].id] ?? []).filter {
                state.roleObstacle(index, role: role, person: $0) == nil
            }
        }
        let schools = Set(able.map { state.instance.people[$0].school })
        let needed = track.roles.reduce(0) { $0 + $1.count }
        return schools.contains(-1) || schools.count >= needed
            ? [] : [.tooFewSchools(needed: needed, able: schools.count)]
    }

    /// The starts that rule 1 allows, whoever is free.
    private func allowedStarts(_ track: Instance.Track, _ stage: Instance.Stage) -> [Int] {
        state.instance.starts(track, stage, required: [])
    }

    /// The starts at which those required could hold a stage.
    private func possibleStarts(_ track: Instance.Track, _ stage: Instance.Stage) -> [Int] {
        allowedStarts(track, stage).filter { start in
            stage.isPinned || stage.required.allSatisfy { isFree($0, start: start, slots: stage.slots) }
        }
    }

    /// The rooms without which the stages would fit one after the other.
    private func roomsInTheWay(_ index: Int) -> [Blockage.Kind] {
        guard fitsInOrder(index, ignoringRooms: true) else { return [] }
        let track = state.instance.tracks[index]
        return track.stages.indices.filter { track.stages[$0].room >= 0 }.map {
            .roomFull(stage: state.stageID(index, $0), room: state.instance.problem.rooms[track.stages[$0].room].id)
        }
    }

    /// Whether the stages fit one after the other for those who are required, whoever fills the roles.
    private func fitsInOrder(_ index: Int, ignoringRooms: Bool = false) -> Bool {
        let track = state.instance.tracks[index]
        let table = tables[index].timetable
        let costs = track.stages.indices.flatMap { number in
            let stage = track.stages[number]
            return table.starts[table.stages[number]].map { start -> Float in
                let start = Int(start)
                let isPossible =
                    stage.isPinned
                    || (ignoringRooms || hasRoom(stage, start)) && canHost(track, start)
                        && stage.required.allSatisfy { isFree($0, start: start, slots: stage.slots) }
                return isPossible ? 0 : .infinity
            }
        }
        return table.hasOrder(costs)
    }

    private func canAttend(
        _ person: Int, stage: Instance.Stage, of track: Instance.Track, at starts: [Int]
    ) -> Bool {
        state.hasCapacity(person, for: track) && starts.contains { isFree(person, start: $0, slots: stage.slots) }
    }

    private func hasRoom(_ stage: Instance.Stage, _ start: Int) -> Bool {
        guard stage.room >= 0 else { return true }
        return (start..<start + stage.slots).allSatisfy {
            Int(state.use(stage.room, $0).count) < state.instance.roomCapacities[stage.room]
        }
    }

    private func canHost(_ track: Instance.Track, _ start: Int) -> Bool {
        state.canHost(track, state.instance.day(start, offset: track.offset))
    }

    private func isFree(_ person: Int, start: Int, slots: Int) -> Bool {
        let data = state.instance.people[person]
        guard state.instance.covers(person, start: start, end: start + slots),
            !state.isElsewhere(person, start: start, end: start + slots)
        else { return false }
        let sessions = state.sessions(person, state.instance.day(start, offset: data.offset))
        return sessions.inDay < data.maxPerDay && sessions.inWeek < data.maxPerWeek
    }
}
