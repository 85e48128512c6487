/// Finds what would make an unscheduled track fit: the same insertion, with rules that give in at a price.
///
/// First a team is chosen seat by seat with the cheapest times for it, then everything cheaper is looked through, as far
/// as a fixed amount of work goes.
struct RepairSearch {
    /// A way to place the track, and what would have to be wider for it.
    typealias Way = (placement: Placement, widenings: [Widening])

    /// A time for a stage.
    struct Start {
        let slot: Int
        let day: Int
        /// What it asks of the stage alone, whatever may be asked.
        let own: Float
        /// What it asks of the stage, its room and those it requires.
        var price: Float = 0
        /// What it asks of limits, which several sessions may share.
        var shared: Float = 0

        var total: Float { price + shared }
    }

    /// Somebody for a role.
    struct Option {
        let person: Int
        let price: Float
    }

    private struct Member: Hashable {
        let person: Int
        let role: Int
    }

    /// So many people are looked at for a seat: among the freest of a whole region somebody can always come.
    private static let mostCandidates = 100
    /// From so many starts of a stage on only the likelier ones are looked at.
    private static let manyStarts = 1000
    private static let startsADay = 16

    let state: State
    let instance: Instance
    let index: Int
    let track: Instance.Track
    let tables: SearchTables
    /// Whoever may be thought of for a seat.
    let pool: [Int]
    private(set) var tariff: RepairTariff
    /// The times that each stage could have if rules gave in.
    private(set) var columns: [[Start]] = []
    /// Who could fill each role if rules gave in, and what that asks, times aside.
    private(set) var options: [[Option]] = []
    /// The times that no ban has ruled out for each stage: bans only grow, so what is once out stays so.
    private var open: [[Start]] = []
    /// What each time of each stage asks of whoever would fill a role, as far as it was worked out.
    private var known: [Member: [[Float]]] = [:]

    init(_ state: State, _ index: Int, _ tables: SearchTables) {
        self.state = state
        instance = state.instance
        self.index = index
        self.tables = tables
        track = state.instance.tracks[index]
        tariff = RepairTariff(state, track)
        let isSmall = state.instance.people.count <= 3000
        pool = isSmall ? Array(state.instance.people.indices) : tables.candidates[index].flatMap { $0 }.unique.sorted()
        open = track.stages.indices.map(starts)
    }

    /// When a stage could start, if everything may be asked of it.
    private func starts(_ number: Int) -> [Start] {
        let stage = track.stages[number]
        func start(_ slot: Int, own: Float) -> Start {
            Start(slot: slot, day: instance.day(slot, offset: track.offset), own: own)
        }
        if let pinned = stage.pinnedStart { return [start(pinned, own: 0)] }
        let last = max(-1, instance.problem.horizon - stage.slots)
        var starts: [Start] = []
        starts.reserveCapacity(last / stage.startEvery + 1)
        for slot in stride(from: 0, through: last, by: stage.startEvery) {
            if let own = tariff.start(number, slot) { starts.append(start(slot, own: own)) }
        }
        return starts
    }

    /// The cheapest way found, and others that ask something else; empty where there is none.
    mutating func all(most count: Int) -> [Way] {
        var found: [Way] = []
        columns = track.stages.indices.map { column($0) }
        options = track.roles.indices.map { role in
            pool.map { Option(person: $0, price: tariff.role($0, role)) }.filter { $0.price < RepairTariff.most }
        }
        while found.count < count {
            let cheap = cheap()
            guard let best = found.isEmpty ? cheaper(than: cheap) : cheap else { break }
            found.append(best)
            let banned = tariff.ban(best.widenings)
            if banned.isEmpty { break }
            if found.count < count { lookAgain(at: banned) }
        }
        return found.sorted { tariff.worth($0.widenings) < tariff.worth($1.widenings) }
    }

    /// Works out anew what times and people ask, as far as it is of those of whom nothing may be asked any more.
    private mutating func lookAgain(at banned: Set<RepairTariff.Subject>) {
        for number in track.stages.indices where rests(number, on: banned) {
            columns[number] = column(number)
            known = [:]
        }
        known = known.filter { member, _ in
            !banned.contains(.person(member.person)) && !banned.contains(.school(instance.people[member.person].school))
        }
        for role in options.indices {
            options[role].removeAll { $0.price > 0 && banned.contains(.person($0.person)) }
        }
    }

    /// Whether what the times of a stage ask is asked of one of these.
    private func rests(_ number: Int, on subjects: Set<RepairTariff.Subject>) -> Bool {
        let stage = track.stages[number]
        return subjects.contains(.stage(number)) || subjects.contains(.school(track.school))
            || subjects.contains(.room(stage.room)) || stage.required.contains { subjects.contains(.person($0)) }
    }

    /// The times that a stage could have, with what they ask now.
    private mutating func column(_ number: Int) -> [Start] {
        open[number] = priced(number)
        return open[number].count > Self.manyStarts ? cheapestOfEachDay(open[number]) : open[number]
    }

    /// The open times of a stage with what they ask now.
    private func priced(_ number: Int) -> [Start] {
        var left: [Start] = []
        left.reserveCapacity(open[number].count)
        for start in open[number] { if let start = priced(start, number) { left.append(start) } }
        return left
    }

