import MusterModel
import MusterStore

/// Says why a school's, a session's or a person's plan is as it is, or what would change if something were different.
public enum ExplainEntity: Operation {
    /// The name on the socket.
    public static let name = "explain-entity"

    /// What is asked for.
    public struct Request: Codable, Sendable {
        /// A school, session or person, by id or by the beginning of a name; nil for none.
        public var entity: String?
        /// What might be different; nil for nothing.
        public var assumption: String?
        /// How to search.
        public var search: PlanSeason.Search

        /// A request; every field as described there.
        public init(entity: String?, assumption: String?, search: PlanSeason.Search) {
            self.entity = entity
            self.assumption = assumption
            self.search = search
        }
    }

    /// What there is to say.
    public struct Response: Codable, Sendable {
        /// Lines of text.
        public var lines: [String]
        /// The revision that is published; nil for none.
        public var basis: Int?
        /// Whether what is proposed differs from it.
        public var differs: Bool
    }

    /// Explains.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let entity = try request.entity.map { try workspace.find($0) }
        if let entity { try workspace.require(workspace.sees(entity), entity.id) }
        try workspace.require(request.assumption == nil || workspace.seesEverything, "assumption")
        var options = request.search.options(progress)
        options.explainedTracks = Set(entity.map(workspace.tracks) ?? [])
        // Each line says how old its calendars are.
        options.calendars = .untried
        let found = try await workspace.findPlan(options)
        var lines = try entity.map { try workspace.explain($0, found) } ?? []
        if let assumption = request.assumption { lines += try workspace.whatIf(assumption, found.search) }
        return Response(
            lines: lines, basis: found.basis?.number, differs: found.plan.tracks != found.basis?.plan.tracks ?? [])
    }
}
