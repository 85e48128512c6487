import MusterPlanner

/// The hard rules and the score, written from the specification alone and as plainly as can be: nothing of the
/// planner's own tables is used, so that each checks the other.
struct RuleChecker {
    let problem: Problem
    private let perDay: Int
    private let people: [String: Problem.Person]

    init(_ problem: Problem) {
        self.problem = problem
        perDay = 1440 / problem.slotMinutes
        people = Dictionary(uniqueKeysWithValues: problem.people.map { ($0.id, $0) })
    }

    private struct Attendance {
        let person: String
        let track: Problem.Track
        let stage: Problem.Stage
        let start: Int
        let byRole: Bool
        let pinned: Bool
        var end: Int { start + stage.slots }
    }

    func violations(_ solution: Solution) -> [String] {
        var found: [String] = []
        let ids = solution.tracks.map(\.id) + solution.unscheduled.map(\.track)
        if ids.sorted() != problem.tracks.map(\.id).sorted() { found.append("0: not every track exactly once") }
        var attendances: [Attendance] = []
        for placed in solution.tracks {
            guard let track = problem.tracks.first(where: { $0.id == placed.id }) else { continue }
            let pin = problem.pinned.first { $0.track == track.id }
            found += trackViolations(track, placed, pin)
            attendances += self.attendances(track, placed, pin)
        }
        attendances += heldAttendances
        found += sharedMembers(solution)
        found +=
            diaryViolations(attendances, solution) + schoolViolations(attendances, solution) + roomViolations(solution)
        if solution.score != score(solution) { found.append("score: says \(solution.score), is \(score(solution))") }
        return found
    }

    // MARK: One track

    private func trackViolations(_ track: Problem.Track, _ placed: Solution.Track, _ pin: Problem.Placement?)
        -> [String]
    {
        var found: [String] = []
        if Set(placed.starts.keys) != Set(track.stages.map(\.id)) { found.append("0: \(track.id) is not whole") }
        var previous: (stage: Problem.Stage, start: Int)?
        for stage in track.stages {
            guard let start = placed.starts[stage.id] else { continue }
            let isPinned = pin?.starts[stage.id] != nil
            if let given = pin?.starts[stage.id], given != start {
                found.append("9: \(track.id) \(stage.id) is not where it is pinned")
            }
            if !isPinned, !mayStart(track, stage, start) { found.append("1: \(track.id) \(stage.id) at \(start)") }
            if let (before, from) = previous, !(isPinned && pin?.starts[before.id] != nil) {
                let gap = openDays(track, from, start)
                let allowed = stage.gap ?? SlotRange(0, problem.horizon)
                if from + before.slots > start || gap < allowed.from || gap > allowed.to {
                    found.append("3: \(track.id) \(stage.id)")
                }
            }
            previous = (stage, start)
        }
        return found + teamViolations(track, placed, pin)
    }

    private func mayStart(_ track: Problem.Track, _ stage: Problem.Stage, _ start: Int) -> Bool {
        let end = start + stage.slots
        let window = stage.window ?? SlotRange(0, problem.horizon)
        let days = stage.days ?? track.days
        let (first, last) = (day(start, track.offset), day(end - 1, track.offset))
        return start % stage.startEvery == 0 && start >= window.from && end <= window.to
            && covers(stage.free, start, end)
            && first == last && (days?.contains(first) ?? true)
    }

