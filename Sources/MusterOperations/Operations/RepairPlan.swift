import MusterModel
import MusterStore

/// Plans anew on what is known by now: publishes what its cycle lets be done without asking, and proposes the rest.
public enum RepairPlan: Operation {
    /// What it is called.
    public static let name = "repair-plan"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What came of it.
    public enum Response: Codable, Sendable {
        /// There is no cycle to plan.
        case noCycles
        /// The published plan stands.
        case nothing
        /// Some calendar was never looked at: a plan that rests on that would be another one a moment later.
        case calendarsUnread
        /// What may be done without asking was published; where that is only a part, the rest is left for the next time.
        case published(revision: Int, mails: Int, areHeld: Bool, isPart: Bool)
        /// A change waits for somebody's yes.
        case proposed(number: Int, title: String, isNew: Bool)
    }

    /// Plans.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        guard !workspace.programme.cycles.isEmpty else { return .noCycles }
        guard try workspace.hasReadCalendars else { return .calendarsUnread }
        var options = Workspace.PlanningOptions()
        options.calendars = .none
        options.waitsForSecondThoughts = true
        switch try await workspace.followUp(options) {
        case .nothing: return .nothing
        case .published(let result, let isPart):
            return .published(
                revision: result.revision, mails: result.mails, areHeld: workspace.needsApproval, isPart: isPart)
        case .proposed(let change, let isNew):
            return .proposed(number: change.number, title: change.title, isNew: isNew)
        }
    }
}
