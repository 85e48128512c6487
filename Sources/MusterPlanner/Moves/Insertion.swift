/// Finds the best place for one track while all others stay where they are: a team seat by seat, with exact times for
/// it.
struct Insertion {
    private let instance: Instance
    private let index: Int
    private let track: Instance.Track
    private let timetable: Timetable
    private let candidates: [[Int]]

    init(_ index: Int, instance: Instance, candidates: [[Int]]) {
        self.instance = instance
        self.index = index
        track = instance.tracks[index]
        timetable = Timetable(index, instance: instance)
        self.candidates = candidates
    }

    /// The people who may fill each role of a track, whatever they are busy with.
    static func candidates(_ index: Int, instance: Instance) -> [[Int]] {
        let state = State(instance)
        let track = instance.tracks[index]
        return track.roles.indices.map { role in
            let isInPerson = track.roles[role].stages.contains { track.stages[$0].isInPerson }
            return instance.people.indices.filter { person in
                state.roleObstacle(index, role, person) == nil
                    && (!isInPerson || instance.people[person].region == track.region)
            }
        }
    }

    /// The best placement found beside what stands in `state`; nil where there is none.
    ///
    /// - Parameters:
    ///   - noise: how much the choice of a person may differ from the best, at random; 0 for none.
    func best(in state: State, noise: Int, random: inout RandomSource) -> Placement? {
        var exclusions = Exclusions()
        for _ in 0..<8 {
            guard let placement = place(in: state, exclusions, noise: noise, random: &random) else { return nil }
            guard let obstacle = state.obstacle(index, placement) else { return placement }
            guard exclude(obstacle, placement, state, &exclusions) else { return nil }
        }
        return nil
    }

    /// What earlier attempts at the same placement have shown not to work together.
    private struct Exclusions {
        var people: Set<Int> = []
        /// Starts by stage.
        var starts: [Int: Set<Int>] = [:]
    }

    /// Rules out what is in the way: a member of the team, else the day or week of the last stage; false where there is
    /// neither.
    private func exclude(
        _ obstacle: Obstacle, _ placement: Placement, _ state: State, _ exclusions: inout Exclusions
    ) -> Bool {
        if let person = culprit(obstacle, placement, state) { return exclusions.people.insert(person).inserted }
        let last = track.stages.count - 1
        guard !track.stages[last].isPinned else { return false }
        let day = instance.day(placement.starts[last], offset: track.offset)
        let isWeekly = if case .personLimit(_, "maxPerWeek") = obstacle { true } else { false }
        let starts = track.stages[last].starts.filter { start in
            let other = instance.day(start, offset: track.offset)
            return isWeekly ? instance.week(other) == instance.week(day) : other == day
        }
        exclusions.starts[last, default: []].formUnion(starts)
        return true
    }

    private func place(
        in state: State, _ exclusions: Exclusions, noise: Int, random: inout RandomSource
    ) -> Placement? {
        let base = baseCosts(state, without: exclusions.starts)
        guard timetable.cost(base) < Timetable.impossible else { return nil }
        var team = track.roles.map(\.pinned)
        let seats = openSeats
        for seat in seats {
            guard let person = choose(seat.role, team, base, state, exclusions.people, noise, &random) else {
                return nil
            }
            team[seat.role].append(person)
        }
        for seat in seats where seats.count > 1 {
            let before = team[seat.role].remove(at: seat.seat)
            let person = choose(seat.role, team, base, state, exclusions.people, 0, &random) ?? before
            team[seat.role].insert(person, at: seat.seat)
        }
        guard let starts = timetable.starts(costs(of: team, base, state)) else { return nil }
        return Placement(starts: starts, team: team)
    }

