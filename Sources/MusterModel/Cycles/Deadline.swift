import CivilTime

/// Something that is due before or after a session without being one: data to share, a report to write.
public struct Deadline: Hashable, Sendable {
    /// What the cycle calls it.
    public var id: String
    /// The name that people read.
    public var name: String
    /// The stage from which it is counted.
    public var stage: StageID
    /// School days of the host after the stage's session; negative for days before it.
    public var schoolDays: Int
    /// The time of that day, on the host's clocks.
    public var time: TimeOfDay
    /// Who is reminded: `host` for the host school's people, else roles of the team.
    public var who: [String]
    /// What is to be done, in a sentence or two.
    public var note: String

    /// A deadline; every field as described there.
    public init(
        id: String, name: String, stage: StageID, schoolDays: Int, time: TimeOfDay = TimeOfDay(minutes: 960),
        who: [String], note: String = ""
    ) {
        self.id = id
        self.name = name
        self.stage = stage
        self.schoolDays = schoolDays
        self.time = time
        self.who = who
        self.note = note
    }

    /// When it is due for a session that begins then.
    ///
    /// Days of the host that are not closed are counted, at most two years of them.
    public func due(start: Instant, clock: ReminderClock) -> Instant {
        var date = clock.zone.local(start).date
        var left = abs(schoolDays)
        for _ in 0..<730 where left > 0 {
            date = schoolDays < 0 ? date - 1 : date + 1
            if clock.days.kind(of: date) != .closed { left -= 1 }
        }
        return clock.zone.instant(LocalDateTime(date: date, time: time))
    }
}
