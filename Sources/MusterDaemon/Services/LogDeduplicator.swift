import Synchronization

/// What has been said about each thing, such as a destination, since the same trouble is no news.
final class LogDeduplicator: Sendable {
    private let said = Mutex<[String: String]>([:])

    func shouldLog(_ trouble: String, of thing: String) -> Bool {
        said.withLock { said in
            defer { said[thing] = trouble }
            return said[thing] != trouble
        }
    }

    func reset(_ thing: String) { said.withLock { $0[thing] = nil } }
}
