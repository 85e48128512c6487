/// What is wrong with a problem: the JSON path and a sentence.
public struct ProblemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `tracks[3].stages[0].slots: must be at least 1`.
    public let description: String

    init(_ path: String, _ message: String) {
        description = path.isEmpty ? message : "\(path): \(message)"
    }
}

extension Problem {
    /// Checks what the tables rely on.
    ///
    /// - Throws: the first thing that is not as the format says.
    public func validate() throws(ProblemError) {
        guard format == "muster-problem/1" else { throw ProblemError("format", "must be \"muster-problem/1\"") }
        guard (1...1440).contains(slotMinutes), 1440 % slotMinutes == 0 else {
            throw ProblemError("slotMinutes", "must divide 1440")
        }
        guard (0...2_000_000).contains(horizon) else { throw ProblemError("horizon", "must lie in 0 to 2000000") }
        guard (0...6).contains(weekday) else { throw ProblemError("weekday", "must lie in 0 (Monday) to 6") }
        try small(buffer, "buffer")
        for weight in [
            weights.optional, weights.load, weights.balance, weights.theme, weights.outside, weights.repeats,
            weights.reciprocal, weights.elapsed, weights.move, weights.swap,
        ] { try small(weight, "weights") }
        for room in rooms { try small(room.capacity, "rooms") }
        for school in schools { try small(school.maxPerDay ?? 0, "schools") }
        try unique(people.map(\.id), "people")
        try unique(schools.map(\.id), "schools")
        try unique(rooms.map(\.id), "rooms")
        try unique(tracks.map(\.id), "tracks")
        let known = Set(people.map { Bytes($0.id) })
        let roomIDs = Set(rooms.map { Bytes($0.id) })
        for (index, person) in people.enumerated() { try validate(person, "people[\(index)]") }
        for (index, track) in tracks.enumerated() { try validate(track, "tracks[\(index)]", known, roomIDs) }
        for (index, pin) in pinned.enumerated() { try validate(pin, "pinned[\(index)]", known) }
    }

    private func validate(_ person: Person, _ path: String) throws(ProblemError) {
        for limit in [person.maxTracks, person.maxPerDay, person.maxPerWeek] { try small(limit ?? 0, path) }
        guard abs(person.offset) <= 1440 else { throw ProblemError(path + ".offset", "is more than a day") }
        for range in person.avoid { try small(range.weight, path + ".avoid") }
        for range in person.free where range.from < 0 || range.to > horizon || range.from >= range.to {
            throw ProblemError(path + ".free", "[\(range.from), \(range.to)] does not lie inside the horizon")
        }
        for range in person.avoid
        where range.from < 0 || range.to > horizon || range.from >= range.to || range.weight < 0 {
            throw ProblemError(path + ".avoid", "[\(range.from), \(range.to)] does not lie inside the horizon")
        }
    }

    private func validate(
        _ track: Track, _ path: String, _ known: Set<Bytes>, _ roomIDs: Set<Bytes>
    ) throws(ProblemError) {
        guard !track.stages.isEmpty else { throw ProblemError(path + ".stages", "a track has at least one stage") }
        try unique(track.stages.map(\.id), path + ".stages")
        try unique(track.roles.map(\.id), path + ".roles")
        let roleIDs = Set(track.roles.map { Bytes($0.id) })
        try small(track.priority, path + ".priority")
        guard abs(track.offset) <= 1440 else { throw ProblemError(path + ".offset", "is more than a day") }
        for role in track.roles where !(0...1000).contains(role.count) {
            throw ProblemError(path + ".roles", "\(role.count) people are no team")
        }
        try exist(track.required, known, path + ".required")
        try exist(track.optional, known, path + ".optional")
        for (index, stage) in track.stages.enumerated() {
            let path = path + ".stages[\(index)]"
            try small(stage.slots, path)
            try small(stage.startEvery, path)
            for range in stage.avoid { try small(range.weight, path + ".avoid") }
            guard stage.slots > 0, stage.startEvery > 0 else {
                throw ProblemError(path, "slots and startEvery are at least 1")
            }
            try exist(stage.required, known, path + ".required")
            try exist(stage.roles, roleIDs, path + ".roles")
            if let room = stage.room { try exist([room], roomIDs, path + ".room") }
        }
    }

    private func validate(_ pin: Placement, _ path: String, _ known: Set<Bytes>) throws(ProblemError) {
        guard let track = tracks.first(where: { Bytes($0.id) == Bytes(pin.track) }) else {
            throw ProblemError(path + ".track", "there is no track \"\(pin.track)\"")
        }
        try exist(Array(pin.starts.keys), Set(track.stages.map { Bytes($0.id) }), path + ".starts")
        try exist(Array(pin.team.keys), Set(track.roles.map { Bytes($0.id) }), path + ".team")
        try exist(pin.team.values.flatMap { $0 }, known, path + ".team")
        for start in pin.starts.values where !(0..<horizon).contains(start) {
            throw ProblemError(path + ".starts", "\(start) lies outside the horizon")
        }
    }

    /// Numbers are not negative and fit in 32 bits.
    private func small(_ value: Int, _ path: String) throws(ProblemError) {
        guard (0...Int(Int32.max)).contains(value) else {
            throw ProblemError(path, "\(value) is negative or does not fit in 32 bits")
        }
    }

    private func exist(_ ids: [String], _ known: Set<Bytes>, _ path: String) throws(ProblemError) {
        if let missing = ids.first(where: { !known.contains(Bytes($0)) }) {
            throw ProblemError(path, "there is no \"\(missing)\"")
        }
    }

    private func unique(_ ids: [String], _ path: String) throws(ProblemError) {
        var seen: Set<Bytes> = []
        if let double = ids.first(where: { !seen.insert(Bytes($0)).inserted }) {
            throw ProblemError(path, "\"\(double)\" stands twice")
        }
    }
}
