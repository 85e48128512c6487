import CivilTime
import MusterModel
import MusterStore

/// Decides which reminders are due, and what becomes of each: it is sent, or dropped with its reason.
///
/// Each has exactly one outcome, which is kept with the mail that follows from it in one transaction.
public struct ReminderRun {
    /// A reminder this near to the start would come too late to act on.
    public static let leastNotice = 15 * 60

    private let store: Store
    private let composer: MessageComposer
    private let domain: String
    private let needsApproval: Bool
    private let makeID: () -> String

    /// A run that keeps its outcomes in a store.
    ///
    /// - Parameter needsApproval: whether its mails are held until somebody approves of them.
    public init(
        store: Store, composer: MessageComposer, domain: String, needsApproval: Bool = false,
        makeID: @escaping () -> String
    ) {
        self.store = store
        self.composer = composer
        self.domain = domain
        self.needsApproval = needsApproval
        self.makeID = makeID
    }

    /// Puts every reminder that has come due into the outbox, or drops it; returns how many were put there.
    ///
    /// - Throws: `StoreError` of the first thing that failed, after all others have been done.
    @discardableResult
    public func runOnce(_ subjects: [ReminderOccasion], at now: Instant) throws(StoreError) -> Int {
        var count = 0
        var failure: StoreError?
        for subject in subjects {
            do {
                count += try remind(of: subject, at: now)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return count
    }

    private func remind(of subject: ReminderOccasion, at now: Instant) throws(StoreError) -> Int {
        let due = subject.recipients.map { ($0, subject.dueReminders(of: $0, at: now)) }
        guard due.contains(where: { !$0.1.isEmpty }) else { return 0 }
        let known = try store.recipientKnowledge(uid: subject.session.uid)
        let settled = try store.reminderOutcomes(uid: subject.session.uid)
        let decisions = due.flatMap { participant, reminders in
            decide(
                reminders.filter { !settled.contains($0.key) }, subject: subject, participant: participant,
                knowledge: known[participant.address.lowercased()], now: now)
        }
        if !decisions.isEmpty { try store.record(decisions, at: now) }
        return decisions.count { $0.message != nil }
    }

    /// When the next reminder of anything is due; nil where none is to come.
    public static func next(_ subjects: [ReminderOccasion], after now: Instant) -> Instant? {
        subjects.lazy.filter { $0.moment > now }.compactMap { $0.nextDue(after: now) }.min()
    }

    /// The newest that is due is sent while it is of use; older ones are overtaken by it.
    private func decide(
        _ due: [ReminderOccasion.Reminder], subject: ReminderOccasion, participant: SessionDetails.Participant,
        knowledge: RecipientKnowledge?, now: Instant
    ) -> [ReminderDecision] {
        guard let newest = due.last else { return [] }
        let isOver = now > subject.moment - Self.leastNotice
        // Nobody is reminded of a session before its invitation has arrived.
        if knowledge == nil, subject.deadline == nil, !isOver { return [] }
        // A deadline is known from the day on which its session is; the session itself when they were told of its time.
        let told = (subject.deadline == nil ? knowledge?.toldOfStart : nil) ?? subject.session.created
        return due.map { reminder in
            func dropped(_ reason: String) -> ReminderDecision {
                ReminderDecision(key: reminder.key, due: reminder.due, reason: reason, message: nil)
            }
            if isOver { return dropped("it had begun, or was about to") }
            if reminder.due < told { return dropped("it was due before they were told of it") }
            if reminder.key != newest.key { return dropped("a later reminder was due as well") }
            var message = mail(subject, participant: participant, thread: knowledge?.firstMessageID, now: now)
            if needsApproval { message?.holdForApproval() }
            return ReminderDecision(key: reminder.key, due: reminder.due, reason: "sent", message: message)
        }
    }

    private func mail(
        _ subject: ReminderOccasion, participant: SessionDetails.Participant, thread: String?, now: Instant
    ) -> OutboxMessage? {
        let id = "\(makeID())@\(domain)"
        guard let deadline = subject.deadline else {
            return composer.remind(of: subject.session, participant, thread: thread, messageID: id, at: now)
        }
        let text = DeadlineWording(
            deadline: deadline, due: subject.moment, session: subject.session.details,
            link: composer.link(deadline, beside: subject.session, participant)
        ).text
        return composer.remind(
            text, of: subject.session, participant, thread: thread, messageID: id, reason: "deadline", at: now,
            expires: subject.moment)
    }
}
