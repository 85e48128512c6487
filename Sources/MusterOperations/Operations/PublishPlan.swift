import MusterModel
import MusterStore

/// Plans the season, or takes an earlier revision, and publishes it: a mail in the outbox for everyone who must be told.
public enum PublishPlan: Operation {
    /// The name on the socket.
    public static let name = "publish-plan"
    /// So often it is planned again where something was published or decided meanwhile.
    private static let mostAttempts = 3

    /// What is asked for.
    public struct Request: Codable, Sendable {
        /// How to search.
        public var search: PlanSeason.Search
        /// The revision that is to be published again; nil to plan.
        public var revision: Int?
        /// A plan that somebody has looked at; nil to plan.
        public var proposed: ProposedPlan?
        /// A few words to remember why.
        public var note: String

        /// A request; every field as described there.
        public init(
            search: PlanSeason.Search = PlanSeason.Search(), revision: Int? = nil, proposed: ProposedPlan? = nil,
            note: String = ""
        ) {
            self.search = search
            self.revision = revision
            self.proposed = proposed
            self.note = note
        }
    }

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// The plan and what changed.
        public var report: PlanReport
        /// What was published; nil where nothing changed.
        public var result: PublicationResult?
        /// Messages that waited for approval and were let go with it.
        public var released: Int
        /// What decisions were taken back with it about.
        public var revertedTargets: [String]
    }

    /// Publishes.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        for attempt in 1... {
            let proposal =
                if let revision = request.revision {
                    try workspace.propose(revision: revision)
                } else if let proposed = request.proposed {
                    try await workspace.propose(proposed)
                } else {
                    try await workspace.propose(request.search.options(progress))
                }
            let report = try PlanReport(proposal, workspace)
            guard !proposal.changes.isEmpty || proposal.plan != proposal.basis?.plan else {
                let released = try await workspace.withWriteAccess { access in
                    try access.store.save(workspace.owner)
                    return try access.store.approve(at: workspace.now())
                }
                return Response(report: report, result: nil, released: released, revertedTargets: [])
            }
            do {
                let result = try await workspace.publish(proposal, note: request.note, isApproved: true)
                return Response(
                    report: report, result: result, released: result.released,
                    revertedTargets: proposal.revertedDecisions.map(\.subject))
            } catch let error as StoreError where error.kind == .conflict && attempt < mostAttempts {}
        }
        throw Workspace.Failure("Others publish all the time; try again.", exitCode: 75)
    }
}
