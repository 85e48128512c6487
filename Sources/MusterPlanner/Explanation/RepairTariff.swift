/// What it takes that a track stands where rules forbid it: one price for each thing that would have to be wider, and a
/// small one for how far; infinite where nothing helps, or where only that helps which may not be asked.
struct RepairTariff {
    /// The price of one thing; how far it goes costs 1 for each unit, so `Float` holds three of them exactly.
    private static let thing: Float = 131_072
    /// From here on nothing is a repair: more than three things.
    static let most = thing * 4
    /// Nearly always one thing is enough.
    static let usual = thing * 2

    /// Whom and what something is asked of.
    enum Subject: Equatable {
        case person(Int)
        case stage(Int)
        case school(Int)
        case room(Int)
    }

    private let state: State
    private let instance: Instance
    private let track: Instance.Track
    /// Of whom and what nothing may be asked; so few that looking through them is faster than hashing.
    private(set) var banned: [Subject] = []

    init(_ state: State, _ track: Instance.Track) {
        self.state = state
        instance = state.instance
        self.track = track
    }

    /// Asks nothing more of those of whom these ask; returns of whom that is new.
    mutating func ban(_ widenings: [Widening]) -> [Subject] {
        let new = widenings.map(subject).filter { !banned.contains($0) }
        banned += new
        return new
    }

    /// The price of widenings, whatever may be asked.
    func worth(_ widenings: [Widening]) -> Float {
        widenings.reduce(0) { $0 + worth($1) }
    }

    private func worth(_ widening: Widening) -> Float { Self.thing + Float(min(widening.size, 40_000)) }

    private func subject(_ widening: Widening) -> Subject {
        switch widening.kind {
        case .free(let person, _, _), .maxTracks(let person, _), .maxPerDay(let person, _), .maxPerWeek(let person, _),
            .qualify(let person, _):
            .person(person)
        case .stageFree(let stage, _, _), .window(let stage, _), .gap(let stage, _), .day(let stage, _): .stage(stage)
        case .school(let school, _): .school(school)
        case .room(let room, _, _, _): .room(room)
        }
    }

    private func price(_ subject: Subject, _ size: Int) -> Float {
        banned.contains(subject) ? .infinity : Self.thing + Float(size)
    }

    // MARK: Times

    /// What a start asks of the stage, whatever may be asked; nil where nothing helps.
    ///
    /// - Parameter place: where an earlier start was found among the times of the stage; 0 for the first.
    func start(_ number: Int, _ slot: Int, from place: inout Int) -> Float? {
        var price: Float = 0
        return instance.widen(stage: number, of: track, at: slot, from: &place) { price += worth($0) } ? price : nil
    }

    /// What it asks of the stage, which is `own` where that may be asked, and of its room.
    func place(_ number: Int, _ slot: Int, own: Float) -> Float {
        (own > 0 && banned.contains(.stage(number)) ? .infinity : own) + room(track.stages[number], slot)
    }

    private func room(_ stage: Instance.Stage, _ slot: Int) -> Float {
        guard stage.room >= 0 else { return 0 }
        let capacity = instance.roomCapacities[stage.room]
        let counts = (slot..<slot + stage.slots).map { Int(state.use(stage.room, $0).count) + 1 }
        guard let first = counts.firstIndex(where: { $0 > capacity }),
            let last = counts.lastIndex(where: { $0 > capacity })
        else { return 0 }
        return price(.room(stage.room), ((counts.max() ?? capacity) - capacity) * (last + 1 - first))
    }

    /// What it asks of the host school.
    func host(_ slot: Int) -> Float {
        let day = instance.day(slot, offset: track.offset)
        if state.canHost(track, day) { return 0 }
        return price(
            .school(track.school), state.day(track.school, day).count + 1 - instance.schoolLimits[track.school])
    }

