import CivilTime
import MusterModel
import MusterStore

/// Something that people are reminded of: a session, or what is due beside it.
public struct ReminderOccasion: Sendable {
    /// The session, or that from which the deadline is counted.
    public var session: PublishedSession
    /// What is due beside it; nil for the session itself.
    public var deadline: Deadline?
    /// When it begins, or is due.
    public var moment: Instant
    /// Who is reminded.
    public var recipients: [SessionDetails.Participant]
    /// When to remind.
    public var rules: [ReminderRule]
    /// The hours of a day within which people are reminded.
    public var hours: TimeWindow
    /// On whose clocks and school days each person is reminded.
    public var clocks: [PersonID: ReminderClock]
    /// The clocks and school days of the host, for those who have none of their own.
    public var clock: ReminderClock

    /// A session of which everybody who comes is reminded.
    public init(
        session: PublishedSession, rules: [ReminderRule], hours: TimeWindow = Cycle.usualHours,
        clocks: [PersonID: ReminderClock] = [:], clock: ReminderClock
    ) {
        self.session = session
        moment = session.details.start
        recipients = session.details.participants
        var seen: Set<String> = []
        self.rules = rules.filter { seen.insert($0.name).inserted }
        self.hours = hours
        self.clocks = clocks
        self.clock = clock
    }

    /// The same for a deadline that is counted from the session.
    ///
    /// - Parameter people: everybody of the host's run; those are reminded whom the deadline names.
    public func deadline(_ deadline: Deadline, people: [SessionDetails.Participant]) -> ReminderOccasion {
        var copy = self
        copy.deadline = deadline
        copy.moment = deadline.due(start: session.details.start, clock: clock)
        var seen: Set<String> = []
        copy.recipients = people.filter {
            deadline.who.contains($0.role) && seen.insert($0.address.lowercased()).inserted
        }
        return copy
    }

    /// A reminder of one person, by its rule.
    struct Reminder {
        let key: ReminderKey
        let due: Instant
    }

    /// The reminders of a participant that have come due, the earliest first.
    func dueReminders(of participant: SessionDetails.Participant, at now: Instant) -> [Reminder] {
        rules.map { rule in
            let name = deadline.map { "\($0.id): \(rule.name)" } ?? rule.name
            let key = ReminderKey(
                uid: session.uid, recipient: participant.address.lowercased(), start: session.details.start, rule: name)
            return Reminder(key: key, due: due(rule, participant.person))
        }.filter { $0.due <= now }.sorted { $0.due < $1.due }
    }

    /// When the next reminder of anybody is due; nil where none is to come.
    func nextDue(after now: Instant) -> Instant? {
        recipients.flatMap { person in rules.map { due($0, person.person) } }.filter { $0 > now }.min()
    }

    private func due(_ rule: ReminderRule, _ person: PersonID) -> Instant {
        rule.due(start: moment, clock: clocks[person] ?? clock, hours: hours)
    }
}
