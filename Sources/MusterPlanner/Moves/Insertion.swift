/// Finds the best place for one track while all others stay where they are: a team seat by seat, with exact times for
/// it.
///
/// Each search has one of its own, since it works in buffers that it keeps.
final class Insertion {
    let instance: Instance
    private let tables: SearchTables
    /// Those that this search has looked up.
    private var known: [TrackTables?]
    /// Who may be chosen for a seat; nil for everybody.
    var allowed: [Bool]?
    private let attendance: AttendanceCosts
    private var buffers: Buffers
    private var options: [Option] = []

    init(_ instance: Instance, _ tables: SearchTables, memory: Int) {
        self.instance = instance
        self.tables = tables
        known = Array(repeating: nil, count: instance.tracks.count)
        attendance = AttendanceCosts(instance, most: memory)
        buffers = Buffers(size: 0, seats: instance.tracks.map(\.seatRoles.count).max() ?? 0)
    }

    /// The tables of a track, for which there is room to work then.
    func tables(of index: Int) -> TrackTables {
        if let known = known[index] { return known }
        let found = tables[index]
        known[index] = found
        let size = max(found.timetable.starts.count, found.timetable.days.count)
        if size > buffers.size { buffers = Buffers(size: max(size, buffers.size * 2), seats: buffers.members.count) }
        return found
    }

    /// Somebody for a seat, and the least that it can cost to take them.
    private struct Option: Comparable {
        let bound: Float
        let cost: Float
        let candidate: Int

        static func < (left: Option, right: Option) -> Bool {
            (left.bound, left.candidate) < (right.bound, right.candidate)
        }
    }

    /// What earlier attempts at the same placement have shown not to work together.
    private struct Exclusions {
        var people: [Int] = []
        /// Positions in the timetable.
        var starts: [Range<Int>] = []
    }

    /// The best placement found beside what stands in `state`; nil where there is none.
    ///
    /// - Parameter noise: how much the choice of a person may differ from the best, at random; 0 for none.
    func best(_ index: Int, in state: State, noise: Float, random: inout RandomSource) -> Placement? {
        guard !tables(of: index).timetable.isEmpty, !instance.tracks[index].isOverfull else { return nil }
        var exclusions = Exclusions()
        for _ in 0..<8 {
            guard let placement = place(index, in: state, exclusions: exclusions, noise: noise, random: &random) else {
                return nil
            }
            guard let obstacle = state.obstacle(index, placement) else { return placement }
            guard exclude(obstacle, index: index, placement: placement, state: state, exclusions: &exclusions) else {
                return nil
            }
        }
        return nil
    }

    private func place(
        _ index: Int, in state: State, exclusions: Exclusions, noise: Float, random: inout RandomSource
    ) -> Placement? {
        let track = instance.tracks[index]
        let table = tables(of: index).timetable
        fillBase(index, state, without: exclusions.starts)
        var team = [Int](repeating: -1, count: track.seatRoles.count)
        for role in track.roles {
            for (seat, person) in zip(role.seats, role.pinned) {
                seatPerson(person, at: seat, index: index, state: state, team: &team)
            }
        }
        let seats = tables(of: index).openSeats
        for seat in seats {
            guard
                let person = choose(
                    seat, index: index, team: team, state: state, banned: exclusions.people, noise: noise,
                    random: &random)
            else { return nil }
            seatPerson(person, at: seat, index: index, state: state, team: &team)
        }
        for seat in seats where seats.count > 1 {
            let before = team[seat]
            team[seat] = -1
            let person =
                choose(
                    seat, index: index, team: team, state: state, banned: exclusions.people, noise: 0, random: &random)
                ?? before
            seatPerson(person, at: seat, index: index, state: state, team: &team)
        }
        sum(index, team, without: -1)
        table.after(buffers.sums, into: buffers.after, least: buffers.least)
        guard let starts = table.choose(buffers.sums, after: buffers.after) else { return nil }
        return Placement(starts: starts, people: team)
    }

    // MARK: Costs of starts

    /// What each start costs whoever fills the roles; some starts may be ruled out.
    private func fillBase(_ index: Int, _ state: State, without excluded: [Range<Int>]) {
        let track = instance.tracks[index]
        let table = tables(of: index).timetable
        let base = buffers.base
        table.costs.withUnsafeBufferPointer { costs in
            if let first = costs.baseAddress { base.update(from: first, count: costs.count) }
        }
        for (number, stage) in track.stages.enumerated() where !stage.isPinned {
            for person in stage.required {
                state.block(person, track: track, number: number, table: table, isByRole: false) { base }
            }
            if stage.room >= 0 { forbidFullRoom(stage, number: number, table: table, state: state) }
            if track.school >= 0, instance.schoolLimits[track.school] < .max {
                for day in table.days[table.stageDays[number]] where !state.canHost(track, day.number) {
                    base.forbid(day.positions)
                }
            }
        }
        for positions in excluded { base.forbid(positions) }
    }

