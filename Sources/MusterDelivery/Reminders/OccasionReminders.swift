import CivilTime
import MusterModel
import MusterStore

/// Who is reminded of an occasion, and when.
public struct OccasionReminders: Sendable {
    /// What they are reminded of.
    public let occasion: Occasion
    /// When it begins, or is due.
    public let moment: Instant
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
        self.init(
            .session(session), recipients: session.details.participants, rules: rules, hours: hours, clocks: clocks,
            clock: clock)
    }

    private init(
        _ occasion: Occasion, recipients: [SessionDetails.Participant], rules: [ReminderRule], hours: TimeWindow,
        clocks: [PersonID: ReminderClock], clock: ReminderClock
    ) {
        self.occasion = occasion
        moment = occasion.moment(clock)
        self.recipients = recipients
        var seen: Set<String> = []
        self.rules = rules.filter { seen.insert($0.name).inserted }
        self.hours = hours
        self.clocks = clocks
        self.clock = clock
    }

    /// The same for a deadline that is counted from the session.
    ///
    /// - Parameter people: everybody of the host's run; those are reminded whom the deadline names.
    public func deadline(_ deadline: Deadline, people: [SessionDetails.Participant]) -> OccasionReminders {
        var seen: Set<String> = []
        let named = people.filter { deadline.who.contains($0.role) && seen.insert($0.address.lowercased()).inserted }
        return OccasionReminders(
            .deadline(deadline, beside: occasion.session), recipients: named, rules: rules, hours: hours,
            clocks: clocks, clock: clock)
    }

    /// A reminder of one person, by its rule.
    struct Reminder {
        let key: ReminderKey
        let due: Instant
    }

    /// The reminders of a participant that have come due, the earliest first.
    func dueReminders(of participant: SessionDetails.Participant, at now: Instant) -> [Reminder] {
        rules.map { rule in
            let session = occasion.session
            let key = ReminderKey(
                uid: session.uid, recipient: participant.address.lowercased(), start: session.details.start,
                rule: occasion.name(of: rule))
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
