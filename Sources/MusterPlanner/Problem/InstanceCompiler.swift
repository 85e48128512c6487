/// Works out the tables of an instance.
struct InstanceCompiler {
    let problem: Problem
    let slotsPerDay: Int
    let firstDay: Int
    private let dayCount: Int
    private(set) var people = Interner()
    private(set) var schools = Interner()
    private(set) var tracks = Interner()
    private var regions = Interner()
    private var roles = Interner()
    private var themes = Interner()
    private var rooms = Interner()
    private(set) var schoolLimits: [Int] = []
    private var published: [Bytes: Problem.Placement] = [:]
    private var pinned: [Bytes: Problem.Placement] = [:]

    init(_ problem: Problem) {
        self.problem = problem
        slotsPerDay = 1440 / problem.slotMinutes
        let offsets = problem.tracks.map(\.offset) + problem.people.map(\.offset)
        firstDay = floorDivide(offsets.min() ?? 0, slotsPerDay) - 1
        dayCount = floorDivide(problem.horizon + (offsets.max() ?? 0), slotsPerDay) + 2 - firstDay
        for person in problem.people {
            _ = people.index(person.id)
            person.school.map { _ = schools.index($0) }
            person.region.map { _ = regions.index($0) }
            person.qualifications.forEach { _ = roles.index($0) }
            person.themes.forEach { _ = themes.index($0) }
        }
        problem.schools.forEach { _ = schools.index($0.id) }
        problem.rooms.forEach { _ = rooms.index($0.id) }
        for track in problem.tracks {
            _ = tracks.index(track.id)
            track.school.map { _ = schools.index($0) }
            track.region.map { _ = regions.index($0) }
            track.theme.map { _ = themes.index($0) }
            track.roles.forEach { _ = roles.index($0.id) }
        }
        schoolLimits = Array(repeating: .max, count: schools.names.count)
        for school in problem.schools {
            if let index = schools.known(school.id), let limit = school.maxPerDay { schoolLimits[index] = limit }
        }
        for placement in problem.published { published[Bytes(placement.track)] = placement }
        for placement in problem.pinned { pinned[Bytes(placement.track)] = placement }
    }

    func person(_ person: Problem.Person) -> Instance.Person {
        var freeEnd = [Int32](repeating: 0, count: problem.horizon)
        for range in merged(person.free) where range.to > 0 {
            for slot in max(0, range.from)..<min(range.to, problem.horizon) { freeEnd[slot] = Int32(range.to) }
        }
        return Instance.Person(
            school: person.school.flatMap(schools.known) ?? -1, region: person.region.flatMap(regions.known) ?? -1,
            offset: person.offset, qualifications: Set(person.qualifications.compactMap(roles.known)),
            themes: Set(person.themes.compactMap(themes.known)), freeEnd: freeEnd, avoidSums: sums(person.avoid),
            maxTracks: person.maxTracks ?? .max, maxPerDay: person.maxPerDay ?? .max,
            maxPerWeek: person.maxPerWeek ?? .max)
    }

    func track(_ track: Problem.Track) -> Instance.Track {
        let published = published[Bytes(track.id)]
        let pin = pinned[Bytes(track.id)]
        let open = track.days.map(Set.init)
        var count = 0
        let openDays = (firstDay..<firstDay + dayCount).map { day in
            if open?.contains(day) ?? true { count += 1 }
            return count
        }
        let trackRoles = track.roles.map { role in
            Instance.Role(
                id: roles.known(role.id) ?? -1, count: role.count,
                stages: track.stages.indices.filter {
                    track.stages[$0].roles.contains(where: { Bytes($0) == Bytes(role.id) })
                },
                pinned: people(pin?.team.first { Bytes($0.key) == Bytes(role.id) }?.value ?? []))
        }
        let stages = track.stages.map { stage($0, of: track, pin: pin, published: published) }
        let stageIDs = Set(track.stages.map { Bytes($0.id) })
        let team = (published?.team ?? [:]).flatMap { role, ids in
            ids.compactMap { id in people.known(id).map { (role: roles.known(role) ?? -1, person: $0) } }
        }
        return Instance.Track(
            school: track.school.flatMap(schools.known) ?? -1, region: track.region.flatMap(regions.known) ?? -1,
            offset: track.offset, theme: track.theme.flatMap(themes.known) ?? -1, priority: track.priority,
            optional: people(track.optional), excluded: Set(people(track.excluded)),
            previous: Set(people(track.previous)),
            required: Set(people(track.required + track.stages.flatMap(\.required))),
            distinctSchools: track.distinctSchools, wantsOutside: track.wantsOutside, roles: trackRoles, stages: stages,
            publishedTeam: team, publishedPairs: (published?.team ?? [:]).values.reduce(0) { $0 + $1.count },
            lostStarts: (published?.starts ?? [:]).keys.filter { !stageIDs.contains(Bytes($0)) }.count,
            openDays: openDays,
            pinnedPeople: Set(trackRoles.flatMap(\.pinned)))
    }

