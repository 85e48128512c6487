/// Finds what would make an unscheduled track fit: the same insertion, with rules that give in at a price.
///
/// One price for each thing that would have to be wider, and a small one for how far. First a team is chosen seat by
/// seat with the cheapest times for it, then everything cheaper is looked through, as far as a fixed amount of work goes.
struct RepairSearch {
    /// The price of one thing; how far it goes costs 1 for each unit, so `Float` holds three of them exactly.
    private static let thing: Float = 131_072
    /// Above this nothing is a repair: more than three things.
    private static let most = thing * 4
    /// Steps of the exact part.
    private static let steps = 300_000

    /// A time for a stage.
    private struct Start {
        let slot: Int
        let day: Int
        /// What it asks of the stage, its room and those it requires.
        let price: Float
        /// What it asks of limits, which several sessions may share.
        let shared: Float
    }

    /// What may not be asked again, so that another way is found.
    private enum Subject: Hashable {
        case person(Int)
        case stage(Int)
        case school(Int)
        case room(Int)
    }

    private let state: State
    private let instance: Instance
    private let index: Int
    private let track: Instance.Track
    private let pool: [Int]
    private let tables: SearchTables
    private var banned: Set<Subject> = []
    private var columns: [[Start]] = []

    init(_ state: State, _ index: Int, _ tables: SearchTables) {
        self.state = state
        instance = state.instance
        self.index = index
        self.tables = tables
        track = state.instance.tracks[index]
        let isSmall = state.instance.people.count <= 3000
        pool = isSmall ? Array(state.instance.people.indices) : tables.candidates[index].flatMap { $0 }.unique.sorted()
    }

    /// The cheapest way found, and others that ask something else; empty where there is none.
    mutating func all(most count: Int) -> [(placement: Placement, widenings: [Widening])] {
        var found: [(placement: Placement, widenings: [Widening])] = []
        banned = []
        while found.count < count {
            columns = track.stages.indices.map(column)
            var best = cheap()
            if found.isEmpty { improve(&best) }
            guard let best else { break }
            found.append(best)
            let before = banned.count
            for widening in best.widenings { banned.formUnion(subjects(widening)) }
            if banned.count == before { break }
        }
        return found.sorted { worth($0.widenings) < worth($1.widenings) }
    }

    private func worth(_ widenings: [Widening]) -> Float {
        widenings.reduce(0) { $0 + Self.thing + Float(min($1.size, 40_000)) }
    }

    private func subjects(_ widening: Widening) -> Set<Subject> {
        switch widening.kind {
        case .free(let person, _, _), .maxTracks(let person, _), .maxPerDay(let person, _), .maxPerWeek(let person, _),
            .qualify(let person, _):
            [.person(person)]
        case .stageFree(let stage, _, _), .window(let stage, _), .gap(let stage, _), .day(let stage, _): [.stage(stage)]
        case .school(let school, _): [.school(school)]
        case .room(let room, _, _, _): [.room(room)]
        }
    }

    // MARK: Prices

    private func price(_ widenings: [Widening]) -> Float {
        widenings.contains { !subjects($0).isDisjoint(with: banned) } ? .infinity : worth(widenings)
    }

    /// The times that a stage could have if rules gave in.
    private func column(_ number: Int) -> [Start] {
        let stage = track.stages[number]
        let slots =
            stage.pinnedStart.map { [$0] }
            ?? Array(
                stride(from: 0, through: max(-1, instance.problem.horizon - stage.slots), by: stage.startEvery))
        return slots.compactMap { slot in
            var price: Float = 0
            var shared: Float = 0
            if !stage.isPinned {
                guard let widenings = instance.widenings(track, number, slot) else { return nil }
                price = self.price(widenings) + roomPrice(stage, slot)
                shared = hostPrice(slot)
            }
            for person in stage.required where price < Self.most {
                price += freePrice(person, slot, stage.slots, isPinned: stage.isPinned)
                if !stage.isPinned { shared += limitPrice(person, slot, isByRole: false) }
            }
            guard price < Self.most else { return nil }
            return Start(
                slot: slot, day: instance.day(slot, offset: track.offset), price: price, shared: shared)
        }
    }

