import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

/// Lists the changes to the plan that were proposed.
public enum ListProposals: Operation {
    /// The name on the socket.
    public static let name = "list-proposals"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// Lists them, the newest first.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [PlanChange] {
        try workspace.store.planChanges().filter { $0.tracks.contains(where: workspace.isVisible) }
    }
}

/// Shows a change that waits for somebody's yes.
public enum ShowProposal: Operation {
    /// The name on the socket.
    public static let name = "show-proposal"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number; nil for the one that waits.
        public var number: Int?

        /// A request.
        public init(number: Int?) { self.number = number }
    }

    /// The change.
    public struct Response: Codable, Sendable {
        /// What became of it.
        public var change: PlanChange
        /// What it is.
        public var view: ProposalView
        /// Whether it is for them to decide who look.
        public var decides: Bool
        /// Whom it would give a seat, and what they said to that.
        public var seats: [ProposedSeat] = []
    }

    /// Shows it.
    ///
    /// - Throws: `Failure` where it does not wait.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        guard let number = try request.number ?? workspace.store.openChange()?.number else {
            throw Workspace.Failure("No proposal waits.", exitCode: 65)
        }
        let (change, waiting) = try workspace.waitingProposal(number)
        try workspace.require(change.tracks.contains(where: workspace.isVisible), "proposal \(number)")
        return Response(
            change: change, view: waiting.view.seen(in: workspace),
            decides: change.tracks.allSatisfy(workspace.isVisible),
            seats: try workspace.proposedSeats(in: waiting, change))
    }
}

/// Says yes to a change: it is published as it was shown.
public enum ApproveProposal: Operation {
    /// The name on the socket.
    public static let name = "approve-proposal"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int

        /// A request.
        public init(number: Int) { self.number = number }
    }

    /// Publishes it.
    ///
    /// - Throws: `Failure` with what changed since, where it is not what it was.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> PublicationResult {
        let (change, waiting) = try workspace.decidableProposal(request.number)
        let proposal = try await workspace.propose(waiting.plan)
        return try await workspace.publish(
            proposal, note: "proposal \(change.number)", isApproved: true, following: change)
    }
}

/// Says no to a change, or thinks better of that.
public enum RejectProposal: Operation {
    /// The name on the socket.
    public static let name = "reject-proposal"

    /// Which one, and why.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int
        /// Why.
        public var reason: String
        /// Whether a no is taken back.
        public var reconsiders: Bool

        /// A request; every field as described there.
        public init(number: Int, reason: String = "", reconsiders: Bool = false) {
            self.number = number
            self.reason = reason
            self.reconsiders = reconsiders
        }
    }

    /// Keeps it.
    ///
    /// - Throws: `Failure` where the change does not wait, or was not rejected.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Nothing {
        let change: PlanChange
        if request.reconsiders {
            guard let known = try workspace.store.planChange(request.number)?.change, known.state == .rejected else {
                throw Workspace.Failure("The proposal \(request.number) was not rejected.", exitCode: 65)
            }
            change = known
        } else {
            change = try workspace.waitingProposal(request.number).0
        }
        try workspace.requireDecision(about: change)
        let reason = request.reconsiders ? "taken back" : request.reason
        let event = Event.proposal(
            .proposalRejected, change, because: reason, by: workspace.actor, at: workspace.now())
        let announcement = try workspace.webhookComposer.announcement(of: event)
        let isDone = try await workspace.withWriteAccess {
            try $0.store.turn(
                request.number, from: change.state, to: request.reconsiders ? .outdated : .rejected,
                because: request.reason, announcing: announcement)
        }
        guard isDone else {
            throw Workspace.Failure(
                "Somebody decided about the proposal \(request.number) meanwhile; muster proposals tells what.",
                exitCode: 65)
        }
        return Nothing()
    }
}
