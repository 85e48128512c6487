/// Works out the tables of an instance.
struct InstanceCompiler: Sendable {
    let problem: Problem
    let slotsPerDay: Int
    let firstDay: Int
    let dayCount: Int
    private(set) var people = Interner()
    private(set) var schools = Interner()
    private(set) var tracks = Interner()
    private var regions = Interner()
    private var roles = Interner()
    private var themes = Interner()
    private var rooms = Interner()
    private(set) var schoolLimits: [Int] = []
    private var groups = Interner()
    private(set) var groupLimits: [Int] = []
    private var formerTeams: [Bytes: [Int]] = [:]
    private var apart: [Bytes: [Int]] = [:]
    private var published: [Bytes: Problem.Placement] = [:]
    private var pinned: [Bytes: Problem.Placement] = [:]

    init(_ problem: Problem) {
        self.problem = problem
        slotsPerDay = 1440 / problem.slotMinutes
        var (least, most) = (0, 0)
        for offset in problem.tracks.lazy.map(\.offset) { (least, most) = (min(least, offset), max(most, offset)) }
        for offset in problem.people.lazy.map(\.offset) { (least, most) = (min(least, offset), max(most, offset)) }
        firstDay = floorDivide(least, slotsPerDay) - 1
        dayCount = floorDivide(problem.horizon + most, slotsPerDay) + 2 - firstDay
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
        for id in problem.groups.map(\.id) + problem.tracks.compactMap(\.group) + problem.held.compactMap(\.group) {
            _ = groups.index(id)
        }
        groupLimits = Array(repeating: .max, count: groups.names.count)
        for group in problem.groups {
            if let index = groups.known(group.id), let limit = group.maxTracks { groupLimits[index] = limit }
        }
        for (index, track) in problem.tracks.enumerated() {
            for other in track.apart.compactMap(tracks.known) where other != index {
                apart[Bytes(track.id), default: []].append(other)
                apart[Bytes(problem.tracks[other].id), default: []].append(index)
            }
        }
        for held in problem.held { formerTeams[Bytes(held.track)] = held.team.compactMap(people.known) }
        for placement in problem.published { published[Bytes(placement.track)] = placement }
        for placement in problem.pinned { pinned[Bytes(placement.track)] = placement }
    }

    func person(_ person: Problem.Person) -> Instance.Person {
        Instance.Person(
            school: person.school.flatMap(schools.known) ?? -1, region: person.region.flatMap(regions.known) ?? -1,
            offset: person.offset, qualifications: person.qualifications.compactMap(roles.known),
            themes: person.themes.compactMap(themes.known), free: person.free, avoid: CostProfile(person.avoid),
            maxTracks: person.maxTracks, maxPerDay: person.maxPerDay ?? .max,
            maxPerWeek: person.maxPerWeek ?? .max)
    }

    func track(_ track: Problem.Track) -> Instance.Track {
        let published = published[Bytes(track.id)]
        let pin = pinned[Bytes(track.id)]
        let roles = roles(of: track, pin)
        let seatRoles = roles.indices.flatMap { Array(repeating: $0, count: roles[$0].seats.count) }
        let stages = track.stages.map { stage($0, of: track, seatRoles, pin: pin, published: published) }
        let stageIDs = Set(track.stages.map { Bytes($0.id) })
        let team = track.roles.indices.flatMap { role in
            let ids = published?.team.first { Bytes($0.key) == Bytes(track.roles[role].id) }?.value ?? []
            return people(ids).map { (role: role, person: $0) }
        }
        return Instance.Track(
            group: track.group.flatMap(groups.known) ?? -1, school: track.school.flatMap(schools.known) ?? -1,
            region: track.region.flatMap(regions.known) ?? -1,
            offset: track.offset, theme: track.theme.flatMap(themes.known) ?? -1, priority: track.priority,
            optional: people(track.optional), excluded: people(track.excluded).sorted(),
            previous: people(track.previous),
            required: people(track.required + track.stages.flatMap(\.required)).unique,
            distinctSchools: track.distinctSchools, wantsOutside: track.wantsOutside, roles: roles, stages: stages,
            seatRoles: seatRoles, publishedTeam: team,
            publishedPairs: (published?.team ?? [:]).values.reduce(0) { $0 + $1.count },
            lostStarts: (published?.starts ?? [:]).keys.filter { !stageIDs.contains(Bytes($0)) }.count,
            openDays: openDays(track), pinnedPeople: roles.flatMap(\.pinned).unique,
            formerTeam: formerTeams[Bytes(track.id)] ?? [],
            apart: (apart[Bytes(track.id)] ?? []).unique)
    }