    private func stage(
        _ stage: Problem.Stage, of track: Problem.Track, pin: Problem.Placement?, published: Problem.Placement?
    ) -> Instance.Stage {
        let pinnedStart = pin?.starts.first { Bytes($0.key) == Bytes(stage.id) }?.value
        let starts = pinnedStart.map { [$0] } ?? allowedStarts(stage, of: track)
        let publishedStart = published?.starts.first { Bytes($0.key) == Bytes(stage.id) }?.value
        let avoidSums = sums(stage.avoid)
        var required: [Int] = []
        for person in people(track.required + stage.required) where !required.contains(person) {
            required.append(person)
        }
        return Instance.Stage(
            slots: stage.slots,
            roles: track.roles.indices.filter { index in
                stage.roles.contains { Bytes($0) == Bytes(track.roles[index].id) }
            },
            room: stage.room.flatMap(rooms.known) ?? -1, isInPerson: stage.inPerson, required: required, starts: starts,
            isPinned: pinnedStart != nil,
            startCosts: startCosts(starts, stage, track, required, avoidSums, publishedStart), avoidSums: avoidSums,
            gap: (stage.gap?.from ?? 0)...max(stage.gap?.from ?? 0, stage.gap?.to ?? .max),
            publishedStart: publishedStart)
    }

    private func startCosts(
        _ starts: [Int], _ stage: Problem.Stage, _ track: Problem.Track, _ required: [Int], _ avoidSums: [Int],
        _ publishedStart: Int?
    ) -> [Int] {
        let requiredSums = required.map { sums(problem.people[$0].avoid) }.filter { !$0.isEmpty } + [avoidSums]
        let optional = people(track.optional).map { merged(problem.people[$0].free) }
        return starts.map { start in
            let end = start + stage.slots
            var cost = requiredSums.reduce(0) {
                $0 + ($1.isEmpty ? 0 : $1[min(end, $1.count - 1)] - $1[min(start, $1.count - 1)])
            }
            if problem.weights.optional > 0 {
                let absent = optional.filter { free in !free.contains { $0.from <= start && end <= $0.to } }
                cost += problem.weights.optional * absent.count
            }
            if let publishedStart, publishedStart != start { cost += problem.weights.move }
            return cost
        }
    }

    /// The starts that rule 1 allows.
    private func allowedStarts(_ stage: Problem.Stage, of track: Problem.Track) -> [Int] {
        let window = stage.window ?? SlotRange(0, problem.horizon)
        let days = (stage.days ?? track.days).map(Set.init)
        let intervals = stage.free.map(merged) ?? [SlotRange(0, problem.horizon)]
        var starts: [Int] = []
        for interval in intervals {
            let from = max(interval.from, window.from, 0)
            let last = min(interval.to, window.to, problem.horizon) - stage.slots
            guard from <= last else { continue }
            let first = (from + stage.startEvery - 1) / stage.startEvery * stage.startEvery
            for start in stride(from: first, through: last, by: stage.startEvery) {
                let day = floorDivide(start + track.offset, slotsPerDay)
                let lastDay = floorDivide(start + stage.slots - 1 + track.offset, slotsPerDay)
                if day == lastDay, days?.contains(day) ?? true { starts.append(start) }
            }
        }
        return starts
    }

    private func people(_ ids: [String]) -> [Int] { ids.compactMap(people.known) }

    private func sums(_ ranges: [WeightedRange]) -> [Int] {
        guard !ranges.isEmpty else { return [] }
        var weights = [Int](repeating: 0, count: problem.horizon + 1)
        for range in ranges where range.from < range.to {
            for slot in max(0, range.from)..<min(range.to, problem.horizon) { weights[slot + 1] += range.weight }
        }
        for slot in 1..<weights.count { weights[slot] += weights[slot - 1] }
        return weights
    }

    private func merged(_ ranges: [SlotRange]) -> [SlotRange] {
        var result: [SlotRange] = []
        for range in ranges.sorted(by: { $0.from < $1.from }) where range.from < range.to {
            if let last = result.last, range.from <= last.to {
                result[result.count - 1].to = max(last.to, range.to)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