    /// The gap between a stage and the one before.
    func gap(_ number: Int) -> Gap {
        let isFree = track.stages[number - 1].isPinned && track.stages[number].isPinned
        return Gap(
            days: isFree ? nil : track.stages[number].gap, openDays: track.openDays, price: price(.stage(number), 0))
    }

    /// What days ask of a gap.
    struct Gap {
        /// What it may be; nil where it may be anything.
        fileprivate let days: SlotRange?
        fileprivate let openDays: [Int32]
        fileprivate let price: Float

        /// What it asks that the one is on a day and the other on another.
        func price(from: Int, to: Int) -> Float {
            guard let excess = days?.excess(Int(openDays[to] - openDays[from])), excess > 0 else { return 0 }
            return price + Float(excess)
        }
    }

    // MARK: People

    /// What it takes that somebody can come, who is not pinned there, limits aside.
    func free(_ person: Int, at slot: Int, slots: Int) -> Float {
        var place = instance.people[person].free.partitioningIndex { $0.to > slot }
        return free(person, at: slot, slots: slots, isPinned: false, from: &place)
    }

    /// What it takes that somebody can come, limits aside.
    ///
    /// - Parameter place: where an earlier start was found among the times of that person; 0 for the first.
    func free(_ person: Int, at slot: Int, slots: Int, isPinned: Bool, from place: inout Int) -> Float {
        if state.isElsewhere(person, start: slot, end: slot + slots, isPinned: isPinned) { return .infinity }
        guard !isPinned, let missing = instance.people[person].free.missing(slot, slot + slots, from: &place) else {
            return 0
        }
        return price(.person(person), missing.to - missing.from)
    }

    /// What it takes of limits that somebody comes.
    func limits(_ person: Int, _ slot: Int, isByRole: Bool) -> Float {
        let data = instance.people[person]
        let day = instance.day(slot, offset: data.offset)
        var sum: Float = 0
        if data.maxPerDay < .max || data.maxPerWeek < .max {
            let sessions = state.sessions(person, day)
            if sessions.inDay >= data.maxPerDay { sum += price(.person(person), sessions.inDay + 1 - data.maxPerDay) }
            if sessions.inWeek >= data.maxPerWeek {
                sum += price(.person(person), sessions.inWeek + 1 - data.maxPerWeek)
            }
        }
        guard isByRole, data.school >= 0, instance.schoolLimits[data.school] < .max else { return sum }
        let use = state.day(data.school, day)
        guard use.count >= instance.schoolLimits[data.school], !state.isAway(person, day) else { return sum }
        return sum + price(.school(data.school), use.count + 1 - instance.schoolLimits[data.school])
    }

    /// What it takes that somebody fills a role, times aside.
    func role(_ person: Int, _ role: Int) -> Float {
        guard instance.roleObstacle(track, role: role, person: person, ignoringQualification: true) == nil,
            !state.isTaken(person, apartFrom: track)
        else { return .infinity }
        let data = instance.people[person]
        let isAbsent = track.roles[role].stages.contains { track.stages[$0].isInPerson } && data.region != track.region
        if isAbsent { return .infinity }
        let excess = state.excessTracks(person, with: track)
        return (data.qualifications.contains(track.roles[role].id) ? 0 : price(.person(person), 1))
            + (excess > 0 ? price(.person(person), excess) : 0)
    }

    /// What it takes that somebody comes to a stage by a role, at each of its times.
    func member(_ person: Int, _ number: Int, at starts: [RepairSearch.Start]) -> [Float] {
        let stage = track.stages[number]
        if stage.required.contains(person) { return Array(repeating: 0, count: starts.count) }
        let isPinned = stage.isPinned && stage.isPinned(person, in: track)
        var place = 0
        return starts.map { start in
            free(person, at: start.slot, slots: stage.slots, isPinned: isPinned, from: &place)
                + (isPinned ? 0 : limits(person, start.slot, isByRole: true))
        }
    }
}