    /// What was held; sessions before the horizon count for no day or week of it.
    func held(_ held: Problem.Held) -> Instance.Held {
        let attendances = held.sessions.filter { $0.start >= 0 }.flatMap { session in
            func attendances(_ ids: [String], isByRole: Bool) -> [Instance.Attendance] {
                people(ids).map {
                    Instance.Attendance(
                        person: $0, stage: -1, start: session.start, end: session.start + session.slots,
                        isByRole: isByRole, isPinned: true)
                }
            }
            return attendances(session.team, isByRole: true) + attendances(session.required, isByRole: false)
        }
        return Instance.Held(
            group: held.group.flatMap(groups.known) ?? -1, team: people(held.team), attendances: attendances)
    }

    private func openDays(_ track: Problem.Track) -> [Int32] {
        guard let days = track.days else { return (1...Int32(dayCount)).map(\.self) }
        var count: Int32 = 0
        var next = 0
        return (firstDay..<firstDay + dayCount).map { day in
            while next < days.count, days[next] <= day {
                // Days before the first that anybody could mean count for nothing.
                if days[next] == day { count += 1 }
                next += 1
            }
            return count
        }
    }

    private func roles(of track: Problem.Track, _ pin: Problem.Placement?) -> [Instance.Role] {
        var seat = 0
        return track.roles.map { role in
            defer { seat += role.count }
            return Instance.Role(
                id: roles.known(role.id) ?? -1, count: role.count,
                stages: track.stages.indices.filter { track.stages[$0].roles.contains { Bytes($0) == Bytes(role.id) } },
                pinned: people(pin?.team.first { Bytes($0.key) == Bytes(role.id) }?.value ?? []),
                seats: seat..<seat + role.count)
        }
    }

    private func index(of role: String, in track: Problem.Track) -> Int? {
        track.roles.firstIndex { Bytes($0.id) == Bytes(role) }
    }

    private func stage(
        _ stage: Problem.Stage, of track: Problem.Track, _ seatRoles: [Int], pin: Problem.Placement?,
        published: Problem.Placement?
    ) -> Instance.Stage {
        let roles = stage.roles.compactMap { index(of: $0, in: track) }
        return Instance.Stage(
            slots: stage.slots, seats: seatRoles.indices.filter { roles.contains(seatRoles[$0]) },
            room: stage.room.flatMap(rooms.known) ?? -1, isInPerson: stage.inPerson,
            required: people(track.required + stage.required).unique, startEvery: stage.startEvery,
            window: stage.window ?? SlotRange(0, problem.horizon), free: stage.free, days: stage.days ?? track.days,
            pinnedStart: pin?.starts.first { Bytes($0.key) == Bytes(stage.id) }?.value, avoid: CostProfile(stage.avoid),
            gap: stage.gap ?? SlotRange(0, problem.horizon),
            publishedStart: published?.starts.first { Bytes($0.key) == Bytes(stage.id) }?.value)
    }

    private func people(_ ids: [String]) -> [Int] { ids.compactMap(people.known) }
}

extension Array where Element: Hashable {
    /// Each element once, where it stands first.
    var unique: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
