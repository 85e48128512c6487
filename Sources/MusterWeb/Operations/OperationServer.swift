import Foundation
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOFoundationEssentialsCompat

/// Takes operations from commands of this machine over a Unix socket, and answers in lines of JSON as they come.
///
/// Only root and the daemon's own user may ask: the kernel says who is on the other side, and the socket is their file
/// alone besides.
public struct OperationServer: Sendable {
    /// Does what a request asks for: its name and body, and a function that takes each line of the answer.
    ///
    /// It is cancelled when whoever asked has gone.
    public typealias Handler =
        @Sendable (_ operation: String, _ body: Data, _ tell: @escaping @Sendable (Data) -> Void) async -> Void

    private static let mostConnections = 32
    /// A plan of a nation, which somebody publishes as it is, has some megabytes, and a mail ten, written as text twice.
    private static let mostBytes = 32 << 20
    /// A command that says nothing for so long is let go.
    private static let idleTimeout = TimeAmount.seconds(30)

    private let path: String
    private let handler: Handler

    /// A server on a Unix socket.
    public init(path: String, handler: @escaping Handler) {
        self.path = path
        self.handler = handler
    }

    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Parameter whenOpen: called as soon as the socket takes connections.
    /// - Throws: where it cannot be opened.
    public func run(whenOpen: @escaping @Sendable () -> Void) async throws {
        var logger = Logger(label: "muster.socket")
        logger.logLevel = .critical
        // Whoever holds the daemon's lock owns the socket: one that is there was left by a daemon that was killed.
        unlink(path)
        let limit = ConnectionLimit(Self.mostConnections)
        let application = Application(
            router: router,
            server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: path),
                availableConnectionsDelegate: limit),
            onServerRunning: { [path] _ in
                chmod(path, 0o600)
                whenOpen()
            }, logger: logger)
        defer { unlink(path) }
        try await limit.whileServing { try await application.run() }
    }

    private var router: Router<PeerContext> {
        let router = Router(context: PeerContext.self)
        router.post("operations/:name") { [handler] request, context in
            guard try await context.peer.map(Self.mayAsk) ?? false else {
                return Self.refusal(.forbidden, "only root and the daemon's own user may ask")
            }
            let name = context.parameters.get("name") ?? ""
            let body = Data(buffer: try await request.body.collect(upTo: Self.mostBytes))
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"],
                body: ResponseBody { writer in
                    let (lines, continuation) = AsyncStream<Data>.makeStream()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            await handler(name, body) { continuation.yield($0) }
                            continuation.finish()
                        }
                        for await line in lines { try await writer.write(ByteBuffer(bytes: line + "\n".utf8)) }
                    }
                    try await writer.finish(nil)
                })
        }
        return router
    }

    private static func mayAsk(_ peer: PeerCredentials) -> Bool { peer.user == 0 || peer.user == geteuid() }

    private static func refusal(_ status: HTTPResponse.Status, _ sentence: String) -> Response {
        Response(status: status, body: ResponseBody(byteBuffer: ByteBuffer(string: sentence)))
    }
}

/// Who is on the other side of a Unix socket, as the kernel says (`struct ucred`, unix(7)).
struct PeerCredentials: Sendable {
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
}

/// A request of which it is known who sends it.
struct PeerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who sends it; nil where the kernel does not say.
    var peer: PeerCredentials? {
        get async throws {
            guard let provider = channel as? any SocketOptionProvider else { return nil }
            let credentials: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
                level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED))
            return try await credentials.get()
        }
    }
}
