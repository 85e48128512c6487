/// What is wrong with a problem: where, as a JSON path, and a sentence.
public struct ProblemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `tracks[3].stages[0].slots`; empty for the document itself.
    public let path: String
    /// `must be at least 1`.
    public let message: String

    /// `tracks[3].stages[0].slots: must be at least 1`.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }

    init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    /// The same, seen from one level further out.
    func inside(_ key: String) -> ProblemError {
        ProblemError(path.isEmpty || path.hasPrefix("[") ? key + path : "\(key).\(path)", message)
    }
}

extension Problem {
    /// Checks everything that the format promises and the tables rely on.
    ///
    /// - Throws: the first thing that is not as the format says.
    public func validate() throws(ProblemError) {
        guard format == "muster-problem/1" else { throw ProblemError("format", "must be \"muster-problem/1\"") }
        guard (1...1440).contains(slotMinutes), 1440 % slotMinutes == 0 else {
            throw ProblemError("slotMinutes", "must divide 1440")
        }
        guard (0...Self.longestHorizon).contains(horizon) else {
            throw ProblemError("horizon", "must lie in 0 to \(Self.longestHorizon)")
        }
        guard (0...6).contains(weekday) else { throw ProblemError("weekday", "must lie in 0 (Monday) to 6") }
        try small(buffer, "buffer")
        for (name, weight) in Weights.named.sorted(by: { $0.key < $1.key }) {
            try small(weights[keyPath: weight], "weights.\(name)")
        }
        try each(rooms, name: "rooms") { (room) throws(ProblemError) in try small(room.capacity, "capacity") }
        try each(schools, name: "schools") { (school) throws(ProblemError) in
            try small(school.maxPerDay ?? 0, "maxPerDay")
        }
        try each(groups, name: "groups") { (group) throws(ProblemError) in try small(group.maxTracks ?? 0, "maxTracks")
        }
        try unique(groups.map(\.id), "groups")
        try unique(held.map(\.track), "held")
        try each(held, name: "held", check: validate)
        try unique(people.map(\.id), "people")
        try unique(schools.map(\.id), "schools")
        try unique(rooms.map(\.id), "rooms")
        try unique(tracks.map(\.id), "tracks")
        try unique(published.map(\.track), "published")
        try unique(pinned.map(\.track), "pinned")
        let known = Known(
            people: Set(people.map { Bytes($0.id) }), rooms: Set(rooms.map { Bytes($0.id) }),
            tracks: Dictionary(uniqueKeysWithValues: tracks.indices.map { (Bytes(tracks[$0].id), $0) }))
        try each(people, name: "people", check: validate)
        try each(tracks, name: "tracks") { (track) throws(ProblemError) in try validate(track, known) }
        try each(pinned, name: "pinned") { (pin) throws(ProblemError) in try validate(pin, known) }
    }

    /// Slots of the longest season: nearly four years of minutes.
    private static let longestHorizon = 2_000_000
    /// Places that the stages of a track may have, all together: each takes some eighty bytes where one is searched.
    private static let mostPlaces = 10_000_000

    private struct Known {
        let people: Set<Bytes>
        let rooms: Set<Bytes>
        let tracks: [Bytes: Int]
    }

    private func validate(_ person: Person) throws(ProblemError) {
        try small(person.maxTracks ?? 0, "maxTracks")
        try small(person.maxPerDay ?? 0, "maxPerDay")
        try small(person.maxPerWeek ?? 0, "maxPerWeek")
        try near(person.offset)
        try intervals(person.free, "free")
        try intervals(person.avoid, "avoid")
    }

    private func validate(_ held: Held) throws(ProblemError) {
        try unique(held.team, "team")
        try each(held.sessions, name: "sessions") { (session) throws(ProblemError) in
            try small(session.slots, "slots", least: 1)
            guard (-Self.longestHorizon...horizon).contains(session.start) else {
                throw ProblemError("start", "\(session.start) is too long ago, or after the horizon")
            }
            try unique(session.team + session.required, "team")
        }
    }

    private func validate(_ track: Track, _ known: Known) throws(ProblemError) {
        guard !track.stages.isEmpty else { throw ProblemError("stages", "a track has at least one stage") }
        guard track.stages.count <= Self.mostPlaces / max(1, horizon) else {
            throw ProblemError(
                "stages",
                "\(track.stages.count) stages in \(horizon) slots are more than can be searched; stages times slots are at most \(Self.mostPlaces)"
            )
        }
        try unique(track.stages.map(\.id), "stages")
        try unique(track.roles.map(\.id), "roles")
        try small(track.priority, "priority")
        try near(track.offset)
        try each(track.roles, name: "roles") { (role) throws(ProblemError) in
            guard (0...10_000).contains(role.count) else { throw ProblemError("count", "\(role.count) are no team") }
        }
        try ascend(track.days, "days")
        try exist(track.required, known: known.people, path: "required")
        try exist(track.optional, known: known.people, path: "optional")
        try unique(track.excluded, "excluded")
        try unique(track.previous, "previous")
        try unique(track.apart, "apart")
        let roles = Set(track.roles.map { Bytes($0.id) })
        try each(track.stages, name: "stages") { (stage) throws(ProblemError) in
            try validate(stage, roles: roles, known: known)
        }
    }

