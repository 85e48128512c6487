import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import MusterModel
import NIOCore

/// Serves routes on an address of this machine, or with a certificate on any.
///
/// Whoever opens connections and says nothing takes none of the threads, and after a while not even a place: those who
/// wait come in, and nothing else of the daemon hears of it.
enum WebServer {
    /// Connections at once; others wait until one is closed.
    private static let mostConnections = 128
    /// The time after which a connection on which nothing happens is closed, with a request half sent or without.
    private static let longestSilence = TimeAmount.seconds(15)

    /// Why there is no server, as a sentence part.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Throws: where the port is taken.
    static func run(
        _ router: Router<BasicRequestContext>, on endpoint: Endpoint, whenOpen: @escaping @Sendable () -> Void
    ) async throws {
        // Requests are no news, and what stops the server is thrown.
        var logger = Logger(label: "muster.web")
        logger.logLevel = .critical
        let limit = ConnectionLimit(mostConnections)
        let configuration = HTTP1Channel.Configuration(idleTimeout: longestSilence)
        let tls = endpoint.certificate?.configuration
        let bindAddress: BindAddress
        switch endpoint.address {
        case .port(let port, let host): bindAddress = .hostname(host, port: port)
        case .socket(let path): bindAddress = .unixDomainSocket(path: path)
        case .systemd:
            guard let socket = endpoint.socket else { throw Failure(description: "\(endpoint.address) is not open") }
            let server = SocketServer(socket: socket, limit: limit, logger: logger)
            let channel = SocketServer.channel(router, configuration: configuration, logger: logger)
            return try await limit.whileServing {
                if let tls {
                    try await server.run(TLSChannel(channel, tlsConfiguration: tls), whenOpen: whenOpen)
                } else {
                    try await server.run(channel, whenOpen: whenOpen)
                }
            }
        }
        let plain = HTTPServerBuilder.http1(configuration: configuration)
        let application = Application(
            router: router, server: try tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: ApplicationConfiguration(address: bindAddress, availableConnectionsDelegate: limit),
            onServerRunning: { _ in
                // The folder decides who gets there; whoever does may ask.
                if case .socket(let path) = endpoint.address { chmod(path, 0o666) }
                whenOpen()
            }, logger: logger)
        do {
            try await limit.whileServing { try await application.run() }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw Failure(description: "another program has \(endpoint.address) already")
        }
    }

    /// An address is a secret: no search engine lists it, and no page that is opened from it is told.
    static let discretion = fields([
        ("X-Robots-Tag", "noindex, nofollow"), ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ])

    /// That somebody asks too often, and when to ask again, in seconds.
    static func tooMany(_ wait: Int) -> Response {
        var response = text("Too many requests; try again later.\n", .tooManyRequests)
        response.headers[.retryAfter] = String(wait)
        response.headers[.cacheControl] = "no-store"
        response.headers.append(contentsOf: discretion)
        return response
    }

    /// Fields of a header that have no names of their own.
    static func fields(_ pairs: [(name: String, value: String)]) -> HTTPFields {
        pairs.reduce(into: HTTPFields()) { fields, field in
            if let name = HTTPFields.Element.Name(field.name) { fields[name] = field.value }
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
