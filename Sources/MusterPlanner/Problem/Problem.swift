/// The planning problem in its exchange format, `muster-problem/1`.
///
/// People, schools and rooms, the tracks to be scheduled, and what stands already. Times are slots of `slotMinutes`
/// since `start`; days are local days counted from day 0.
public struct Problem: Sendable, Encodable, Equatable {
    /// Someone who can fill roles, is required, or is invited.
    public struct Person: Sendable, Encodable, Equatable {
        /// The id.
        public var id: String
        /// The school; nil for none.
        public var school: String?
        /// The region.
        public var region: String?
        /// Slots east of UTC.
        public var offset = 0
        /// Roles that the person may fill.
        public var qualifications: [String] = []
        /// Themes that the person knows.
        public var themes: [String] = []
        /// When the person may be booked.
        public var free: [SlotRange] = []
        /// When the person is booked at a cost for each slot.
        public var avoid: [WeightedRange] = []
        /// Tracks of one group in which a role is filled, at most; nil for what the group says.
        public var maxTracks: Int?
        /// Sessions on a local day, at most.
        public var maxPerDay: Int?
        /// Sessions in a local week, at most.
        public var maxPerWeek: Int?

        /// Someone with that id.
        public init(id: String) { self.id = id }
    }

    /// A school and how many of its people may be away on one day.
    public struct School: Sendable, Encodable, Equatable {
        /// The id.
        public var id: String
        /// People away on one day, hosting counted as one; nil for no limit.
        public var maxPerDay: Int?

        /// A school with that limit.
        public init(id: String, maxPerDay: Int? = nil) {
            self.id = id
            self.maxPerDay = maxPerDay
        }
    }

    /// A room and how many sessions may use it at once.
    public struct Room: Sendable, Encodable, Equatable {
        /// The id.
        public var id: String
        /// Sessions at the same time.
        public var capacity: Int

        /// A room with that capacity.
        public init(id: String, capacity: Int) {
            self.id = id
            self.capacity = capacity
        }
    }

    /// Tracks that are counted together, such as those of one cycle.
    public struct Group: Sendable, Encodable, Equatable {
        /// The id.
        public var id: String
        /// Tracks of the group in which a person fills a role, at most; nil for no limit.
        public var maxTracks: Int?

        /// A group with that limit.
        public init(id: String, maxTracks: Int? = nil) {
            self.id = id
            self.maxTracks = maxTracks
        }
    }

    /// A role of a track.
    public struct Role: Sendable, Encodable, Equatable {
        /// The id.
        public var id: String
        /// How many fill it.
        public var count = 1

        /// A role that so many fill.
        public init(id: String, count: Int = 1) {
            self.id = id
            self.count = count
        }
    }

    /// A stage of a track.
    public struct Stage: Sendable, Encodable, Equatable {
        /// The id.
        public var id: String
        /// How long it is.
        public var slots: Int
        /// The roles that attend it.
        public var roles: [String] = []
        /// The room that it uses.
        public var room: String?
        /// Whether its role-fillers must be of the track's region.
        public var inPerson = false
        /// It starts at a multiple of this.
        public var startEvery = 1
        /// It lies inside this; nil for the horizon.
        public var window: SlotRange?
        /// People who attend it beside those whom the track requires.
        public var required: [String] = []
        /// Local days on which it may be; nil for the track's.
        public var days: [Int]?
        /// It lies inside one of these; nil for anywhere.
        public var free: [SlotRange]?
        /// Times less liked, with a cost for each slot.
        public var avoid: [WeightedRange] = []
        /// Open days since the stage before, at least and at most; nil for any number.
        public var gap: SlotRange?

        /// A stage of that length.
        public init(id: String, slots: Int) {
            self.id = id
            self.slots = slots
        }
    }

    /// One host school's run, or one training event.
    public struct Track: Sendable, Encodable, Equatable {
        /// The id.
        public var id: String
        /// The group within which people's tracks are counted.
        public var group: String?
        /// The host.
        public var school: String?
        /// The host's region.
        public var region: String?
        /// Slots east of UTC.
        public var offset = 0
        /// The theme.
        public var theme: String?
        /// What it counts if it is not scheduled.
        public var priority = 1
        /// People who attend every stage.
        public var required: [String] = []
        /// People who may attend and never block.
        public var optional: [String] = []
        /// People who never fill a role here.
        public var excluded: [String] = []
        /// People who filled a role here before.
        public var previous: [String] = []
        /// Tracks with which this one shares no member of the team, such as another run of the same host.
        public var apart: [String] = []
        /// Local days on which the host is open; nil for every day.
        public var days: [Int]?
        /// Whether no two of one school may be in the team.
        public var distinctSchools = false
        /// Whether the team should have someone of another region.
        public var wantsOutside = false
        /// The roles.
        public var roles: [Role] = []
        /// The stages, in order.
        public var stages: [Stage]

        /// A track of these stages.
        public init(id: String, stages: [Stage]) {
            self.id = id
            self.stages = stages
        }
    }

    /// Starts and people of a track that are published or pinned; may be a part of them.
    public struct Placement: Sendable, Encodable, Equatable {
        /// The track.
        public var track: String
        /// The start of each stage.
        public var starts: [String: Int] = [:]
        /// The people of each role.
        public var team: [String: [String]] = [:]

