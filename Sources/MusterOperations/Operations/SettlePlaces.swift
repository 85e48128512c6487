/// Brings the places of all events that have few of them up to date: offers go on, and end.
public enum SettlePlaces: Operation {
    /// What it is called.
    public static let name = "settle-places"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// The mails, and when the next offer ends.
    public typealias Response = WrittenMails

    /// Settles.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let settled = try workspace.settlePlaces(at: workspace.now())
        return Response(sent: settled.sent, next: settled.next)
    }
}