    private func roomPrice(_ stage: Instance.Stage, _ slot: Int) -> Float {
        guard stage.room >= 0 else { return 0 }
        let capacity = instance.roomCapacities[stage.room]
        var (first, last, most) = (-1, -1, capacity)
        for slot in slot..<slot + stage.slots {
            let count = Int(state.use(stage.room, slot).count) + 1
            guard count > capacity else { continue }
            if first < 0 { first = slot }
            (last, most) = (slot, max(most, count))
        }
        guard first >= 0 else { return 0 }
        if banned.contains(.room(stage.room)) { return .infinity }
        return Self.thing + Float((most - capacity) * (last + 1 - first))
    }

    private func hostPrice(_ slot: Int) -> Float {
        guard track.school >= 0, instance.schoolLimits[track.school] < .max else { return 0 }
        let use = state.day(track.school, instance.day(slot, offset: track.offset))
        guard use.hosting == 0, use.count >= instance.schoolLimits[track.school] else { return 0 }
        if banned.contains(.school(track.school)) { return .infinity }
        return Self.thing + Float(use.count + 1 - instance.schoolLimits[track.school])
    }

    /// What it takes that somebody can come, limits aside; infinite where they are elsewhere.
    private func freePrice(_ person: Int, _ slot: Int, _ slots: Int, isPinned: Bool) -> Float {
        let (start, end) = (slot, slot + slots)
        let isElsewhere = state.bookings[person].contains {
            !(isPinned && $0.isPinned) && start < Int($0.end) + instance.buffer && Int($0.start) < end + instance.buffer
        }
        if isElsewhere { return .infinity }
        guard !isPinned, let missing = instance.people[person].free.missing(start, end) else { return 0 }
        if banned.contains(.person(person)) { return .infinity }
        return Self.thing + Float(missing.to - missing.from)
    }

    /// What it takes of limits that somebody comes.
    private func limitPrice(_ person: Int, _ slot: Int, isByRole: Bool) -> Float {
        let data = instance.people[person]
        let day = instance.day(slot, offset: data.offset)
        var price: Float = 0
        if data.maxPerDay < .max {
            let count = state.bookings[person].count { Int($0.day) == day } + 1
            if count > data.maxPerDay { price += Self.thing + Float(count - data.maxPerDay) }
        }
        if data.maxPerWeek < .max {
            let week = instance.week(day)
            let count = state.bookings[person].count { instance.week(Int($0.day)) == week } + 1
            if count > data.maxPerWeek { price += Self.thing + Float(count - data.maxPerWeek) }
        }
        if price > 0, banned.contains(.person(person)) { return .infinity }
        guard isByRole, data.school >= 0, instance.schoolLimits[data.school] < .max else { return price }
        let use = state.day(data.school, day)
        guard use.count >= instance.schoolLimits[data.school], !state.isAway(person, day) else { return price }
        if banned.contains(.school(data.school)) { return .infinity }
        return price + Self.thing + Float(use.count + 1 - instance.schoolLimits[data.school])
    }

    /// What it takes that somebody fills a role, times aside; infinite where nothing helps.
    private func rolePrice(_ person: Int, _ role: Int) -> Float {
        guard instance.roleObstacle(track, role, person, ignoringQualification: true) == nil else { return .infinity }
        let data = instance.people[person]
        let isAbsent = track.roles[role].stages.contains { track.stages[$0].isInPerson } && data.region != track.region
        if isAbsent { return .infinity }
        var price: Float = data.qualifications.contains(track.roles[role].id) ? 0 : Self.thing + 1
        let count = state.trackCounts[person] + 1
        if count > data.maxTracks { price += Self.thing + Float(count - data.maxTracks) }
        return price > 0 && banned.contains(.person(person)) ? .infinity : price
    }

    private func memberPrice(_ person: Int, _ role: Int, _ number: Int, _ slot: Int) -> Float {
        let stage = track.stages[number]
        if stage.required.contains(person) { return 0 }
        let isPinned = stage.isPinned && stage.isPinned(person, in: track)
        return freePrice(person, slot, stage.slots, isPinned: isPinned)
            + (isPinned ? 0 : limitPrice(person, slot, isByRole: true))
    }

    private func gapPrice(_ number: Int, _ from: Int, _ to: Int) -> Float {
        let gap = Int(track.openDays[to] - track.openDays[from])
        let wanted = track.stages[number].gap
        if wanted.allows(gap) || track.stages[number - 1].isPinned && track.stages[number].isPinned { return 0 }
        if banned.contains(.stage(number)) { return .infinity }
        return Self.thing + Float(max(wanted.from - gap, 0) + max(gap - wanted.to, 0))
    }

    // MARK: Seat by seat

