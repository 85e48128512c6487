import CivilTime

/// Tells coordinators how things stand, when their digests have come due.
public enum WriteDigests: Operation {
    /// What it is called.
    public static let name = "write-digests"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// Digests that were written.
        public var sent: Int
        /// When the next one is due; nil where nobody wants one.
        public var next: Instant?
    }

    /// Writes.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        Response(sent: try workspace.digest(), next: workspace.nextDigest())
    }
}