    private func teamViolations(_ track: Problem.Track, _ placed: Solution.Track, _ pin: Problem.Placement?) -> [String]
    {
        var found: [String] = []
        let required = Set(track.required + track.stages.flatMap(\.required))
        var seats: [(person: String, pinned: Bool)] = []
        for role in track.roles {
            let team = placed.team[role.id] ?? []
            let pinned = Set(pin?.team[role.id] ?? [])
            if team.count != role.count { found.append("5: \(track.id) \(role.id) has \(team.count)") }
            if !pinned.isSubset(of: team) { found.append("9: \(track.id) \(role.id) is not filled as pinned") }
            for id in team {
                guard let person = people[id] else { continue }
                let isPinned = pinned.contains(id)
                let forbidden =
                    !person.qualifications.contains(role.id) || person.school != nil && person.school == track.school
                    || track.excluded.contains(id) || required.contains(id)
                if !isPinned, forbidden { found.append("5: \(id) as \(role.id) of \(track.id)") }
                for other in seats where !(isPinned && other.pinned) {
                    let sameSchool = person.school != nil && person.school == people[other.person]?.school
                    if other.person == id || track.distinctSchools && sameSchool {
                        found.append("5: \(id) beside \(other.person)")
                    }
                }
                seats.append((id, isPinned))
                let isThere = track.stages.contains { $0.inPerson && $0.roles.contains(role.id) }
                if isThere, !isPinned, person.region != track.region { found.append("6: \(id) at \(track.id)") }
            }
        }
        return found
    }

    // MARK: All together

    private func attendances(_ track: Problem.Track, _ placed: Solution.Track, _ pin: Problem.Placement?)
        -> [Attendance]
    {
        track.stages.flatMap { stage -> [Attendance] in
            guard let start = placed.starts[stage.id] else { return [] }
            let isPinned = pin?.starts[stage.id] != nil
            let required = Set(track.required + stage.required)
            var result = required.map {
                Attendance(person: $0, track: track, stage: stage, start: start, byRole: false, pinned: isPinned)
            }
            var seen = required
            for role in stage.roles {
                for person in placed.team[role] ?? [] where seen.insert(person).inserted {
                    let fixed = isPinned && pin?.team[role]?.contains(person) == true
                    result.append(
                        Attendance(
                            person: person, track: track, stage: stage, start: start, byRole: true, pinned: fixed))
                }
            }
            return result
        }
    }

    private func sharedMembers(_ solution: Solution) -> [String] {
        func members(_ id: String) -> Set<String> {
            Set(solution.tracks.first { $0.id == id }?.team.values.flatMap { $0 } ?? [])
        }
        func pinned(_ id: String) -> Set<String> {
            Set(problem.pinned.first { $0.track == id }?.team.values.flatMap { $0 } ?? [])
        }
        return problem.tracks.flatMap { track in
            track.apart.flatMap { other in
                members(track.id).intersection(members(other))
                    .subtracting(pinned(track.id).intersection(pinned(other)))
                    .map { "5: \($0) is in \(track.id) and \(other)" }
            }
        }
    }

    private var heldAttendances: [Attendance] {
        problem.held.flatMap { held in
            held.sessions.filter { $0.start >= 0 }.flatMap { session in
                (session.team.map { ($0, true) } + session.required.map { ($0, false) }).map { person, byRole in
                    Attendance(
                        person: person, track: Problem.Track(id: held.track, stages: []),
                        stage: Problem.Stage(id: "held", slots: session.slots), start: session.start, byRole: byRole,
                        pinned: true)
                }
            }
        }
    }

    private func diaryViolations(_ all: [Attendance], _ solution: Solution) -> [String] {
        var found: [String] = []
        let byPerson = Dictionary(grouping: all, by: \.person)
        for person in problem.people {
            let (id, own) = (person.id, byPerson[person.id] ?? [])
            for attendance in own where !attendance.pinned && !covers(person.free, attendance.start, attendance.end) {
                found.append("2: \(id) at \(attendance.track.id) \(attendance.stage.id)")
            }
            for (index, first) in own.enumerated() {
                for second in own[(index + 1)...] where !(first.pinned && second.pinned) {
                    if first.start < second.end + problem.buffer, second.start < first.end + problem.buffer {
                        found.append("4: \(id)")
                    }
                }
            }
            let days = Dictionary(grouping: own) { day($0.start, person.offset) }
            let weeks = Dictionary(grouping: own) { floor(day($0.start, person.offset) + problem.weekday, 7) }
            for (groups, limit) in [(days, person.maxPerDay), (weeks, person.maxPerWeek)] {
                for group in groups.values where group.count > max(limit ?? .max, group.filter(\.pinned).count) {
                    found.append("7: \(id)")
                }
            }
            found += teamCountViolations(person, solution)
        }
        return found
    }