    /// The seats that no pin fills, those at the most stages first.
    private var openSeats: [(role: Int, seat: Int)] {
        let seats = track.roles.enumerated().flatMap { role, data in
            (data.pinned.count..<max(data.count, data.pinned.count)).map { (role: role, seat: $0) }
        }
        func stages(_ seat: (role: Int, seat: Int)) -> Int { track.roles[seat.role].stages.count }
        return seats.sorted { (-stages($0), $0.role, $0.seat) < (-stages($1), $1.role, $1.seat) }
    }

    // MARK: Costs of starts

    /// For each stage and start what it costs whoever fills the roles; some starts may be ruled out by stage.
    private func baseCosts(_ state: State, without excluded: [Int: Set<Int>]) -> [[Int]] {
        track.stages.enumerated().map { number, stage in
            zip(stage.starts, stage.startCosts).map { start, cost in
                let end = start + stage.slots
                let isPossible =
                    hasRoom(stage, start, state) && canHost(start, stage, state)
                    && !(excluded[number]?.contains(start) ?? false)
                    && stage.required.allSatisfy { person in
                        attendanceCost(person, start, end, isPinned: stage.isPinned, isByRole: false, state) != nil
                    }
                return isPossible ? cost : Timetable.impossible
            }
        }
    }

    private func hasRoom(_ stage: Instance.Stage, _ start: Int, _ state: State) -> Bool {
        guard stage.room >= 0, !stage.isPinned else { return true }
        let (use, capacity) = (state.roomUse[stage.room], instance.roomCapacities[stage.room])
        guard capacity > 0 else { return false }
        return use.isEmpty || (start..<start + stage.slots).allSatisfy { (use[$0]?.count ?? 0) < capacity }
    }

    private func canHost(_ start: Int, _ stage: Instance.Stage, _ state: State) -> Bool {
        guard track.school >= 0, instance.schoolLimits[track.school] < .max, !stage.isPinned else { return true }
        let day = state.day(track.school, instance.day(start, offset: track.offset))
        return (day?.hosting ?? 0) > 0 || (day?.away.count ?? 0) < instance.schoolLimits[track.school]
    }

    /// What it costs that a person attends; nil where the person cannot.
    private func attendanceCost(
        _ person: Int, _ start: Int, _ end: Int, isPinned: Bool, isByRole: Bool, _ state: State
    ) -> Int? {
        let data = instance.people[person]
        if !isPinned {
            guard instance.covers(person, start, end) else { return nil }
            let day = instance.day(start, offset: data.offset)
            var (sameDay, sameWeek) = (0, 0)
            for booking in state.bookings[person] {
                if start < booking.end + instance.buffer, booking.start < end + instance.buffer { return nil }
                if booking.day == day { sameDay += 1 }
                if instance.week(booking.day) == instance.week(day) { sameWeek += 1 }
            }
            guard sameDay < data.maxPerDay, sameWeek < data.maxPerWeek else { return nil }
            if isByRole, data.school >= 0, instance.schoolLimits[data.school] < .max,
                let use = state.day(data.school, day), use.away[person] == nil,
                use.away.count + (use.hosting > 0 ? 1 : 0) >= instance.schoolLimits[data.school]
            {
                return nil
            }
        }
        return instance.avoidance(data.avoidSums, start, end)
    }

    /// For each start of a stage what a member of the team adds to it.
    private func memberCosts(_ person: Int, _ role: Int, _ number: Int, _ state: State) -> [Int] {
        let stage = track.stages[number]
        if stage.required.contains(person) { return Array(repeating: 0, count: stage.starts.count) }
        let isPinned = stage.isPinned && track.roles[role].pinned.contains(person)
        return stage.starts.map { start in
            attendanceCost(person, start, start + stage.slots, isPinned: isPinned, isByRole: true, state)
                ?? Timetable.impossible
        }
    }

    private func costs(of team: [[Int]], _ base: [[Int]], _ state: State) -> [[Int]] {
        var costs = base
        for (role, people) in team.enumerated() {
            for number in track.roles[role].stages {
                for person in people { add(memberCosts(person, role, number, state), to: &costs[number]) }
            }
        }
        return costs
    }

