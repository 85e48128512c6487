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
        var problem = self
        try reader.document { (reader) throws(ProblemError) in try problem.read(&reader) }
        guard problem.horizon >= 0 else { throw ProblemError("horizon", "is missing or negative") }
        self = problem
    }

    private mutating func read(_ reader: inout JSONReader) throws(ProblemError) {
        try reader.members { (reader, key) throws(ProblemError) in
            switch key {
            case "format": format = try reader.string()
            case "start": start = try reader.string()
            case "weekday": weekday = try reader.integer()
            case "slotMinutes": slotMinutes = try reader.integer()
            case "horizon": horizon = try reader.integer()
            case "people": people = try reader.list { (reader) throws(ProblemError) in try Person(&reader) }
            case "schools": schools = try reader.list { (reader) throws(ProblemError) in try School(&reader) }
            case "rooms": rooms = try reader.list { (reader) throws(ProblemError) in try Room(&reader) }
            case "buffer": buffer = try reader.integer()
            case "tracks": tracks = try reader.list { (reader) throws(ProblemError) in try Track(&reader) }
            case "published": published = try reader.list { (reader) throws(ProblemError) in try Placement(&reader) }
            case "pinned": pinned = try reader.list { (reader) throws(ProblemError) in try Placement(&reader) }
            case "weights": weights = try Weights(&reader)
            default: try reader.skip()
            }
        }
    }
}

extension Problem.Person {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        self.init(id: "")
        var person = self
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": person.id = try reader.string()
            case "school": person.school = try reader.string()
            case "region": person.region = try reader.string()
            case "offset": person.offset = try reader.integer()
            case "qualifications": person.qualifications = try reader.strings()
            case "themes": person.themes = try reader.strings()
            case "free": person.free = try reader.ranges()
            case "avoid": person.avoid = try reader.weightedRanges()
            case "maxTracks": person.maxTracks = try reader.integer()
            case "maxPerDay": person.maxPerDay = try reader.integer()
            case "maxPerWeek": person.maxPerWeek = try reader.integer()
            default: try reader.skip()
            }
        }
        self = person
    }
}

extension Problem.School {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        var school = Self(id: "")
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": school.id = try reader.string()
            case "maxPerDay": school.maxPerDay = try reader.integer()
            default: try reader.skip()
            }
        }
        self = school
    }
}

extension Problem.Room {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        var room = Self(id: "", capacity: -1)
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": room.id = try reader.string()
            case "capacity": room.capacity = try reader.integer()
            default: try reader.skip()
            }
        }
        self = room
    }
}

extension Problem.Role {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        var role = Self(id: "")
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": role.id = try reader.string()
            case "count": role.count = try reader.integer()
            default: try reader.skip()
            }
        }
        self = role
    }
}

extension Problem.Stage {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        var stage = Self(id: "", slots: 0)
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": stage.id = try reader.string()
            case "slots": stage.slots = try reader.integer()
            case "roles": stage.roles = try reader.strings()
            case "room": stage.room = try reader.string()
            case "inPerson": stage.inPerson = try reader.boolean()
            case "startEvery": stage.startEvery = try reader.integer()
            case "window": stage.window = try reader.range()
            case "required": stage.required = try reader.strings()
            case "days": stage.days = try reader.integers()
            case "free": stage.free = try reader.ranges()
            case "avoid": stage.avoid = try reader.weightedRanges()
            case "gap": stage.gap = try reader.range()
            default: try reader.skip()
            }
        }
        self = stage
    }
}

extension Problem.Track {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        var track = Self(id: "", stages: [])
        try reader.named { (reader, key) throws(ProblemError) in
            switch key {
            case "id": track.id = try reader.string()
            case "school": track.school = try reader.string()
            case "region": track.region = try reader.string()
            case "offset": track.offset = try reader.integer()
            case "theme": track.theme = try reader.string()
            case "priority": track.priority = try reader.integer()
            case "required": track.required = try reader.strings()
            case "optional": track.optional = try reader.strings()
            case "excluded": track.excluded = try reader.strings()
            case "previous": track.previous = try reader.strings()
            case "days": track.days = try reader.integers()
            case "distinctSchools": track.distinctSchools = try reader.boolean()
            case "wantsOutside": track.wantsOutside = try reader.boolean()
            case "roles":
                track.roles = try reader.list { (reader) throws(ProblemError) in try Problem.Role(&reader) }
            case "stages":
                track.stages = try reader.list { (reader) throws(ProblemError) in try Problem.Stage(&reader) }
            default: try reader.skip()
            }
        }
        self = track
    }
}

extension Problem.Placement {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        var placement = Self(track: "")
        try reader.named("track") { (reader, key) throws(ProblemError) in
            switch key {
            case "track": placement.track = try reader.string()
            case "starts":
                try reader.members { (reader, key) throws(ProblemError) in
                    placement.starts[key] = try reader.integer()
                }
            case "team":
                try reader.members { (reader, key) throws(ProblemError) in
                    placement.team[key] = try reader.strings()
                }
            default: try reader.skip()
            }
        }
        self = placement
    }
}

extension Problem.Weights {
    fileprivate init(_ reader: inout JSONReader) throws(ProblemError) {
        var weights = Self()
        try reader.members { (reader, key) throws(ProblemError) in
            if let weight = Self.named[key] {
                weights[keyPath: weight] = try reader.integer()
            } else {
                try reader.skip()
            }
        }
        self = weights
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