    private func teamCountViolations(_ person: Problem.Person, _ solution: Solution) -> [String] {
        let held = problem.held.filter { $0.team.contains(person.id) }
        let placed = solution.tracks.filter { team in
            team.team.values.contains { $0.contains(person.id) } && !held.contains { $0.track == team.id }
        }
        let groups = problem.tracks.reduce(into: [String: String?]()) { $0[$1.id] = $1.group }
        let pinned = placed.filter { team in
            problem.pinned.contains { $0.track == team.id && $0.team.values.contains { $0.contains(person.id) } }
        }
        return Set(placed.map { groups[$0.id] ?? nil }).compactMap { group in
            let limit = person.maxTracks ?? problem.groups.first { $0.id == group }?.maxTracks ?? .max
            let before = held.count { $0.group == group }
            let count = before + placed.count { groups[$0.id] == group }
            let fixed = before + pinned.count { groups[$0.id] == group }
            return count > max(limit, fixed) ? "7: \(person.id) is in \(count) teams of \(group ?? "none")" : nil
        }
    }

    private func schoolViolations(_ all: [Attendance], _ solution: Solution) -> [String] {
        problem.schools.flatMap { school -> [String] in
            guard let limit = school.maxPerDay else { return [] }
            var away: [Int: [String: Bool]] = [:]
            for attendance in all where attendance.byRole {
                guard let person = people[attendance.person], person.school == school.id else { continue }
                let day = day(attendance.start, person.offset)
                away[day, default: [:]][person.id] = (away[day]?[person.id] ?? false) || attendance.pinned
            }
            var hosting: [Int: Bool] = [:]
            for placed in solution.tracks {
                guard let track = problem.tracks.first(where: { $0.id == placed.id }), track.school == school.id else {
                    continue
                }
                let pin = problem.pinned.first { $0.track == track.id }
                for (stage, start) in placed.starts {
                    let day = day(start, track.offset)
                    hosting[day] = (hosting[day] ?? false) || pin?.starts[stage] != nil
                }
            }
            return Set(away.keys).union(hosting.keys).compactMap { day in
                let count = (away[day]?.count ?? 0) + (hosting[day] == nil ? 0 : 1)
                let pinned = (away[day]?.values.filter { $0 }.count ?? 0) + (hosting[day] == true ? 1 : 0)
                return count > max(limit, pinned) ? "7: school \(school.id) on day \(day)" : nil
            }
        }
    }

    private func roomViolations(_ solution: Solution) -> [String] {
        problem.rooms.flatMap { room -> [String] in
            var use: [Int: (count: Int, pinned: Int)] = [:]
            for placed in solution.tracks {
                guard let track = problem.tracks.first(where: { $0.id == placed.id }) else { continue }
                let pin = problem.pinned.first { $0.track == track.id }
                for stage in track.stages where stage.room == room.id {
                    for slot in (placed.starts[stage.id] ?? 0)..<((placed.starts[stage.id] ?? 0) + stage.slots) {
                        use[slot, default: (0, 0)].count += 1
                        if pin?.starts[stage.id] != nil { use[slot, default: (0, 0)].pinned += 1 }
                    }
                }
            }
            return use.contains { $0.value.count > max(room.capacity, $0.value.pinned) } ? ["8: \(room.id)"] : []
        }
    }

    // MARK: Score

