/// Forgets what is older than the config wants it kept, and drops what has become useless while it waited.
public enum ForgetRecords: Operation {
    /// What it is called.
    public static let name = "forget-records"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// How many records that were.
        public var count: Int
    }

    /// Forgets.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response { Response(count: try await workspace.purge()) }
}
