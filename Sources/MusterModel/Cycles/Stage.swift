import CivilTime

/// A step of a cycle as a template: what its session is, how long, who comes, and when it may be.
public struct Stage: Sendable {
    /// Where people meet.
    public enum Mode: String, CaseIterable, Sendable, Codable {
        /// Everybody joins from where they are.
        case online
        /// Everybody is at the host school, so the team is of its region.
        case inPerson = "in person"
        /// Some are there, some join online.
        case blended
    }

    /// What the cycle calls it.
    public var id: StageID
    /// The name that participants read.
    public var name: String
    /// What it is for, a sentence part after "Purpose".
    public var purpose: String
    /// Minutes.
    public var length: Int
    /// Where people meet.
    public var mode: Mode
    /// The room that it needs, if any.
    public var room: String?
    /// The address to join at, where it is not the room's.
    public var link: String?
    /// Who comes: `host` for the host school's people, else roles of the team.
    public var attend: [String]
    /// School days of the host since the stage before, at least and at most; nil for any number.
    public var gap: ClosedRange<Int>?
    /// The training event of the same cycle that must be over before.
    public var training: StageID?
    /// Kinds of the host's days on which it may be.
    public var days: Set<DayKind>
    /// Weekdays on which it may be.
    public var weekdays: Set<Weekday>
    /// Weekdays that are liked best; empty for all alike.
    public var preferredWeekdays: Set<Weekday>
    /// Times of day between which it must lie, in the host's zone; empty for the whole day.
    public var times: [TimeWindow]
    /// Times of day that are liked best; empty for all alike.
    public var preferredTimes: [TimeWindow]
    /// Minutes of the clock at which it may start: every so many, from midnight.
    public var startEvery: Int
    /// What participants should bring or do before.
    public var checklist: [String]

    /// A stage; every field as described there.
    public init(
        id: StageID, name: String, purpose: String = "", length: Int, mode: Mode = .online, room: String? = nil,
        link: String? = nil, attend: [String] = [], gap: ClosedRange<Int>? = nil, days: Set<DayKind> = [.open],
        weekdays: Set<Weekday> = Set(Weekday.allCases), preferredWeekdays: Set<Weekday> = [], times: [TimeWindow] = [],
        preferredTimes: [TimeWindow] = [], startEvery: Int = 15, checklist: [String] = []
    ) {
        self.id = id
        self.name = name
        self.purpose = purpose
        self.length = length
        self.mode = mode
        self.room = room
        self.link = link
        self.attend = attend
        self.gap = gap
        self.days = days
        self.weekdays = weekdays
        self.preferredWeekdays = preferredWeekdays
        self.times = times
        self.preferredTimes = preferredTimes
        self.startEvery = startEvery
        self.checklist = checklist
    }
}