    func score(_ solution: Solution) -> Solution.Score {
        let weights = problem.weights
        var cost = 0
        var load: [String: Int] = [:]
        var seats: [String: Int] = [:]
        var visits: Set<[String]> = []
        for held in problem.held {
            for id in held.team where people[id] != nil {
                load[id, default: 0] += 1
                if let school = people[id]?.school { seats[school, default: 0] += 1 }
            }
        }
        for placed in solution.tracks {
            guard let track = problem.tracks.first(where: { $0.id == placed.id }) else { continue }
            let pin = problem.pinned.first { $0.track == track.id }
            for attendance in attendances(track, placed, pin) {
                cost += avoidance(people[attendance.person]?.avoid ?? [], attendance.start, attendance.end)
            }
            for stage in track.stages {
                let start = placed.starts[stage.id] ?? 0
                cost += avoidance(stage.avoid, start, start + stage.slots)
                cost +=
                    weights.optional
                    * track.optional.filter { !covers(people[$0]?.free, start, start + stage.slots) }.count
            }
            let team = Set(placed.team.values.flatMap { $0 })
            let counted = problem.held.first { $0.track == track.id }?.team ?? []
            for id in team {
                let isNew = !counted.contains(id)
                if isNew { load[id, default: 0] += 1 }
                guard let school = people[id]?.school else { continue }
                if isNew { seats[school, default: 0] += 1 }
                if let host = track.school, host != school { visits.insert([school, host]) }
            }
            if !team.isEmpty, let theme = track.theme,
                !team.contains(where: { people[$0]?.themes.contains(theme) ?? false })
            {
                cost += weights.theme
            }
            if !team.isEmpty, track.wantsOutside, team.allSatisfy({ people[$0]?.region == track.region }) {
                cost += weights.outside
            }
            cost += weights.repeats * team.filter(track.previous.contains).count
            if let first = track.stages.first.flatMap({ placed.starts[$0.id] }),
                let last = track.stages.last.flatMap({ placed.starts[$0.id] })
            {
                cost += weights.elapsed * max(0, openDays(track, first, last))
            }
            if let published = problem.published.first(where: { $0.track == track.id }) {
                cost += weights.move * published.starts.filter { placed.starts[$0.key] != $0.value }.count
                for (role, ids) in published.team {
                    cost += weights.swap * ids.filter { !(placed.team[role] ?? []).contains($0) }.count
                }
            }
        }
        cost +=
            weights.load * load.values.reduce(0) { $0 + $1 * $1 } + weights.balance
            * seats.values.reduce(0) { $0 + $1 * $1 }
        cost += weights.reciprocal * visits.filter { $0[0] < $0[1] && visits.contains([$0[1], $0[0]]) }.count
        let unscheduled = solution.unscheduled.reduce(0) { sum, entry in
            sum + (problem.tracks.first { $0.id == entry.track }?.priority ?? 0)
        }
        return Solution.Score(unscheduled: unscheduled, cost: cost)
    }

    // MARK: Time

    private func openDays(_ track: Problem.Track, _ from: Int, _ to: Int) -> Int {
        let (first, last) = (day(from, track.offset), day(to, track.offset))
        guard first <= last else { return -((last + 1)...first).filter { track.days?.contains($0) ?? true }.count }
        return first == last ? 0 : ((first + 1)...last).filter { track.days?.contains($0) ?? true }.count
    }

    private func covers(_ free: [SlotRange]?, _ start: Int, _ end: Int) -> Bool {
        guard let free else { return start >= 0 && end <= problem.horizon }
        return (start..<end).allSatisfy { slot in free.contains { $0.from <= slot && slot < $0.to } }
    }

    private func avoidance(_ avoid: [WeightedRange], _ start: Int, _ end: Int) -> Int {
        (start..<max(start, min(end, problem.horizon))).reduce(0) { sum, slot in
            sum + avoid.filter { $0.from <= slot && slot < $0.to }.reduce(0) { $0 + $1.weight }
        }
    }

    private func day(_ slot: Int, _ offset: Int) -> Int { floor(slot + offset, perDay) }

    private func floor(_ value: Int, _ divisor: Int) -> Int { Int((Double(value) / Double(divisor)).rounded(.down)) }
}
