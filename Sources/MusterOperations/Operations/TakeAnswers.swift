import CivilTime
import MusterDelivery
import MusterStore

/// Takes the mails that lie in the folder for answers, and says whether the plan has to be looked at for them.
public enum TakeAnswers: Operation {
    /// What it is called.
    public static let name = "take-answers"

    /// What is asked for.
    public struct Request: Codable, Sendable {
        /// Until when declines were looked for the last time; nil for never.
        public var lookedUntil: Instant?

        /// A request; the field as described there.
        public init(lookedUntil: Instant?) { self.lookedUntil = lookedUntil }
    }

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// Until when declines have been looked for: a no that can still be taken back is none yet.
        public var lookedUntil: Instant
        /// Whether somebody declined since the last look.
        public var wasDeclined: Bool
    }

    /// Takes.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        _ = try await workspace.takeAnswers()
        let settled = workspace.now() - AnswerWriter.secondThoughts
        let before = request.lookedUntil ?? settled
        return Response(
            lookedUntil: settled,
            wasDeclined: try before < settled && workspace.store.wasDeclined(in: before + 1...settled))
    }
}
