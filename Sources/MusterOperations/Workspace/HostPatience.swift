import Synchronization

/// Which servers are left alone for the rest of a round, since waiting for them holds up everybody else.
final class HostPatience: Sendable {
    /// An answer that takes so many seconds is slow.
    static let slow = 10
    /// So many slow answers one after the other are enough: one calendar may be slow by itself.
    static let mostInARow = 3

    private let slowInARow = Mutex<[String: Int]>([:])

    /// Takes note of how long a host took to answer, or not to answer.
    func note(_ host: String, seconds: Int) {
        slowInARow.withLock { $0[host] = seconds < Self.slow ? 0 : ($0[host] ?? 0) + 1 }
    }

    /// Whether a host is not asked any more; files have none, and are read.
    func isExhausted(by host: String) -> Bool {
        !host.isEmpty && slowInARow.withLock { ($0[host] ?? 0) >= Self.mostInARow }
    }
}
