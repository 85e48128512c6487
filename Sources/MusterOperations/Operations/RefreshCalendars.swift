import CivilTime

/// Reads the calendars that are due.
public enum RefreshCalendars: Operation {
    /// What it is called.
    public static let name = "refresh-calendars"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// Whether somebody's busy times are other than before.
        public var isChanged: Bool
        /// When the next calendar is due; nil where there is none.
        public var next: Instant?
    }

    /// Reads.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let report = try await workspace.refreshCalendars(isAskedFor: false)
        return Response(isChanged: report.isChanged, next: workspace.nextCalendar(report.copies))
    }
}
