extension Instance {
    /// Someone at a session.
    struct Attendance {
        let person: Int
        let stage: Int
        let start: Int
        let end: Int
        let isByRole: Bool
        let isPinned: Bool
    }

    /// Everyone at every session of a placement, each once a session.
    func attendances(_ index: Int, _ placement: Placement) -> [Attendance] {
        let track = tracks[index]
        var result: [Attendance] = []
        result.reserveCapacity(track.stages.reduce(0) { $0 + $1.required.count + $1.seats.count })
        for (number, stage) in track.stages.enumerated() {
            let start = placement.starts[number]
            let first = result.count
            for person in stage.required {
                result.append(
                    Attendance(
                        person: person, stage: number, start: start, end: start + stage.slots,
                        isByRole: stage.seats.contains { placement.people[$0] == person }, isPinned: stage.isPinned))
            }
            for seat in stage.seats {
                let person = placement.people[seat]
                guard !result[first...].contains(where: { $0.person == person }) else { continue }
                let isPinned = stage.isPinned && stage.isPinned(person, in: track)
                result.append(
                    Attendance(
                        person: person, stage: number, start: start, end: start + stage.slots, isByRole: true,
                        isPinned: isPinned))
            }
        }
        return result
    }

    /// What a placement costs by itself: all terms but load, balance and reciprocal, which depend on other tracks.
    func localCosts(_ index: Int, _ placement: Placement) -> LocalCosts {
        let track = tracks[index]
        var costs = teamCosts(track, placement.people)
        for (stage, start) in zip(track.stages, placement.starts) {
            costs.avoid += stage.avoid.cost(start, start + stage.slots)
            costs.optional += optionalCost(track, stage: stage, start: start)
            if let published = stage.publishedStart, published != start { costs.move += weights.move }
        }
        for attendance in attendances(index, placement) {
            costs.avoid += people[attendance.person].avoid.cost(attendance.start, attendance.end)
        }
        costs.move += track.lostStarts * weights.move
        costs.elapsed = elapsedCost(track, placement.starts)
        return costs
    }

    func optionalCost(_ track: Track, stage: Stage, start: Int) -> Int {
        guard weights.optional > 0 else { return 0 }
        return weights.optional
            * track.optional.reduce(0) { $0 + (covers($1, start: start, end: start + stage.slots) ? 0 : 1) }
    }

    /// Open days of rule 3 from one start to another.
    func openDays(_ track: Track, from: Int, to: Int) -> Int {
        Int(track.openDays[day(to, offset: track.offset)] - track.openDays[day(from, offset: track.offset)])
    }

    private func elapsedCost(_ track: Track, _ starts: [Int]) -> Int {
        guard let first = starts.first, let last = starts.last else { return 0 }
        return weights.elapsed * max(0, openDays(track, from: first, to: last))
    }

    private func teamCosts(_ track: Track, _ team: [Int]) -> LocalCosts {
        var costs = LocalCosts()
        if !team.isEmpty {
            let lacksTheme = track.theme >= 0 && !team.contains { people[$0].themes.contains(track.theme) }
            if lacksTheme { costs.theme = weights.theme }
            if track.wantsOutside, team.allSatisfy({ people[$0].region == track.region }) {
                costs.outside = weights.outside
            }
        }
        let repeated = team.indices.count { seat in
            track.previous.contains(team[seat]) && !team[..<seat].contains(team[seat])
        }
        costs.repeats = weights.repeats * repeated
        let standing = track.publishedTeam.count { pair in
            track.roles[pair.role].seats.contains { team[$0] == pair.person }
        }
        costs.swap = weights.swap * (track.publishedPairs - standing)
        return costs
    }
}

/// What a track costs by itself, term by term.
struct LocalCosts {
    var avoid = 0
    var optional = 0
    var theme = 0
    var outside = 0
    var repeats = 0
    var elapsed = 0
    var move = 0
    var swap = 0

    var total: Int { avoid + optional + theme + outside + repeats + elapsed + move + swap }
}

extension Instance.Stage {
    /// Whether somebody is pinned to a role that attends the stage.
    func isPinned(_ person: Int, in track: Instance.Track) -> Bool {
        track.pinnedPeople.contains(person)
            && seats.contains { track.roles[track.seatRoles[$0]].pinned.contains(person) }
    }
}