    private func add(_ values: [Int], to costs: inout [Int]) {
        for position in costs.indices {
            costs[position] = min(costs[position] + values[position], Timetable.impossible)
        }
    }

    // MARK: Choosing people

    /// The person who costs least in a seat beside the team so far, with the best times for both.
    private func choose(
        _ role: Int, _ team: [[Int]], _ base: [[Int]], _ state: State, _ banned: Set<Int>, _ noise: Int,
        _ random: inout RandomSource
    ) -> Int? {
        let costs = costs(of: team, base, state)
        let members = team.flatMap { $0 }
        let schools = Set(members.map { instance.people[$0].school }.filter { $0 >= 0 })
        let stages = track.roles[role].stages
        let (before, after) = stages.count == 1 ? (timetable.before(costs), timetable.after(costs)) : ([], [])
        var best = Timetable.impossible
        var choice: Int?
        for person in candidates[role] where !members.contains(person) && !banned.contains(person) {
            let data = instance.people[person]
            guard state.trackCounts[person] < data.maxTracks,
                !(track.distinctSchools && data.school >= 0 && schools.contains(data.school))
            else { continue }
            var value = marginalCost(person, role, members, state)
            if noise > 0 { value += random.next(below: noise) }
            guard value < best else { continue }
            switch stages.count {
            case 0: value += timetable.cost(costs)
            case 1:
                let number = stages[0]
                let own = memberCosts(person, role, number, state)
                var least = Timetable.impossible
                for position in own.indices where own[position] < Timetable.impossible {
                    least = min(
                        least,
                        own[position] + costs[number][position] + before[number][position] + after[number][position])
                }
                value += least
            default:
                var joined = costs
                for number in stages { add(memberCosts(person, role, number, state), to: &joined[number]) }
                value += timetable.cost(joined)
            }
            if value < best {
                best = value
                choice = person
            }
        }
        return choice
    }

    /// What a person adds beside the times: load, balance, theme, outside, repeat, reciprocal and swap.
    private func marginalCost(_ person: Int, _ role: Int, _ members: [Int], _ state: State) -> Int {
        let weights = instance.weights
        let data = instance.people[person]
        var cost = weights.load * (2 * state.trackCounts[person] + 1)
        if data.school >= 0 {
            let colleagues = members.filter { instance.people[$0].school == data.school }.count
            cost += weights.balance * (2 * (state.seats[data.school] + colleagues) + 1)
            if track.school >= 0, colleagues == 0,
                (state.visits[State.Pair(from: data.school, to: track.school)] ?? 0) == 0,
                (state.visits[State.Pair(from: track.school, to: data.school)] ?? 0) > 0
            {
                cost += weights.reciprocal
            }
        }
        if track.theme >= 0, !members.contains(where: { instance.people[$0].themes.contains(track.theme) }),
            data.themes.contains(track.theme)
        {
            cost -= weights.theme
        }
        if track.wantsOutside, members.allSatisfy({ instance.people[$0].region == track.region }),
            data.region != track.region
        {
            cost -= weights.outside
        }
        if track.previous.contains(person) { cost += weights.repeats }
        if track.publishedTeam.contains(where: { $0.role == track.roles[role].id && $0.person == person }) {
            cost -= weights.swap
        }
        return cost
    }

    /// A member of the team who may be left out so that the obstacle goes away.
    private func culprit(_ obstacle: Obstacle, _ placement: Placement, _ state: State) -> Int? {
        let members = placement.members.filter { !track.pinnedPeople.contains($0) }
        switch obstacle {
        case .notFree(let person, _, _, _), .doubleBooked(let person, _, _), .personLimit(let person, _),
            .role(let person, _, _), .presence(let person, _):
            return members.first { state.personID($0) == person }
        case .schoolLimit(let school, _):
            return members.last {
                instance.people[$0].school >= 0 && state.schoolID(instance.people[$0].school) == school
            }
        case .start, .order, .room: return nil
        }
    }
}
