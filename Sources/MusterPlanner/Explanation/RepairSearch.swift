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
    let tables: TrackTables
    /// Whoever may be thought of for a seat.
    let pool: [Int]
    private(set) var tariff: RepairTariff
    /// The times that each stage could have if rules gave in.
    private(set) var columns: [[Start]] = []
    /// Who could fill each role if rules gave in, and what that asks, times aside.
    private(set) var options: [[Option]] = []
    /// The times at which each stage could be at all.
    private var starts: [[Start]] = []
    /// What asks as much or more is not looked at.
    private(set) var limit = RepairTariff.usual
    /// What each time of each stage asks of whoever would fill a role, as far as it was worked out.
    private var known: [Member: [[Float]]] = [:]

    init(_ state: State, track index: Int, tables: TrackTables) {
        self.state = state
        instance = state.instance
        self.index = index
        self.tables = tables
        track = state.instance.tracks[index]
        tariff = RepairTariff(state, track)
        let isSmall = state.instance.people.count <= 3000
        pool = isSmall ? Array(state.instance.people.indices) : tables.candidates.flatMap { $0 }.unique.sorted()
        starts = track.stages.indices.map(possibleStarts)
    }

    /// When a stage could start, if everything may be asked of it.
    private func possibleStarts(_ number: Int) -> [Start] {
        let stage = track.stages[number]
        func start(_ slot: Int, own: Float) -> Start {
            Start(slot: slot, day: instance.day(slot, offset: track.offset), own: own)
        }
        if let pinned = stage.pinnedStart { return [start(pinned, own: 0)] }
        let last = max(-1, instance.problem.horizon - stage.slots)
        var starts: [Start] = []
        var place = 0
        starts.reserveCapacity(last / stage.startEvery + 1)
        for slot in stride(from: 0, through: last, by: stage.startEvery) {
            if let own = tariff.start(number, slot, from: &place) { starts.append(start(slot, own: own)) }
        }
        return starts
    }

    /// The cheapest way found, and others that ask something else; empty where there is none.
    mutating func all(most count: Int) -> [Way] {
        var found: [Way] = []
        lookAtAll()
        while found.count < count {
            let cheap = cheap()
            let best = found.isEmpty ? cheaper(than: cheap) : cheap
            guard let best, tariff.worth(best.widenings) < limit else {
                guard limit < RepairTariff.most else { break }
                limit = RepairTariff.most
                lookAtAll()
                continue
            }
            found.append(best)
            let banned = tariff.ban(best.widenings)
            if banned.isEmpty { break }
            if found.count < count { lookAgain(at: banned) }
        }
        return found.sorted { tariff.worth($0.widenings) < tariff.worth($1.widenings) }
    }

    /// Works out what times and people ask.
    private mutating func lookAtAll() {
        known = [:]
        columns = Array(repeating: [], count: track.stages.count)
        // Those first that may well have no time left: without it there is nothing to look for.
        let isLikely = track.stages.indices.map { rests($0, on: tariff.banned) }
        for number in track.stages.indices.filter({ isLikely[$0] }) + track.stages.indices.filter({ !isLikely[$0] }) {
            columns[number] = column(number)
            if columns[number].isEmpty { return }
        }
        options = track.roles.indices.map { role in
            pool.map { Option(person: $0, price: tariff.role($0, role)) }.filter { $0.price < limit }
        }
    }

    /// Works out anew what times and people ask, as far as it is of those of whom nothing may be asked any more.
    private mutating func lookAgain(at banned: [RepairTariff.Subject]) {
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
    private func rests(_ number: Int, on subjects: [RepairTariff.Subject]) -> Bool {
        let stage = track.stages[number]
        return subjects.contains(.stage(number)) || subjects.contains(.school(track.school))
            || subjects.contains(.room(stage.room)) || stage.required.contains { subjects.contains(.person($0)) }
    }

    /// The times that a stage could have, with what they ask now.
    private func column(_ number: Int) -> [Start] {
        var places = [Int](repeating: 0, count: track.stages[number].required.count)
        let starts = starts[number].compactMap { priced($0, number, from: &places) }
        return starts.count > Self.manyStarts ? cheapestOfEachDay(starts) : starts
    }

    /// A start with what it asks now; nil where that is too much, or may not be asked.
    ///
    /// - Parameter places: where an earlier start was found among the times of each who is required; 0 for the first.
    private func priced(_ start: Start, _ number: Int, from places: inout [Int]) -> Start? {
        guard start.own < limit else { return nil }
        let stage = track.stages[number]
        var start = start
        (start.price, start.shared) =
            stage.isPinned ? (0, 0) : (tariff.place(number, start.slot, own: start.own), tariff.host(start.slot))
        for (position, person) in stage.required.enumerated() where start.price < limit {
            start.price += tariff.free(
                person, at: start.slot, slots: stage.slots, isPinned: stage.isPinned, from: &places[position])
            if !stage.isPinned { start.shared += tariff.limits(person, start.slot, isByRole: false) }
        }
        return start.price < limit ? start : nil
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
        let seats = tables.openSeats
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
            track.roles[role].stages.contains(number) ? tariff.member(person, number, at: columns[number]) : []
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
        let rests = rests(prices)
        guard let floor = rests[0].min(), floor < limit else { return nil }
        let role = track.seatRoles[seat]
        let schools = Set(team.filter { $0 >= 0 }.map { instance.people[$0].school }.filter { $0 >= 0 })
        let options = options[role].filter { option in
            !team.contains(option.person)
                && !(track.distinctSchools && schools.contains(instance.people[option.person].school))
        }
        var best = limit
        var choice: Int?
        // The freest first: of equals it is the one who is easiest to ask.
        for option in options.sorted(by: { key($0) < key($1) }).prefix(Self.mostCandidates)
        where floor + option.price < best {
            let own = memberPrices(option.person, role)
            guard let price = price(of: own, role, prices: prices, rests: rests, below: best - option.price) else {
                continue
            }
            (best, choice) = (price + option.price, option.person)
        }
        return choice
    }

    /// What all times take with somebody in the team; nil where that is not below a limit.
    private func price(
        of own: [[Float]], _ role: Int, prices: [[Float]], rests: [[Float]], below limit: Float
    ) -> Float? {
        let stages = track.roles[role].stages
        var bound: Float = 0
        for number in stages {
            var least = Float.infinity
            for position in rests[number].indices {
                least = min(least, rests[number][position] + own[number][position])
            }
            bound = max(bound, least)
            guard bound < limit else { return nil }
        }
        if stages.count == 1 { return bound }
        var sums = prices
        for number in stages {
            for position in sums[number].indices { sums[number][position] += own[number][position] }
        }
        return times(sums).flatMap { $0.price < limit ? $0.price : nil }
    }

    private func key(_ option: Option) -> (Float, Int, Int) {
        (option.price, state.trackCounts[option.person], option.person)
    }

    /// The cheapest times in order, and what they take.
    private func times(_ prices: [[Float]]) -> (price: Float, starts: [Int])? {
        var values = prices[0]
        var origins: [[Int]] = [[]]
        for number in columns.indices.dropFirst() {
            let (least, origin) = least(at: number, besides: values, of: number - 1, prices[number])
            values = least
            origins.append(origin)
        }
        guard var position = values.indices.min(by: { values[$0] < values[$1] }), values[position] < limit
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

    /// For each time of each stage the least that all times take together with it.
    private func rests(_ prices: [[Float]]) -> [[Float]] {
        var (before, after) = (prices, prices)
        for number in columns.indices.dropFirst() {
            before[number] = least(at: number, besides: before[number - 1], of: number - 1, prices[number]).prices
        }
        for number in columns.indices.dropLast().reversed() {
            after[number] = least(at: number, besides: after[number + 1], of: number + 1, prices[number]).prices
        }
        return columns.indices.map { number in
            prices[number].indices.map { position in
                prices[number][position] < limit
                    ? before[number][position] + after[number][position] - prices[number][position] : .infinity
            }
        }
    }

    /// For each time of a stage what it takes together with the best time of the stage before or after it, and which
    /// that is.
    ///
    /// - Parameters:
    ///   - values: what each time of the other stage takes.
    ///   - own: what each time of the stage takes.
    private func least(
        at number: Int, besides values: [Float], of other: Int, _ own: [Float]
    ) -> (prices: [Float], origins: [Int]) {
        let isForward = other < number
        let days = leastByDay(columns[other], values)
        let gap = tariff.gap(max(number, other))
        let separation = tables.timetable.separation[max(number, other)]
        let bothPinned = track.stages[number].isPinned && track.stages[other].isPinned
        var prices = [Float](repeating: .infinity, count: own.count)
        var origins = [Int](repeating: -1, count: own.count)
        var elsewhere: (day: Int, price: Float, position: Int) = (.min, .infinity, -1)
        var today = 0
        for (position, start) in columns[number].enumerated() where own[position] < limit {
            if elsewhere.day != start.day {
                elsewhere = (start.day, .infinity, -1)
                for day in days where (isForward ? day.number < start.day : day.number > start.day) || bothPinned {
                    let (from, to) = isForward ? (day.number, start.day) : (start.day, day.number)
                    let price = day.price + gap.price(from: from, to: to)
                    if price < elsewhere.price { (elsewhere.price, elsewhere.position) = (price, day.position) }
                }
            }
            var (price, origin) = (elsewhere.price, elsewhere.position)
            while today < days.count, days[today].number < start.day { today += 1 }
            if today < days.count, days[today].number == start.day {
                let sameDay = gap.price(from: start.day, to: start.day)
                for candidate in days[today].positions {
                    let slot = columns[other][candidate].slot
                    let isInOrder = isForward ? slot + separation <= start.slot : start.slot + separation <= slot
                    if isInOrder, values[candidate] + sameDay < price {
                        (price, origin) = (values[candidate] + sameDay, candidate)
                    }
                }
            }
            prices[position] = price + own[position]
            origins[position] = origin
        }
        return (prices, origins)
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
