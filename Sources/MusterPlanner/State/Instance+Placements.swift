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
        for (number, stage) in track.stages.enumerated() {
            let start = placement.starts[number]
            for person in stage.required {
                result.append(
                    Attendance(
                        person: person, stage: number, start: start, end: start + stage.slots, isByRole: false,
                        isPinned: stage.isPinned))
            }
            var seen = Set(stage.required)
            for role in stage.roles {
                for person in placement.team[role] where seen.insert(person).inserted {
                    result.append(
                        Attendance(
                            person: person, stage: number, start: start, end: start + stage.slots, isByRole: true,
                            isPinned: stage.isPinned && track.roles[role].pinned.contains(person)))
                }
            }
        }
        return result
    }

    /// What a placement costs by itself: all terms but load, balance and reciprocal, which depend on other tracks.
    func localCost(_ index: Int, _ placement: Placement) -> Int {
        let track = tracks[index]
        var cost = 0
        for (number, stage) in track.stages.enumerated() {
            let start = placement.starts[number]
            cost += avoidance(stage.avoidSums, start, start + stage.slots) + optionalCost(track, stage, start)
            if let published = stage.publishedStart, published != start { cost += weights.move }
        }
        for attendance in attendances(index, placement) {
            cost += avoidance(people[attendance.person].avoidSums, attendance.start, attendance.end)
        }
        return cost + track.lostStarts * weights.move + elapsedCost(track, placement.starts)
            + teamCost(track, placement.team)
    }

    func optionalCost(_ track: Track, _ stage: Stage, _ start: Int) -> Int {
        guard weights.optional > 0 else { return 0 }
        return weights.optional * track.optional.reduce(0) { $0 + (covers($1, start, start + stage.slots) ? 0 : 1) }
    }

    private func elapsedCost(_ track: Track, _ starts: [Int]) -> Int {
        guard let first = starts.first, let last = starts.last else { return 0 }
        let days = openDays(track, day(last, offset: track.offset)) - openDays(track, day(first, offset: track.offset))
        return weights.elapsed * max(0, days)
    }

    private func teamCost(_ track: Track, _ team: [[Int]]) -> Int {
        let members = team.flatMap { $0 }
        var cost = 0
        if !members.isEmpty {
            let knowsTheme = members.contains { people[$0].themes.contains(track.theme) }
            if track.theme >= 0, !knowsTheme { cost += weights.theme }
            if track.wantsOutside, members.allSatisfy({ people[$0].region == track.region }) { cost += weights.outside }
        }
        cost += weights.repeats * Set(members).filter(track.previous.contains).count
        let standing = track.publishedTeam.filter { pair in
            track.roles.indices.contains { track.roles[$0].id == pair.role && team[$0].contains(pair.person) }
        }
        return cost + weights.swap * (track.publishedPairs - standing.count)
    }
}
