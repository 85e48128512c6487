import HummingbirdCore
import ServiceLifecycle
import Synchronization

/// So many connections at once; others wait, and once the server is to end, nobody else comes in.
///
/// Hummingbird's own limit lets those who wait in as others go, while the server ends too, and drops them half made, which
/// ends the program.
struct ConnectionLimit: AvailableConnectionsDelegate {
    /// Whether the server is to end.
    private final class Ending: Sendable {
        let hasBegun = Atomic(false)
    }

    private let most: Int
    private let ending = Ending()
    private var count = 0

    init(_ most: Int) {
        self.most = most
    }

    mutating func connectionOpened() { count += 1 }

    mutating func connectionClosed() { count -= 1 }

    func isAcceptingNewConnections() -> Bool { count < most && !ending.hasBegun.load(ordering: .acquiring) }

    /// Runs a server that has this limit.
    func whileServing(_ body: () async throws -> Void) async rethrows {
        let ending = ending
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await body()
        } onCancelOrGracefulShutdown: {
            ending.hasBegun.store(true, ordering: .releasing)
        }
    }
}
