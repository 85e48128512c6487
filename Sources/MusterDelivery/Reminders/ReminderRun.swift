import CivilTime
import MusterModel
import MusterStore

/// Decides which reminders are due, and what becomes of each: it is sent, or dropped with its reason.
///
/// Each has exactly one outcome, which is kept with the mail that follows from it in one transaction.
public struct ReminderRun {
    /// A session with the rules by which people are reminded of it.
    public struct Subject: Sendable {
        /// The session.
        public var session: PublishedSession
        /// When to remind.
        public var rules: [ReminderRule]
        /// The days of the host school.
        public var days: SchoolDays

        /// A session with its rules.
        public init(session: PublishedSession, rules: [ReminderRule], days: SchoolDays) {
            self.session = session
            self.rules = rules
            self.days = days
        }
    }

    /// A reminder this near to the start would come too late to act on.
    public static let leastNotice = 15 * 60

    private let store: Store
    private let composer: MessageComposer
    private let domain: String
    private let makeID: () -> String

    /// A run that keeps its outcomes in a store.
    public init(store: Store, composer: MessageComposer, domain: String, makeID: @escaping () -> String) {
        self.store = store
        self.composer = composer
        self.domain = domain
        self.makeID = makeID
    }

    /// Puts every reminder that has come due into the outbox, or drops it; returns how many were put there.
    @discardableResult
    public func runOnce(_ subjects: [Subject], at now: Instant) throws(StoreError) -> Int {
        var count = 0
        for subject in subjects {
            let known = try store.acquaintances(uid: subject.session.uid)
            let settled = try store.reminderOutcomes(uid: subject.session.uid)
            var decisions: [ReminderDecision] = []
            for participant in subject.session.details.participants {
                let due = dueReminders(subject, participant, settled, now)
                decisions += decide(due, subject.session, participant, known[participant.address.lowercased()], now)
            }
            count += decisions.count { $0.message != nil }
            if !decisions.isEmpty { try store.record(decisions, at: now) }
        }
        return count
    }

    /// When the next reminder of any session is due; nil where none is to come.
    public static func next(_ subjects: [Subject], after now: Instant) -> Instant? {
        subjects.flatMap { subject in subject.rules.map { subject.due($0) } }.filter { $0 > now }.min()
    }

    /// The reminders of a participant that are due and have no outcome yet, the earliest first.
    private func dueReminders(
        _ subject: Subject, _ participant: SessionDetails.Participant, _ settled: Set<ReminderKey>, _ now: Instant
    ) -> [(key: ReminderKey, due: Instant)] {
        subject.rules.map { rule in
            let key = ReminderKey(
                uid: subject.session.uid, recipient: participant.address.lowercased(),
                start: subject.session.details.start, rule: rule.name)
            return (key, subject.due(rule))
        }.filter { $0.due <= now && !settled.contains($0.key) }.sorted { $0.due < $1.due }
    }

    /// The newest that is due is sent while it is of use; older ones are overtaken by it.
    private func decide(
        _ due: [(key: ReminderKey, due: Instant)], _ session: PublishedSession,
        _ participant: SessionDetails.Participant, _ acquaintance: Acquaintance?, _ now: Instant
    ) -> [ReminderDecision] {
        guard let newest = due.last else { return [] }
        let isOver = now > session.details.start - Self.leastNotice
        if acquaintance == nil, !isOver { return [] }
        return due.map { reminder in
            func dropped(_ reason: String) -> ReminderDecision {
                ReminderDecision(key: reminder.key, due: reminder.due, reason: reason, message: nil)
            }
            if isOver { return dropped("the session had begun, or was about to") }
            if reminder.due < session.created { return dropped("it was due before the session was published") }
            if reminder.key != newest.key { return dropped("a later reminder was due as well") }
            let message = composer.remind(
                of: session, participant, thread: acquaintance?.firstMessageID, messageID: "\(makeID())@\(domain)",
                at: now)
            return ReminderDecision(key: reminder.key, due: reminder.due, reason: "sent", message: message)
        }
    }
}

extension ReminderRun.Subject {
    fileprivate func due(_ rule: ReminderRule) -> Instant {
        rule.due(
            start: session.details.start, zone: TimeZoneDatabase.system[session.details.zone] ?? .utc, days: days)
    }
}