    private func forbidFullRoom(_ stage: Instance.Stage, number: Int, table: Timetable, state: State) {
        if instance.roomCapacities[stage.room] == 0 { buffers.base.forbid(table.stages[number]) }
        let full = state.fullSlots[stage.room]
        var next = 0
        for position in table.stages[number] {
            let start = Int(table.starts[position])
            while next < full.count, full[next] < start { next += 1 }
            guard next < full.count else { return }
            if full[next] < start + stage.slots { buffers.base[position] = .infinity }
        }
    }

    /// Takes a person into the team, with what it costs them at each start.
    private func seatPerson(_ person: Int, at seat: Int, index: Int, state: State, team: inout [Int]) {
        team[seat] = person
        let track = instance.tracks[index]
        let table = tables(of: index).timetable
        let role = track.roles[track.seatRoles[seat]]
        let costs = buffers.members[seat]
        for number in role.stages {
            let stage = track.stages[number]
            // Somebody who is required there anyway is counted already.
            if stage.required.contains(person) {
                for position in table.stages[number] { costs[position] = 0 }
                continue
            }
            let isPinned = stage.isPinned && stage.isPinned(person, in: track)
            attendance.fill(number, of: index, table, for: person, isPinned: isPinned, into: costs)
            if !isPinned { state.block(person, track: track, number: number, table: table, isByRole: true) { costs } }
        }
    }

    /// Adds up what each start costs the team so far, one seat left out.
    private func sum(_ index: Int, _ team: [Int], without seat: Int) {
        let track = instance.tracks[index]
        let table = tables(of: index).timetable
        buffers.sums.update(from: buffers.base, count: table.starts.count)
        for other in team.indices where other != seat && team[other] >= 0 {
            for number in track.roles[track.seatRoles[other]].stages {
                add(buffers.members[other], to: buffers.sums, table.stages[number])
            }
        }
    }

    // MARK: Choosing people

    /// The person who costs least in a seat beside the team so far, with the best times for both.
    private func choose(
        _ seat: Int, index: Int, team: [Int], state: State, banned: [Int], noise: Float,
        random: inout RandomSource
    ) -> Int? {
        let table = tables(of: index).timetable
        let track = instance.tracks[index]
        let role = track.seatRoles[seat]
        sum(index, team, without: seat)
        table.before(buffers.sums, into: buffers.before, least: buffers.least)
        let floor = table.total(buffers.sums, before: buffers.before)
        guard floor < .infinity else { return nil }
        table.after(buffers.sums, into: buffers.after, least: buffers.least)
        collectOptions(
            index, role: role, team: team, state: state, banned: banned, floor: floor, noise: noise, random: &random)
        let stages = track.roles[role].stages
        for stage in stages {
            for position in table.stages[stage] {
                buffers.rest[position] =
                    buffers.sums[position] + buffers.before[position] + buffers.after[position]
            }
        }
        var best = Float.infinity
        var choice: Int?
        func consider(_ option: Option) {
            let cost =
                option.cost
                + leastTimes(index, role: role, option: option, state: state, below: best - option.cost, floor: floor)
            if cost < best { (best, choice) = (cost, tables(of: index).candidates[role][option.candidate]) }
        }
        guard let first = options.min() else { return nil }
        consider(first)
        // Of thousands few are left that can be better than the first: only those are put in order.
        options.removeAll { $0.bound >= best || $0.candidate == first.candidate }
        options.sort()
        for option in options {
            guard option.bound < best else { break }
            consider(option)
        }
        return choice
    }

    /// Everyone who may take a seat beside the team so far.
    private func collectOptions(
        _ index: Int, role: Int, team: [Int], state: State, banned: [Int], floor: Float, noise: Float,
        random: inout RandomSource
    ) {
        let track = instance.tracks[index]
        let beside = state.beside(track, role: role, team: team)
        let tables = tables(of: index)
        options.removeAll(keepingCapacity: true)
        for (candidate, person) in tables.candidates[role].enumerated() {
            guard allowed?[person] ?? true, !team.contains(person), !banned.contains(person),
                var cost = state.marginalCost(person, track: track, beside: beside)
            else { continue }
            if noise > 0 { cost += noise * Float(random.nextUnit()) }
            let least = attendance.leastKept(index, role: role, candidate: candidate, in: tables)
            guard least < .infinity else { continue }
            options.append(Option(bound: floor + cost + least, cost: cost, candidate: candidate))
        }
    }