    /// A cheap way: each seat gets whom the rest of the team and the times cost least with.
    private func cheap() -> (placement: Placement, widenings: [Widening])? {
        var prices = columns.map { $0.map { $0.price + $0.shared } }
        var team = [Int](repeating: -1, count: track.seatRoles.count)
        var own = [[[Float]]](repeating: [], count: team.count)
        func seatPerson(_ person: Int, _ seat: Int) {
            team[seat] = person
            own[seat] = memberPrices(person, track.seatRoles[seat])
            prices = summed(own)
        }
        for role in track.roles {
            for (seat, person) in zip(role.seats, role.pinned) { seatPerson(person, seat) }
        }
        let seats = tables.openSeats[index]
        for seat in seats + (seats.count > 1 ? seats : []) {
            own[seat] = []
            team[seat] = -1
            prices = summed(own)
            guard let person = choose(seat, team, prices) else { return nil }
            seatPerson(person, seat)
        }
        guard let (_, starts) = times(prices) else { return nil }
        let placement = Placement(starts: starts, people: team)
        return state.widenings(index, placement).map { (placement, $0) }
    }

    private func memberPrices(_ person: Int, _ role: Int) -> [[Float]] {
        columns.indices.map { number in
            track.roles[role].stages.contains(number)
                ? columns[number].map { memberPrice(person, role, number, $0.slot) } : []
        }
    }

    private func summed(_ own: [[[Float]]]) -> [[Float]] {
        columns.indices.map { number in
            var sums = columns[number].map { $0.price + $0.shared }
            for member in own where !member.isEmpty && !member[number].isEmpty {
                for position in sums.indices { sums[position] += member[number][position] }
            }
            return sums
        }
    }

    private func choose(_ seat: Int, _ team: [Int], _ prices: [[Float]]) -> Int? {
        guard let floor = times(prices)?.price else { return nil }
        let role = track.seatRoles[seat]
        let schools = Set(team.filter { $0 >= 0 }.map { instance.people[$0].school }.filter { $0 >= 0 })
        let options = pool.filter { person in
            !team.contains(person) && !(track.distinctSchools && schools.contains(instance.people[person].school))
        }.map { (person: $0, price: rolePrice($0, role)) }.filter { $0.price < Self.most }
        var best = Self.most
        var choice: Int?
        // The freest first: of equals it is the one who is easiest to ask.
        for option in options.sorted(by: { key($0) < key($1) }) where floor + option.price < best {
            let own = memberPrices(option.person, role)
            var sums = prices
            for number in track.roles[role].stages {
                for position in sums[number].indices { sums[number][position] += own[number][position] }
            }
            guard let price = times(sums)?.price, price + option.price < best else { continue }
            (best, choice) = (price + option.price, option.person)
        }
        return choice
    }

    private func key(_ option: (person: Int, price: Float)) -> (Float, Int, Int) {
        (option.price, state.trackCounts[option.person], option.person)
    }

    /// The cheapest times in order, and what they take.
    private func times(_ prices: [[Float]]) -> (price: Float, starts: [Int])? {
        var values = prices[0]
        var origins: [[Int]] = [[]]
        for number in columns.indices.dropFirst() {
            let (left, right) = (columns[number - 1], columns[number])
            let days = leastByDay(left, values)
            let separation = tables.timetables[index].separation[number]
            let bothPinned = track.stages[number - 1].isPinned && track.stages[number].isPinned
            var next = [Float](repeating: .infinity, count: right.count)
            var origin = [Int](repeating: -1, count: right.count)
            var earlier: (day: Int, price: Float, position: Int) = (.min, .infinity, -1)
            for (position, start) in right.enumerated() where prices[number][position] < Self.most {
                if earlier.day != start.day {
                    earlier = (start.day, .infinity, -1)
                    for day in days where day.number < start.day || bothPinned {
                        let price = day.price + gapPrice(number, day.number, start.day)
                        if price < earlier.price { (earlier.price, earlier.position) = (price, day.position) }
                    }
                }
                (next[position], origin[position]) = (earlier.price, earlier.position)
                if let today = days.first(where: { $0.number == start.day }) {
                    let gap = gapPrice(number, start.day, start.day)
                    for other in today.positions where left[other].slot + separation <= start.slot {
                        if values[other] + gap < next[position] {
                            (next[position], origin[position]) = (values[other] + gap, other)
                        }
                    }
                }
                next[position] += prices[number][position]
            }
            values = next
            origins.append(origin)
        }
        guard var position = values.indices.min(by: { values[$0] < values[$1] }), values[position] < Self.most else {
            return nil
        }
        let price = values[position]
        var starts: [Int] = []
        for number in columns.indices.reversed() {
            starts.append(columns[number][position].slot)
            if number > 0 { position = origins[number][position] }
        }
        return (price, starts.reversed())
    }

