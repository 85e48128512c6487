import CivilTime
import MusterStore

/// How each webhook endpoint is doing.
public enum ListWebhooks: Operation {
    /// The name on the socket.
    public static let name = "list-webhooks"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// One endpoint.
    public struct Endpoint: Codable, Sendable {
        /// Its id.
        public let id: String
        /// Messages that wait.
        public let waiting: Int
        /// Messages that were taken.
        public let delivered: Int
        /// Messages that were given up.
        public let dead: Int
        /// Since when nothing gets through.
        public let failingSince: Instant?
        /// When it is tried again.
        public let retryAt: Instant?
        /// When it was given up.
        public let givenUp: Instant?
        /// What the last failure said.
        public let lastError: String?

        init(_ destination: Destination, _ statistics: [OutboxStatistic]) {
            func count(_ states: OutboxMessage.State...) -> Int {
                statistics.filter { states.contains($0.state) }.reduce(0) { $0 + $1.count }
            }
            id = destination.name
            waiting = count(.due, .claimed, .held)
            delivered = count(.delivered)
            dead = count(.dead)
            failingSince = destination.failingSince
            retryAt = destination.retryAt
            givenUp = destination.givenUp
            lastError = destination.lastError
        }
    }

    /// Lists them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [Endpoint] {
        let statistics = Dictionary(grouping: try workspace.store.outboxStatistics(), by: \.destination)
        return try workspace.webhookStates().map { Endpoint($0, statistics[$0.name] ?? []) }
    }
}

/// Sends a test to an endpoint now.
public enum TestWebhook: Operation {
    /// The name on the socket.
    public static let name = "test-webhook"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// The id of the endpoint.
        public var id: String

        /// A request.
        public init(id: String) { self.id = id }
    }

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// Why it did not get through; nil where it did.
        public var failure: String?
    }

    /// Tests it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        Response(failure: try await workspace.testWebhook(request.id))
    }
}

/// Makes everything due again that an endpoint never got, or got since a moment.
public enum ReplayWebhooks: Operation {
    /// The name on the socket.
    public static let name = "replay-webhooks"

    /// Which, and since when.
    public struct Request: Codable, Sendable {
        /// The id of the endpoint.
        public var id: String
        /// Also what was delivered since then; nil for only what was not.
        public var since: Instant?

        /// A request.
        public init(id: String, since: Instant?) {
            self.id = id
            self.since = since
        }
    }

    /// What was done.
    public struct Response: Codable, Sendable {
        /// How many are due again.
        public var count: Int
    }

    /// Replays them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        Response(
            count: try await workspace.withWriteAccess {
                try workspace.replayWebhooks(request.id, since: request.since, $0)
            })
    }
}
