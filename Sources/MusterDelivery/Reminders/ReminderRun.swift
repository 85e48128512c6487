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
    public func runOnce(_ occasions: [OccasionReminders], at now: Instant) throws(StoreError) -> Int {
        var count = 0
        var failure: StoreError?
        for reminders in occasions {
            do {
                count += try send(reminders, at: now)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return count
    }

    private func send(_ reminders: OccasionReminders, at now: Instant) throws(StoreError) -> Int {
        let due = reminders.recipients.map { ($0, reminders.dueReminders(of: $0, at: now)) }
        guard due.contains(where: { !$0.1.isEmpty }) else { return 0 }
        let uid = reminders.occasion.session.uid
        let known = try store.recipientKnowledge(uid: uid)
        let settled = try store.reminderOutcomes(uid: uid)
        let decisions = due.flatMap { participant, due in
            decide(
                due.filter { !settled.contains($0.key) }, of: reminders, participant: participant,
                knowledge: known[participant.address.lowercased()], now: now)
        }
        if !decisions.isEmpty { try store.record(decisions, at: now) }
        return decisions.count { $0.message != nil }
    }

    /// When the next reminder of anything is due; nil where none is to come.
    public static func next(_ occasions: [OccasionReminders], after now: Instant) -> Instant? {
        occasions.lazy.filter { $0.moment > now }.compactMap { $0.nextDue(after: now) }.min()
    }

    /// The newest that is due is sent while it is of use; older ones are overtaken by it.
    private func decide(
        _ due: [OccasionReminders.Reminder], of reminders: OccasionReminders,
        participant: SessionDetails.Participant, knowledge: RecipientKnowledge?, now: Instant
    ) -> [ReminderDecision] {
        guard let newest = due.last else { return [] }
        let isOver = now > reminders.moment - Self.leastNotice
        var told = reminders.occasion.session.created
        if case .session = reminders.occasion {
            // Nobody is reminded of a session before its invitation has arrived.
            if knowledge == nil, !isOver { return [] }
            // A deadline is known from the day on which its session is; the session when they were told of its time.
            told = knowledge?.toldOfStart ?? told
        }
        return due.map { reminder in
            func dropped(_ reason: String) -> ReminderDecision {
                ReminderDecision(key: reminder.key, due: reminder.due, reason: reason, message: nil)
            }
            if isOver { return dropped("it had begun, or was about to") }
            if reminder.due < told { return dropped("it was due before they were told of it") }
            if reminder.key != newest.key { return dropped("a later reminder was due as well") }
            var message = mail(reminders, participant: participant, thread: knowledge?.firstMessageID, now: now)
            if needsApproval { message?.holdForApproval() }
            return ReminderDecision(key: reminder.key, due: reminder.due, reason: "sent", message: message)
        }
    }

    private func mail(
        _ reminders: OccasionReminders, participant: SessionDetails.Participant, thread: String?, now: Instant
    ) -> OutboxMessage? {
        let id = "\(makeID())@\(domain)"
        switch reminders.occasion {
        case .session(let session):
            return composer.remind(of: session, participant, thread: thread, messageID: id, at: now)
        case .deadline(let deadline, beside: let session):
            let text = DeadlineWording(
                deadline: deadline, due: reminders.moment, session: session.details,
                link: composer.link(deadline, beside: session, participant)
            ).text
            return composer.remind(
                text, of: session, participant, thread: thread, messageID: id, reason: "deadline", at: now,
                expires: reminders.moment)
        }
    }
}
