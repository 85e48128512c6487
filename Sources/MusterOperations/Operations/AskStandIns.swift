import MusterModel
import MusterStore

/// Asks those whom a proposal would give a seat whether they could come, before anybody is invited.
public enum AskStandIns: Operation {
    /// The name on the socket.
    public static let name = "ask-stand-ins"

    /// Which proposal.
    public typealias Request = ApproveProposal.Request

    /// Who is asked.
    public struct Response: Codable, Sendable {
        /// Their names; those who were asked before are not.
        public var asked: [String]
    }

    /// Asks them.
    ///
    /// - Throws: `Failure` where the proposal does not wait, is not theirs, or nobody can be asked.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let (change, waiting) = try workspace.decidableProposal(request.number)
        let asked = try await workspace.withWriteAccess { try workspace.askStandIns(in: waiting, change, $0) }
        return Response(asked: asked)
    }
}
