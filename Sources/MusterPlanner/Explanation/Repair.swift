/// What would make an unscheduled track fit, enough alone, with the placement that it makes possible.
public struct Repair: Hashable, Sendable {
    /// One thing that would have to be wider; without it the placement breaks a rule.
    public enum Relaxation: Hashable, Sendable {
        /// The person would have to be free in these slots.
        case free(person: String, from: Int, to: Int)
        /// The stage would have to be allowed in these slots.
        case stageFree(stage: String, from: Int, to: Int)
        /// The stage would have to be allowed inside this window.
        case window(stage: String, SlotRange)
        /// The stage would have to be allowed at these distances from the one before.
        case gap(stage: String, SlotRange)
        /// The stage would have to be allowed on that day.
        case day(stage: String, Int)
        /// The person could do so much.
        case personLimit(person: String, limit: String, value: Int)
        /// So many of the school could be out on one day.
        case schoolLimit(school: String, value: Int)
        /// The room could hold so many sessions in these slots.
        case room(String, from: Int, to: Int, capacity: Int)
        /// The person could fill the role.
        case qualify(person: String, role: String)
    }

    /// Everything that would have to be wider, at most three things.
    public let relaxations: [Relaxation]
    /// How far they go together: slots, days, people or sessions.
    public let size: Int
    /// The start of each stage.
    public let starts: [String: Int]
    /// The people of each role.
    public let team: [String: [String]]
}

extension Repair: Encodable {
    private enum CodingKeys: String, CodingKey {
        case relax, starts, team
    }

    /// Writes the exchange format.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(relaxations, forKey: .relax)
        try container.encode(starts, forKey: .starts)
        try container.encode(team, forKey: .team)
    }
}

extension Repair.Relaxation: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, person, stage, school, room, role, from, to, window, gap, day, limit, value, capacity
    }

    /// Writes the exchange format.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func text(_ value: String, _ key: CodingKeys) throws { try container.encode(value, forKey: key) }
        func number(_ value: Int, _ key: CodingKeys) throws { try container.encode(value, forKey: key) }
        switch self {
        case .free(let person, let from, let to):
            try text("free", .kind)
            try text(person, .person)
            try number(from, .from)
            try number(to, .to)
        case .stageFree(let stage, let from, let to):
            try text("free", .kind)
            try text(stage, .stage)
            try number(from, .from)
            try number(to, .to)
        case .window(let stage, let window):
            try text("window", .kind)
            try text(stage, .stage)
            try container.encode(window, forKey: .window)
        case .gap(let stage, let gap):
            try text("gap", .kind)
            try text(stage, .stage)
            try container.encode(gap, forKey: .gap)
        case .day(let stage, let day):
            try text("day", .kind)
            try text(stage, .stage)
            try number(day, .day)
        case .personLimit(let person, let limit, let value):
            try text("limit", .kind)
            try text(person, .person)
            try text(limit, .limit)
            try number(value, .value)
        case .schoolLimit(let school, let value):
            try text("limit", .kind)
            try text(school, .school)
            try text("maxPerDay", .limit)
            try number(value, .value)
        case .room(let room, let from, let to, let capacity):
            try text("room", .kind)
            try text(room, .room)
            try number(from, .from)
            try number(to, .to)
            try number(capacity, .capacity)
        case .qualify(let person, let role):
            try text("qualify", .kind)
            try text(person, .person)
            try text(role, .role)
        }
    }
}
