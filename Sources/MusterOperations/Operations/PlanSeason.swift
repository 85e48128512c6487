import Foundation
import MusterModel
import MusterPlanner

/// Plans the season, and says what would change; changes nothing but the copies of calendars.
public enum PlanSeason: Operation {
    /// The name on the socket.
    public static let name = "plan-season"

    /// How to search.
    public struct Search: Codable, Sendable {
        /// Seconds at most; nil for what the config says.
        public var seconds: Int?
        /// The seed; nil for what the config says.
        public var seed: Int?
        /// Whether published sessions may move though nothing forces them.
        public var improvesPublished: Bool

        /// A way to search; every field as described there.
        public init(seconds: Int? = nil, seed: Int? = nil, improvesPublished: Bool = false) {
            self.seconds = seconds
            self.seed = seed
            self.improvesPublished = improvesPublished
        }

        func options(_ progress: @escaping PlanningProgress.Handler) -> Workspace.PlanningOptions {
            var options = Workspace.PlanningOptions()
            options.seconds = seconds
            options.seed = seed
            options.improvesPublished = improvesPublished
            options.progress = { rounds, score in
                progress(PlanningProgress(rounds: rounds, unscheduled: score.unscheduled, cost: score.cost))
            }
            return options
        }
    }

    /// What is asked for.
    public struct Request: Codable, Sendable {
        /// How to search.
        public var search: Search
        /// Whether the compiled problem and its solution are wanted too.
        public var includesProblem: Bool
        /// Whether the plan is wanted so that it can be published as it is.
        public var includesProposed: Bool
        /// Whether it is wanted as a spreadsheet.
        public var includesSheet: Bool

        /// A request; every field as described there.
        public init(
            search: Search, includesProblem: Bool = false, includesProposed: Bool = false, includesSheet: Bool = false
        ) {
            self.search = search
            self.includesSheet = includesSheet
            self.includesProblem = includesProblem
            self.includesProposed = includesProposed
        }
    }

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// The plan and what would change.
        public var report: PlanReport
        /// The compiled problem in the exchange format.
        public var problem: String?
        /// The planner's solution in the exchange format.
        public var solution: String?
        /// The plan, to be published as it is.
        public var proposed: ProposedPlan?
        /// A row for each person and session: CSV.
        public var sheet: String?
    }

    /// Plans.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let proposal = try await workspace.propose(request.search.options(progress))
        var response = Response(report: try PlanReport(proposal, workspace))
        if request.includesProposed { response.proposed = try ProposedPlan(proposal, workspace) }
        if request.includesSheet { response.sheet = proposal.sheet }
        if request.includesProblem, let search = proposal.search {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            response.problem = String(decoding: try encoder.encode(search.problem), as: UTF8.self)
            response.solution = String(decoding: try encoder.encode(search.outcome.solution), as: UTF8.self)
        }
        return response
    }
}
