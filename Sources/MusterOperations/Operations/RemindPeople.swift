import CivilTime

/// Puts into the outbox what people are to be asked or reminded of by now: sessions, deadlines, answers, polls, feedback.
public enum RemindPeople: Operation {
    /// What it is called.
    public static let name = "remind-people"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// Mails that were written.
        public var sent: Int
        /// When there is something to do again, unless something happens before.
        public var next: Instant
        /// When the next reminder of a session or a deadline is due; nil where none is to come.
        public var nextReminder: Instant?
    }

    /// Reminds.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        try workspace.remindPeople(at: workspace.now())
    }
}

extension Workspace {
    func remindPeople(at now: Instant) throws -> RemindPeople.Response {
        let reminders = try remind(at: now)
        let chase = try chase(at: now)
        let polls = try askPolls(at: now)
        let feedback = try askForFeedback(at: now)
        return RemindPeople.Response(
            sent: reminders.sent + chase.sent + polls.sent + feedback,
            next: [reminders.next, chase.next, polls.next].compactMap(\.self).min() ?? now + 86_400,
            nextReminder: reminders.next)
    }
}
