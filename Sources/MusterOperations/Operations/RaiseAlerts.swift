/// Tells other programs where no mail has left for an hour, and once it leaves again.
public enum RaiseAlerts: Operation {
    /// What it is called.
    public static let name = "raise-alerts"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// Whether something was told.
        public var isRaised: Bool
    }

    /// Tells.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response { Response(isRaised: try await workspace.alert() != nil) }
}
