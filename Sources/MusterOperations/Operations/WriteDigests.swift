/// Tells coordinators how things stand, when their digests have come due.
public enum WriteDigests: Operation {
    /// What it is called.
    public static let name = "write-digests"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// The digests, and when the next one is due.
    public typealias Response = WrittenMails

    /// Writes.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        Response(sent: try workspace.digest(), next: workspace.nextDigest())
    }
}
