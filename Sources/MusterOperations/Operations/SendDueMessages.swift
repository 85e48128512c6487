import MusterDelivery
import MusterStore

/// Delivers once what is due in the outbox, reminders and digests included.
public enum SendDueMessages: Operation {
    /// The name on the socket.
    public static let name = "send-due-messages"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What was done.
    public struct Response: Codable, Sendable {
        /// What the rounds did.
        public var report: DeliveryReport
        /// Messages that wait for another attempt.
        public var waiting: Int
        /// Where mails go, for people to read.
        public var mailDestination: String
        /// Webhook endpoints beside it.
        public var endpoints: Int
    }

    /// Sends.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let report = try await workspace.send()
        return Response(
            report: report, waiting: try workspace.store.outboxCounts()[.due] ?? 0,
            mailDestination: workspace.mailDestination, endpoints: workspace.destinations.count - 1)
    }
}
