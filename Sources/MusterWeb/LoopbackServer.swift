import Hummingbird
import Logging

/// Serves routes on an address of this machine.
enum LoopbackServer {
    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Throws: where the port is taken.
    static func run(
        _ router: Router<BasicRequestContext>, host: String, port: Int, whenOpen: @escaping @Sendable () -> Void
    ) async throws {
        // Requests are no news, and what stops the server is thrown.
        var logger = Logger(label: "muster.web")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { _ in whenOpen() }, logger: logger)
        try await application.run()
    }

    /// A short text for people and scripts.
    static func text(
        _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
