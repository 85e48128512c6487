import CivilTime
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Systemd

/// Serves routes on a socket that is open already, which Hummingbird's own server cannot: it opens one itself.
struct SocketServer {
    let socket: ListenSocket
    let limit: ConnectionLimit
    let logger: Logger

    /// Serves until the task is cancelled or told to shut down; what is under way is answered.
    func run(_ channel: some ServerChildChannel, whenOpen: () -> Void) async throws {
        let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
        let listener = try await listen(channel, quiescing)
        try await withGracefulShutdownHandler {
            whenOpen()
            try await withThrowingDiscardingTaskGroup { group in
                try await listener.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await channel.handle(value: connection, logger: logger) }
                    }
                }
            }
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    private func listen<Child: ServerChildChannel>(
        _ channel: Child, _ quiescing: ServerQuiescingHelper
    ) async throws -> NIOAsyncChannel<Child.Value, Never> {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .serverChannelInitializer { [limit] server in
                server.eventLoop.makeCompletedFuture {
                    let pipeline = server.pipeline.syncOperations
                    try pipeline.addHandler(AvailableConnectionsChannelHandler(delegate: limit))
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: server))
                }
            }
        return try await bootstrap.bind(try socket.duplicate()) { [logger] in channel.setup(channel: $0, logger: logger)
        }
    }

    /// How a connection asks a router, as `Application` has it done.
    static func channel(
        _ router: Router<BasicRequestContext>, configuration: HTTP1Channel.Configuration, logger: Logger
    ) -> HTTP1Channel {
        let responder = router.buildResponder()
        return HTTP1Channel(
            responder: { request, writer, channel in
                let context = BasicRequestContext(
                    source: ApplicationRequestContextSource(channel: channel, logger: logger))
                var response: Response
                do {
                    response = try await responder.respond(to: request, context: context)
                } catch let error as HTTPParserError {
                    // Whoever reads the request answers that it is none.
                    throw error
                } catch {
                    response = Response(status: .internalServerError)
                }
                response.headers[.date] = HTTPDate.text(Instant(seconds: Int(Date().timeIntervalSince1970)))
                try await writer.write(response: response.head, body: response.body)
            }, configuration: configuration)
    }
}
