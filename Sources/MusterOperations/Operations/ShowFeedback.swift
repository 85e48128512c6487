import MusterModel

/// Shows what those who came to sessions thought of them, stage by stage, where enough people answered.
public enum ShowFeedback: Operation {
    /// The name on the socket.
    public static let name = "show-feedback"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// Shows it for the cycles that are theirs who ask.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [FeedbackSummary] { try workspace.feedbackResults() }
}

extension FeedbackSummary {
    /// How many answered, and why nothing is shown where that is so.
    public var sentence: String {
        let count = "\(result.answered) of \(result.asked) answered"
        if isOpen { return "\(count) so far; the answers are shown once none are taken any more" }
        guard !result.isShown else { return count }
        return
            "\(count); answers are shown where \(FeedbackResult.leastAnswers) people answered about \(FeedbackResult.leastSessions) sessions"
    }
}
