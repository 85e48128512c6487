import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Serves routes on an address of this machine.
///
/// Whoever opens connections and says nothing takes none of the threads, and after a while not even a place: those who
/// wait come in, and nothing else of the daemon hears of it.
enum LoopbackServer {
    /// What connections may take.
    struct Limits {
        /// Connections at once; others wait until one is closed.
        var connections = 128
        /// The time after which a connection on which nothing happens is closed, with a request half sent or without.
        var idle = Duration.seconds(15)
    }

    /// Why there is no server, as a sentence part.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Throws: where the port is taken.
    static func run(
        _ router: Router<BasicRequestContext>, host: String, port: Int, limits: Limits = Limits(),
        whenOpen: @escaping @Sendable () -> Void
    ) async throws {
        // Requests are no news, and what stops the server is thrown.
        var logger = Logger(label: "muster.web")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: TimeAmount(limits.idle))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { _ in whenOpen() }, logger: logger)
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw Failure(description: "another program has \(host):\(port) already")
        }
    }

    /// A short text for people and scripts.
    static func text(
        _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