    /// The least that all times cost with somebody in the team; infinite, or too much, where it is not below a limit.
    private func leastTimes(
        _ index: Int, role: Int, option: Option, state: State, below limit: Float, floor: Float
    ) -> Float {
        let track = instance.tracks[index]
        let tables = tables(of: index)
        let table = tables.timetable
        let stages = track.roles[role].stages
        guard !stages.isEmpty else { return floor }
        let person = tables.candidates[role][option.candidate]
        var known = attendance.kept(index, role: role, candidate: option.candidate, in: tables).map {
            $0 + stages.count
        }
        var bound = floor
        for number in stages {
            let positions = table.stages[number]
            var costs = known.map { $0 - positions.lowerBound }
            func own() -> UnsafeMutablePointer<Float> {
                if let kept = costs {
                    (buffers.own + positions.lowerBound).update(
                        from: kept + positions.lowerBound, count: positions.count)
                    costs = nil
                }
                return buffers.own
            }
            if costs == nil {
                attendance.fill(number, of: index, table, for: person, isPinned: false, into: buffers.own)
            }
            state.block(person, track: track, number: number, table: table, isByRole: true, costs: own)
            let values = costs ?? UnsafePointer(buffers.own)
            bound = max(bound, leastSum(values, right: buffers.rest, range: positions))
            guard bound < limit else { return .infinity }
            if stages.count > 1 {
                for position in positions { buffers.joined[position] = buffers.sums[position] + values[position] }
            }
            known = known.map { $0 + positions.count }
        }
        guard stages.count > 1 else { return bound }
        for number in track.stages.indices where !stages.contains(number) {
            let positions = table.stages[number]
            (buffers.joined + positions.lowerBound).update(
                from: buffers.sums + positions.lowerBound, count: positions.count)
        }
        table.before(buffers.joined, into: buffers.joinedBefore, least: buffers.least)
        return table.total(buffers.joined, before: buffers.joinedBefore)
    }

    // MARK: Second attempts

    /// Rules out what is in the way: a member of the team, else the day or week of the last stage; false where there is
    /// neither.
    private func exclude(
        _ obstacle: Obstacle, index: Int, placement: Placement, state: State, exclusions: inout Exclusions
    ) -> Bool {
        let track = instance.tracks[index]
        if let person = culprit(obstacle, track: track, placement: placement, state: state) {
            guard !exclusions.people.contains(person) else { return false }
            exclusions.people.append(person)
            return true
        }
        let last = track.stages.count - 1
        guard !track.stages[last].isPinned else { return false }
        let day = instance.day(placement.starts[last], offset: track.offset)
        let isWeekly = if case .personLimit(_, "maxPerWeek") = obstacle { true } else { false }
        let first = isWeekly ? instance.firstDay(ofWeek: instance.week(day)) : day
        exclusions.starts.append(
            tables(of: index).timetable.positions(
                last, from: instance.firstSlot(first, offset: track.offset),
                to: instance.firstSlot(first + (isWeekly ? 7 : 1), offset: track.offset)))
        return true
    }

    /// A member of the team who may be left out so that the obstacle goes away.
    private func culprit(_ obstacle: Obstacle, track: Instance.Track, placement: Placement, state: State) -> Int? {
        let members = placement.people.filter { !track.pinnedPeople.contains($0) }
        switch obstacle {
        case .notFree(let person, _, _, _), .doubleBooked(let person, _, _), .personLimit(let person, _),
            .role(let person, _, _), .presence(let person, _):
            return members.first { Bytes(state.personID($0)) == Bytes(person) }
        case .schoolLimit(let school, _):
            return members.last {
                instance.people[$0].school >= 0
                    && Bytes(state.schoolID(instance.people[$0].school)) == Bytes(school)
            }
        case .start, .order, .room: return nil
        }
    }
}

/// Vectors as long as a timetable, to work in.
private final class Buffers {
    let base, sums, before, after, rest, own, joined, joinedBefore, least: UnsafeMutablePointer<Float>
    let members: [UnsafeMutablePointer<Float>]
    private let memory: UnsafeMutablePointer<Float>
    /// The numbers that each vector has room for.
    let size: Int

    init(size: Int, seats: Int) {
        self.size = size
        let count = max(size, 1)
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: count * (9 + seats))
        memory.initialize(repeating: 0, count: count * (9 + seats))
        self.memory = memory
        (base, sums, before) = (memory, memory + count, memory + 2 * count)
        (after, rest, own) = (memory + 3 * count, memory + 4 * count, memory + 5 * count)
        (joined, joinedBefore, least) = (memory + 6 * count, memory + 7 * count, memory + 8 * count)
        members = (0..<seats).map { memory + (9 + $0) * count }
    }

    deinit { memory.deallocate() }
}
