import Hummingbird
import MusterModel

/// Answers those who watch the daemon: metrics, whether it lives, whether it is ready to work.
public struct OperationsServer: Sendable {
    private let endpoint: Endpoint
    private let metrics: @Sendable () throws -> String
    private let trouble: @Sendable () -> String?

    /// A server.
    ///
    /// - Parameters:
    ///   - metrics: the metrics of now, in the exposition format of Prometheus.
    ///   - trouble: why the daemon is not ready; nil where it is.
    public init(
        endpoint: Endpoint, metrics: @escaping @Sendable () throws -> String,
        trouble: @escaping @Sendable () -> String?
    ) {
        self.endpoint = endpoint
        self.metrics = metrics
        self.trouble = trouble
    }

    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Parameter whenOpen: called as soon as it takes connections.
    /// - Throws: where it is taken.
    public func run(whenOpen: @escaping @Sendable () -> Void) async throws {
        try await WebServer.run(router, on: endpoint, whenOpen: whenOpen)
    }

    private var router: Router<BasicRequestContext> {
        let router = Router()
        router.get("healthz") { _, _ in WebServer.text("ok\n") }
        router.get("readyz") { [trouble] _, _ in
            trouble().map { WebServer.text($0 + "\n", .serviceUnavailable) } ?? WebServer.text("ready\n")
        }
        router.get("metrics") { [metrics] _, _ in
            WebServer.text(try metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        return router
    }
}