    private func validate(_ stage: Stage, roles: Set<Bytes>, known: Known) throws(ProblemError) {
        try small(stage.slots, "slots", least: 1)
        try small(stage.startEvery, "startEvery", least: 1)
        try exist(stage.required, known: known.people, path: "required")
        try exist(stage.roles, known: roles, path: "roles")
        if let room = stage.room { try exist([room], known: known.rooms, path: "room") }
        try ascend(stage.days, "days")
        try intervals(stage.free ?? [], "free")
        try intervals(stage.avoid, "avoid")
        if let window = stage.window {
            guard 0 <= window.from, window.from <= window.to, window.to <= horizon else {
                throw ProblemError("window", "[\(window.from), \(window.to)] does not lie inside the horizon")
            }
        }
        if let gap = stage.gap {
            try small(gap.from, "gap")
            try small(gap.to, "gap")
        }
    }

    private func validate(_ pin: Placement, _ known: Known) throws(ProblemError) {
        guard let track = known.tracks[Bytes(pin.track)].map({ tracks[$0] }) else {
            throw ProblemError("track", "there is no track \"\(pin.track)\"")
        }
        try exist(pin.starts.keys.sorted(), known: Set(track.stages.map { Bytes($0.id) }), path: "starts")
        try exist(pin.team.keys.sorted(), known: Set(track.roles.map { Bytes($0.id) }), path: "team")
        for (role, people) in pin.team.sorted(by: { $0.key < $1.key }) {
            try exist(people, known: known.people, path: "team.\(role)")
        }
        for (stage, start) in pin.starts.sorted(by: { $0.key < $1.key }) where !(0..<horizon).contains(start) {
            throw ProblemError("starts.\(stage)", "\(start) lies outside the horizon")
        }
    }

    // MARK: What is asked of one value

    private func each<Item>(
        _ items: [Item], name: String, check: (Item) throws(ProblemError) -> Void
    ) throws(ProblemError) {
        for (index, item) in items.enumerated() {
            do throws(ProblemError) { try check(item) } catch { throw error.inside("[\(index)]").inside(name) }
        }
    }

    private func small(_ value: Int, _ path: String, least: Int = 0) throws(ProblemError) {
        guard value >= least else { throw ProblemError(path, "\(value) is less than \(least)") }
        guard value <= Int(Int32.max) else { throw ProblemError(path, "\(value) does not fit in 32 bits") }
    }

    private func near(_ offset: Int) throws(ProblemError) {
        guard abs(offset) <= 1440 / slotMinutes else { throw ProblemError("offset", "\(offset) is more than a day") }
    }

    private func intervals(_ ranges: [SlotRange], _ path: String) throws(ProblemError) {
        var last = -1
        for range in ranges {
            guard last < range.from, range.from < range.to, range.to <= horizon else { throw disorder(range, path) }
            last = range.to
        }
    }

    private func intervals(_ ranges: [WeightedRange], _ path: String) throws(ProblemError) {
        var last = 0
        for range in ranges {
            guard last <= range.from, range.from < range.to, range.to <= horizon else {
                throw disorder(SlotRange(range.from, range.to), path)
            }
            try small(range.weight, path)
            last = range.to
        }
    }

    private func disorder(_ range: SlotRange, _ path: String) -> ProblemError {
        ProblemError(
            path, "[\(range.from), \(range.to)] is empty, outside the horizon, or touches or precedes the one before it"
        )
    }

    private func ascend(_ days: [Int]?, _ path: String) throws(ProblemError) {
        guard let days, let pair = zip(days, days.dropFirst()).first(where: { $0 >= $1 }) else { return }
        throw ProblemError(path, "\(pair.1) stands after \(pair.0): days are sorted, each once")
    }

    private func exist(_ ids: [String], known: Set<Bytes>, path: String) throws(ProblemError) {
        if let missing = ids.first(where: { !known.contains(Bytes($0)) }) {
            throw ProblemError(path, "there is no \"\(missing)\"")
        }
        try unique(ids, path)
    }

    private func unique(_ ids: [String], _ path: String) throws(ProblemError) {
        var seen = Set<Bytes>(minimumCapacity: ids.count)
        if let double = ids.first(where: { !seen.insert(Bytes($0)).inserted }) {
            throw ProblemError(path, "\"\(double)\" stands twice")
        }
    }
}
