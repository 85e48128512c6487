import Logging
import MusterConfiguration
import MusterModel
import MusterWeb
import ServiceLifecycle
import Synchronization

/// A server on an address of this machine, from the moment it is asked to open until it is closed.
final class Listener: Sendable {
    let endpoint: Endpoint
    private let server: ServiceGroup
    private let opening: AsyncThrowingStream<Void, any Error>
    private let ending: AsyncThrowingStream<Void, any Error>.Continuation
    private let over = Atomic(false)

    /// - Parameter serve: serves until it is told to shut down, and says when it has opened.
    init(
        _ endpoint: Endpoint,
        serve: @escaping @Sendable (_ whenOpen: @escaping @Sendable () -> Void) async throws -> Void
    ) {
        self.endpoint = endpoint
        let (opening, ending) = AsyncThrowingStream<Void, any Error>.makeStream()
        (self.opening, self.ending) = (opening, ending)
        // What it would log is thrown.
        server = ServiceGroup(
            services: [ClosureService { try await serve { ending.yield() } }],
            logger: Logger(label: "muster.listener") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Whether it serves no more.
    var isOver: Bool { over.load(ordering: .acquiring) }

    /// Serves until it is closed or the task is cancelled.
    func run() async {
        do {
            try await server.run()
            ending.finish()
        } catch {
            ending.finish(throwing: error)
        }
        over.store(true, ordering: .releasing)
    }

    /// Waits until it has opened.
    ///
    /// - Throws: why it cannot.
    func waitUntilOpen() async throws { for try await _ in opening { break } }

    /// Takes nobody else in; requests that have come are answered.
    func close() async { await server.triggerGracefulShutdown() }
}
