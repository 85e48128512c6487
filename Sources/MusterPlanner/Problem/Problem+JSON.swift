extension Problem {
    /// Reads the exchange format, `muster-problem/1`.
    ///
    /// Nearly every key may be left out, or be null; what is left out has the value that stands in the type. Keys that
    /// the format does not know are passed over.
    ///
    /// - Throws: `ProblemError` where this is not JSON or not of the format's shape, with the path to the place.
    public init(json bytes: UnsafeRawBufferPointer) throws(ProblemError) {
        self.init(horizon: -1)
        var reader = JSONReader(bytes)
        try reader.document { (reader) throws(ProblemError) in try read(&reader) }
        guard horizon >= 0 else { throw ProblemError("horizon", "is missing or negative") }
    }

    private mutating func read(_ reader: inout JSONReader) throws(ProblemError) {
        try reader.members { (reader, key) throws(ProblemError) in
            switch key {
            case "format": format = try reader.string()
            case "start": start = try reader.string()
            case "weekday": weekday = try reader.integer()
            case "slotMinutes": slotMinutes = try reader.integer()
            case "horizon": horizon = try reader.integer()
            case "people": people = try reader.list(Problem.Person.init)
            case "schools": schools = try reader.list(Problem.School.init)
            case "rooms": rooms = try reader.list(Problem.Room.init)
            case "buffer": buffer = try reader.integer()
            case "groups": groups = try reader.list(Problem.Group.init)
            case "held": held = try reader.list(Problem.Held.init)
            case "tracks": tracks = try reader.list(Problem.Track.init)
            case "published": published = try reader.list(Problem.Placement.init)
            case "pinned": pinned = try reader.list(Problem.Placement.init)
            case "weights": weights = try Weights(&reader)
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Person {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "")
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": id = try reader.string()
            case "school": school = try reader.string()
            case "region": region = try reader.string()
            case "offset": offset = try reader.integer()
            case "qualifications": qualifications = try reader.strings()
            case "themes": themes = try reader.strings()
            case "free": free = try reader.ranges()
            case "avoid": avoid = try reader.weightedRanges()
            case "maxTracks": maxTracks = try reader.integer()
            case "maxPerDay": maxPerDay = try reader.integer()
            case "maxPerWeek": maxPerWeek = try reader.integer()
            default: try reader.skip()
            }
        }
    }
}