    private func leastByDay(
        _ column: [Start], _ values: [Float]
    ) -> [(number: Int, price: Float, position: Int, positions: Range<Int>)] {
        var days: [(number: Int, price: Float, position: Int, positions: Range<Int>)] = []
        for (position, start) in column.enumerated() {
            if days.last?.number != start.day { days.append((start.day, .infinity, -1, position..<position)) }
            let last = days.count - 1
            days[last].positions = days[last].positions.lowerBound..<position + 1
            if values[position] < days[last].price {
                (days[last].price, days[last].position) = (values[position], position)
            }
        }
        return days
    }

    // MARK: Everything cheaper

    /// Looks through everything that may be cheaper, as far as the steps go.
    private func improve(_ best: inout (placement: Placement, widenings: [Widening])?) {
        var exact = ExactRepair(limit: best.map { worth($0.widenings) } ?? Self.most, steps: Self.steps)
        exact.team = [Int](repeating: -1, count: track.seatRoles.count)
        for role in track.roles {
            for (seat, person) in zip(role.seats, role.pinned) { exact.team[seat] = person }
        }
        let seats = tables.openSeats[index].sorted()
        let roles = track.roles.indices.map { role in
            pool.map { (person: $0, price: rolePrice($0, role)) }.filter { $0.price < Self.most }
        }
        chooseStart(&exact, seats, roles, price: 0)
        if let found = exact.found { best = found }
    }

    private struct ExactRepair {
        var limit: Float
        var steps: Int
        var starts: [Int] = []
        var days: [Int] = []
        var team: [Int] = []
        var found: (placement: Placement, widenings: [Widening])?
    }

    private func chooseStart(
        _ exact: inout ExactRepair, _ seats: [Int], _ roles: [[(person: Int, price: Float)]], price: Float
    ) {
        let number = exact.starts.count
        guard number < columns.count else { return chooseSeat(&exact, seats[...], roles, price: price) }
        for start in columns[number] {
            exact.steps -= 1
            guard exact.steps > 0 else { return }
            var price = price + start.price
            if number > 0 {
                let bothPinned = track.stages[number - 1].isPinned && track.stages[number].isPinned
                guard bothPinned || exact.starts[number - 1] + track.stages[number - 1].slots <= start.slot else {
                    continue
                }
                price += gapPrice(number, exact.days[number - 1], start.day)
            }
            guard price < exact.limit else { continue }
            exact.starts.append(start.slot)
            exact.days.append(start.day)
            chooseStart(&exact, seats, roles, price: price)
            exact.starts.removeLast()
            exact.days.removeLast()
        }
    }

    private func chooseSeat(
        _ exact: inout ExactRepair, _ seats: ArraySlice<Int>, _ roles: [[(person: Int, price: Float)]], price: Float
    ) {
        guard let seat = seats.first else { return settle(&exact) }
        let role = track.seatRoles[seat]
        // Seats of one role are alike, so their people ascend.
        let isAfterSame = track.roles[role].seats.contains(seat - 1) && tables.openSeats[index].contains(seat - 1)
        let least = isAfterSame ? exact.team[seat - 1] : -1
        for option in roles[role] where option.person > least && !exact.team.contains(option.person) {
            exact.steps -= 1
            guard exact.steps > 0 else { return }
            var price = price + option.price
            for number in track.roles[role].stages where price < exact.limit {
                let stage = track.stages[number]
                guard !stage.required.contains(option.person) else { continue }
                price += freePrice(option.person, exact.starts[number], stage.slots, isPinned: false)
            }
            guard price < exact.limit else { continue }
            exact.team[seat] = option.person
            chooseSeat(&exact, seats.dropFirst(), roles, price: price)
            exact.team[seat] = -1
        }
    }

    private func settle(_ exact: inout ExactRepair) {
        let placement = Placement(starts: exact.starts, people: exact.team)
        guard let widenings = state.widenings(index, placement), worth(widenings) < exact.limit else { return }
        exact.limit = worth(widenings)
        exact.found = (placement, widenings)
    }
}