        /// What stands of a track.
        public init(track: String, starts: [String: Int] = [:], team: [String: [String]] = [:]) {
            self.track = track
            self.starts = starts
            self.team = team
        }
    }

    /// What was held of a track: history that counts for limits, load and balance, and that nothing changes.
    public struct Held: Sendable, Encodable, Equatable {
        /// One session of it.
        public struct Session: Sendable, Encodable, Equatable {
            /// When it began; one that began before the horizon counts for no day and no week.
            public var start: Int
            /// How long it was.
            public var slots: Int
            /// Who attended by a role.
            public var team: [String]
            /// Who attended as required.
            public var required: [String]

            /// A session that was held.
            public init(start: Int, slots: Int, team: [String], required: [String] = []) {
                self.start = start
                self.slots = slots
                self.team = team
                self.required = required
            }
        }

        /// The track, which may be over and no part of the problem any more.
        public var track: String
        /// Its group.
        public var group: String?
        /// Everybody who filled a role in what was held.
        public var team: [String] = []
        /// Its sessions.
        public var sessions: [Session] = []

        /// What was held of a track.
        public init(track: String, group: String? = nil, team: [String] = [], sessions: [Session] = []) {
            self.track = track
            self.group = group
            self.team = team
            self.sessions = sessions
        }
    }

    /// What each kind of trouble costs.
    public struct Weights: Sendable, Encodable, Equatable {
        /// An optional person who cannot come to a stage.
        public var optional = 0
        /// The square of the tracks in which a person fills a role.
        public var load = 0
        /// The square of the seats that a school's people fill.
        public var balance = 0
        /// A team in which nobody knows the theme.
        public var theme = 0
        /// A team without anybody from outside where that is wanted.
        public var outside = 0
        /// Somebody who was in the team before.
        public var repeats = 0
        /// Two schools that review each other.
        public var reciprocal = 0
        /// An open day between the first and the last stage.
        public var elapsed = 0
        /// A published start that changes.
        public var move = 0
        /// A published seat that changes.
        public var swap = 0

        /// No trouble costs anything.
        public init() {}

        /// The weights by the names that the format gives them.
        public static var named: [String: any WritableKeyPath<Weights, Int> & Sendable] {
            [
                "optional": \.optional, "load": \.load, "balance": \.balance, "theme": \.theme, "outside": \.outside,
                "repeat": \.repeats, "reciprocal": \.reciprocal, "elapsed": \.elapsed, "move": \.move, "swap": \.swap,
            ]
        }

        enum CodingKeys: String, CodingKey {
            case optional, load, balance, theme, outside
            case repeats = "repeat"
            case reciprocal, elapsed, move, swap
        }
    }

    /// `muster-problem/1`.
    public var format = "muster-problem/1"
    /// The midnight in UTC at which slot 0 begins, ISO 8601.
    public var start = "1970-01-01T00:00:00Z"
    /// The weekday of day 0, Monday 0.
    public var weekday = 0
    /// Minutes of a slot.
    public var slotMinutes = 15
    /// Slots in all.
    public var horizon: Int
    /// The people.
    public var people: [Person] = []
    /// The schools that have limits.
    public var schools: [School] = []
    /// The rooms.
    public var rooms: [Room] = []
    /// Slots between two sessions of one person.
    public var buffer = 0
    /// The groups of tracks that have limits.
    public var groups: [Group] = []
    /// What is to be scheduled.
    public var tracks: [Track] = []
    /// What was held already.
    public var held: [Held] = []
    /// What is published.
    public var published: [Placement] = []
    /// What must stand as given.
    public var pinned: [Placement] = []
    /// What each kind of trouble costs.
    public var weights = Weights()

    /// An empty problem over so many slots.
    public init(horizon: Int) { self.horizon = horizon }
}

/// A half-open interval of slots, written `[from, to]`; for a gap, the least and the most days.
public struct SlotRange: Sendable, Hashable, Encodable {
    // A season has millions: they are half as large as numbers usually are.
    private var first: Int32
    private var end: Int32

    /// The first.
    public var from: Int {
        get { Int(first) }
        set { first = Int32(clamping: newValue) }
    }

    /// The one after the last.
    public var to: Int {
        get { Int(end) }
        set { end = Int32(clamping: newValue) }
    }

    /// An interval; what does not fit in 32 bits is the most that does, which lies beyond every horizon.
    public init(_ from: Int, _ to: Int) {
        first = Int32(clamping: from)
        end = Int32(clamping: to)
    }

    /// Whether a gap of so many days lies within this one, both ends included.
    func allows(_ days: Int) -> Bool { from <= days && days <= to }

    /// By how many days this gap would have to be wider to allow so many; 0 where it does.
    func excess(_ days: Int) -> Int { max(from - days, 0) + max(days - to, 0) }

    /// Writes `[from, to]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(from)
        try container.encode(to)
    }
}

/// A half-open interval of slots with a cost for each, written `[from, to, weight]`.
public struct WeightedRange: Sendable, Hashable, Encodable {
    /// The first slot.
    public var from: Int
    /// The slot after the last.
    public var to: Int
    /// The cost of each slot.
    public var weight: Int

    /// An interval with its cost.
    public init(_ from: Int, _ to: Int, weight: Int) {
        self.from = from
        self.to = to
        self.weight = weight
    }

    /// Writes `[from, to, weight]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(from)
        try container.encode(to)
        try container.encode(weight)
    }
}