    /// A start with what it asks now; nil where that is too much, or may not be asked.
    private func priced(_ start: Start, _ number: Int) -> Start? {
        let stage = track.stages[number]
        var start = start
        (start.price, start.shared) =
            stage.isPinned ? (0, 0) : (tariff.place(number, start.slot, own: start.own), tariff.host(start.slot))
        for person in stage.required where start.price < RepairTariff.most {
            start.price += tariff.free(person, start.slot, stage.slots, isPinned: stage.isPinned)
            if !stage.isPinned { start.shared += tariff.limits(person, start.slot, isByRole: false) }
        }
        return start.price < RepairTariff.most ? start : nil
    }

    /// Of a long season only the likelier starts: on each day those that ask least, in order of time.
    private func cheapestOfEachDay(_ starts: [Start]) -> [Start] {
        var likely: [Start] = []
        var rest = starts[...]
        while let day = rest.first?.day {
            let today = rest.prefix { $0.day == day }
            let cheapest = today.sorted { ($0.total, $0.slot) < ($1.total, $1.slot) }.prefix(Self.startsADay)
            likely += cheapest.sorted { $0.slot < $1.slot }
            rest = rest.dropFirst(today.count)
        }
        return likely
    }

    // MARK: Seat by seat

    /// A cheap way: each seat gets whom the rest of the team and the times cost least with.
    private mutating func cheap() -> Way? {
        var team = [Int](repeating: -1, count: track.seatRoles.count)
        var own = [[[Float]]](repeating: [], count: team.count)
        for role in track.roles {
            for (seat, person) in zip(role.seats, role.pinned) {
                team[seat] = person
                own[seat] = memberPrices(person, track.seatRoles[seat])
            }
        }
        let seats = tables.openSeats[index]
        for seat in seats + (seats.count > 1 ? seats : []) {
            own[seat] = []
            team[seat] = -1
            guard let person = choose(for: seat, team: team, prices: summed(own)) else { return nil }
            team[seat] = person
            own[seat] = memberPrices(person, track.seatRoles[seat])
        }
        guard let (_, starts) = times(summed(own)) else { return nil }
        let placement = Placement(starts: starts, people: team)
        return state.widenings(index, placement).map { (placement, $0) }
    }

    private mutating func memberPrices(_ person: Int, _ role: Int) -> [[Float]] {
        let member = Member(person: person, role: role)
        if let prices = known[member] { return prices }
        let prices = columns.indices.map { number in
            track.roles[role].stages.contains(number)
                ? columns[number].map { tariff.member(person, number, $0.slot) } : []
        }
        known[member] = prices
        return prices
    }

    private func summed(_ own: [[[Float]]]) -> [[Float]] {
        columns.indices.map { number in
            var sums = columns[number].map(\.total)
            for member in own where !member.isEmpty && !member[number].isEmpty {
                for position in sums.indices { sums[position] += member[number][position] }
            }
            return sums
        }
    }

    private mutating func choose(for seat: Int, team: [Int], prices: [[Float]]) -> Int? {
        guard let floor = times(prices)?.price else { return nil }
        let role = track.seatRoles[seat]
        let schools = Set(team.filter { $0 >= 0 }.map { instance.people[$0].school }.filter { $0 >= 0 })
        let options = options[role].filter { option in
            !team.contains(option.person)
                && !(track.distinctSchools && schools.contains(instance.people[option.person].school))
        }
        var best = RepairTariff.most
        var choice: Int?
        // The freest first: of equals it is the one who is easiest to ask.
        for option in options.sorted(by: { key($0) < key($1) }).prefix(Self.mostCandidates)
        where floor + option.price < best {
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

    private func key(_ option: Option) -> (Float, Int, Int) {
        (option.price, state.trackCounts[option.person], option.person)
    }

    /// The cheapest times in order, and what they take.
    private func times(_ prices: [[Float]]) -> (price: Float, starts: [Int])? {
        var values = prices[0]
        var origins: [[Int]] = [[]]
        for number in columns.indices.dropFirst() {
            let (left, right) = (columns[number - 1], columns[number])
            let days = leastByDay(left, values)
            let gap = tariff.gap(number)
            let separation = tables.timetables[index].separation[number]
            let bothPinned = track.stages[number - 1].isPinned && track.stages[number].isPinned
            var next = [Float](repeating: .infinity, count: right.count)
            var origin = [Int](repeating: -1, count: right.count)
            var earlier: (day: Int, price: Float, position: Int) = (.min, .infinity, -1)
            var today = 0
            for (position, start) in right.enumerated() where prices[number][position] < RepairTariff.most {
                if earlier.day != start.day {
                    earlier = (start.day, .infinity, -1)
                    for day in days where day.number < start.day || bothPinned {
                        let price = day.price + gap.price(from: day.number, to: start.day)
                        if price < earlier.price { (earlier.price, earlier.position) = (price, day.position) }
                    }
                }
                (next[position], origin[position]) = (earlier.price, earlier.position)
                while today < days.count, days[today].number < start.day { today += 1 }
                if today < days.count, days[today].number == start.day {
                    let sameDay = gap.price(from: start.day, to: start.day)
                    for other in days[today].positions where left[other].slot + separation <= start.slot {
                        if values[other] + sameDay < next[position] {
                            (next[position], origin[position]) = (values[other] + sameDay, other)
                        }
                    }
                }
                next[position] += prices[number][position]
            }
            values = next
            origins.append(origin)
        }
        guard var position = values.indices.min(by: { values[$0] < values[$1] }), values[position] < RepairTariff.most
        else {
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
}