extension Problem.School {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "")
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": id = try reader.string()
            case "maxPerDay": maxPerDay = try reader.integer()
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Room {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "", capacity: -1)
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": id = try reader.string()
            case "capacity": capacity = try reader.integer()
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Group {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "")
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": id = try reader.string()
            case "maxTracks": maxTracks = try reader.integer()
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Held {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(track: "")
        try reader.named("track") { (reader, key) throws(ProblemError) in
            switch key {
            case "track": track = try reader.string()
            case "group": group = try reader.string()
            case "team": team = try reader.strings()
            case "sessions": sessions = try reader.list(Session.init)
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Held.Session {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(start: 0, slots: 0, team: [])
        try reader.members { (reader, key) throws(ProblemError) in
            switch key {
            case "start": start = try reader.integer()
            case "slots": slots = try reader.integer()
            case "team": team = try reader.strings()
            case "required": required = try reader.strings()
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Role {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "")
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": id = try reader.string()
            case "count": count = try reader.integer()
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Stage {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "", slots: 0)
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": id = try reader.string()
            case "slots": slots = try reader.integer()
            case "roles": roles = try reader.strings()
            case "room": room = try reader.string()
            case "inPerson": inPerson = try reader.boolean()
            case "startEvery": startEvery = try reader.integer()
            case "window": window = try reader.range()
            case "required": required = try reader.strings()
            case "days": days = try reader.integers()
            case "free": free = try reader.ranges()
            case "avoid": avoid = try reader.weightedRanges()
            case "gap": gap = try reader.range()
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Track {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "", stages: [])
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": id = try reader.string()
            case "school": school = try reader.string()
            case "region": region = try reader.string()
            case "offset": offset = try reader.integer()
            case "group": group = try reader.string()
            case "theme": theme = try reader.string()
            case "priority": priority = try reader.integer()
            case "required": required = try reader.strings()
            case "optional": optional = try reader.strings()
            case "excluded": excluded = try reader.strings()
            case "previous": previous = try reader.strings()
            case "apart": apart = try reader.strings()
            case "days": days = try reader.integers()
            case "distinctSchools": distinctSchools = try reader.boolean()
            case "wantsOutside": wantsOutside = try reader.boolean()
            case "roles":
                roles = try reader.list(Problem.Role.init)
            case "stages":
                stages = try reader.list(Problem.Stage.init)
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Placement {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(track: "")
        try reader.named("track") { (reader, key) throws(ProblemError) in
            switch key {
            case "track": track = try reader.string()
            case "starts":
                try reader.members { (reader, key) throws(ProblemError) in
                    starts[key] = try reader.integer()
                }
            case "team":
                try reader.members { (reader, key) throws(ProblemError) in
                    team[key] = try reader.strings()
                }
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Weights {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init()
        try reader.members { (reader, key) throws(ProblemError) in
            if let weight = Self.named[key] {
                self[keyPath: weight] = try reader.integer()
            } else {
                try reader.skip()
            }
        }
    }
}

extension JSONReader {
    /// Reads an object whose null values count as left out.
    fileprivate mutating func members(
        _ member: (inout JSONReader, String) throws(ProblemError) -> Void
    ) throws(ProblemError) {
        try object { (reader, key) throws(ProblemError) in
            if !reader.isNull() { try member(&reader, key) }
        }
    }

    /// Reads an object that must say what it is.
    fileprivate mutating func named(
        _ name: String = "id", _ member: (inout JSONReader, String) throws(ProblemError) -> Void
    ) throws(ProblemError) {
        var isNamed = false
        try members { (reader, key) throws(ProblemError) in
            isNamed = isNamed || key == name
            try member(&reader, key)
        }
        guard isNamed else { throw ProblemError(name, "is missing") }
    }

    fileprivate mutating func list<Value>(
        _ value: (inout JSONReader) throws(ProblemError) -> Value
    ) throws(ProblemError) -> [Value] {
        var values: [Value] = []
        try array { (reader) throws(ProblemError) in values.append(try value(&reader)) }
        return values
    }

    fileprivate mutating func strings() throws(ProblemError) -> [String] {
        try list { (reader) throws(ProblemError) in try reader.string() }
    }

    fileprivate mutating func integers() throws(ProblemError) -> [Int] {
        try list { (reader) throws(ProblemError) in try reader.integer() }
    }

    fileprivate mutating func ranges() throws(ProblemError) -> [SlotRange] {
        try list { (reader) throws(ProblemError) in try reader.range() }
    }

    fileprivate mutating func range() throws(ProblemError) -> SlotRange {
        let numbers = try numbers(2, "[from, to]")
        return SlotRange(numbers.0, numbers.1)
    }

    fileprivate mutating func weightedRanges() throws(ProblemError) -> [WeightedRange] {
        try list { (reader) throws(ProblemError) in
            let numbers = try reader.numbers(3, "[from, to, weight]")
            return WeightedRange(numbers.0, numbers.1, weight: numbers.2)
        }
    }

    private mutating func numbers(_ count: Int, _ shape: String) throws(ProblemError) -> (Int, Int, Int) {
        var numbers = (0, 0, 0)
        var seen = 0
        try array { (reader) throws(ProblemError) in
            let number = try reader.integer()
            switch seen {
            case 0: numbers.0 = number
            case 1: numbers.1 = number
            default: numbers.2 = number
            }
            seen += 1
        }
        guard seen == count else { throw ProblemError("", "\(shape) is expected, not \(seen) numbers") }
        return numbers
    }
}
