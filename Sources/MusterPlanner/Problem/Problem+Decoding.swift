// Nearly every key may be left out; what is left out has the value that stands in the type.

extension KeyedDecodingContainer {
    fileprivate func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        if let given = try decodeIfPresent(Value.self, forKey: key) { value = given }
    }
}

extension Problem {
    enum CodingKeys: String, CodingKey {
        case format, start, weekday, slotMinutes, horizon, people, schools, rooms, buffer, tracks, published, pinned,
            weights
    }

    /// Reads the exchange format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(horizon: try container.decode(Int.self, forKey: .horizon))
        try container.read(.format, into: &format)
        try container.read(.start, into: &start)
        try container.read(.weekday, into: &weekday)
        try container.read(.slotMinutes, into: &slotMinutes)
        try container.read(.people, into: &people)
        try container.read(.schools, into: &schools)
        try container.read(.rooms, into: &rooms)
        try container.read(.buffer, into: &buffer)
        try container.read(.tracks, into: &tracks)
        try container.read(.published, into: &published)
        try container.read(.pinned, into: &pinned)
        try container.read(.weights, into: &weights)
    }
}

extension Problem.Person {
    enum CodingKeys: String, CodingKey {
        case id, school, region, offset, qualifications, themes, free, avoid, maxTracks, maxPerDay, maxPerWeek
    }

    /// Reads the exchange format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(id: try container.decode(String.self, forKey: .id))
        try container.read(.school, into: &school)
        try container.read(.region, into: &region)
        try container.read(.offset, into: &offset)
        try container.read(.qualifications, into: &qualifications)
        try container.read(.themes, into: &themes)
        try container.read(.free, into: &free)
        try container.read(.avoid, into: &avoid)
        try container.read(.maxTracks, into: &maxTracks)
        try container.read(.maxPerDay, into: &maxPerDay)
        try container.read(.maxPerWeek, into: &maxPerWeek)
    }
}

extension Problem.Role {
    enum CodingKeys: String, CodingKey {
        case id, count
    }

    /// Reads the exchange format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(id: try container.decode(String.self, forKey: .id))
        try container.read(.count, into: &count)
    }
}

extension Problem.Stage {
    enum CodingKeys: String, CodingKey {
        case id, slots, roles, room, inPerson, startEvery, window, required, days, free, avoid, gap
    }

    /// Reads the exchange format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(String.self, forKey: .id), slots: try container.decode(Int.self, forKey: .slots))
        try container.read(.roles, into: &roles)
        try container.read(.room, into: &room)
        try container.read(.inPerson, into: &inPerson)
        try container.read(.startEvery, into: &startEvery)
        try container.read(.window, into: &window)
        try container.read(.required, into: &required)
        try container.read(.days, into: &days)
        try container.read(.free, into: &free)
        try container.read(.avoid, into: &avoid)
        try container.read(.gap, into: &gap)
    }
}

extension Problem.Track {
    enum CodingKeys: String, CodingKey {
        case id, school, region, offset, theme, priority, required, optional, excluded, previous, days, distinctSchools
        case wantsOutside, roles, stages
    }

    /// Reads the exchange format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(String.self, forKey: .id),
            stages: try container.decode([Problem.Stage].self, forKey: .stages))
        try container.read(.school, into: &school)
        try container.read(.region, into: &region)
        try container.read(.offset, into: &offset)
        try container.read(.theme, into: &theme)
        try container.read(.priority, into: &priority)
        try container.read(.required, into: &required)
        try container.read(.optional, into: &optional)
        try container.read(.excluded, into: &excluded)
        try container.read(.previous, into: &previous)
        try container.read(.days, into: &days)
        try container.read(.distinctSchools, into: &distinctSchools)
        try container.read(.wantsOutside, into: &wantsOutside)
        try container.read(.roles, into: &roles)
    }
}

extension Problem.Placement {
    enum CodingKeys: String, CodingKey {
        case track, starts, team
    }

    /// Reads the exchange format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(track: try container.decode(String.self, forKey: .track))
        try container.read(.starts, into: &starts)
        try container.read(.team, into: &team)
    }
}

extension Problem.Weights {
    enum CodingKeys: String, CodingKey {
        case optional, load, balance, theme, outside
        case repeats = "repeat"
        case reciprocal, elapsed, move, swap
    }

    /// Reads the exchange format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        try container.read(.optional, into: &optional)
        try container.read(.load, into: &load)
        try container.read(.balance, into: &balance)
        try container.read(.theme, into: &theme)
        try container.read(.outside, into: &outside)
        try container.read(.repeats, into: &repeats)
        try container.read(.reciprocal, into: &reciprocal)
        try container.read(.elapsed, into: &elapsed)
        try container.read(.move, into: &move)
        try container.read(.swap, into: &swap)
    }
}
