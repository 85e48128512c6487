import Synchronization

/// What has been said about each thing, such as a destination, since the same trouble is no news.
final class Troubles: Sendable {
    private let said = Mutex<[String: String]>([:])

    func isNew(_ trouble: String, of thing: String) -> Bool {
        said.withLock { said in
            defer { said[thing] = trouble }
            return said[thing] != trouble
        }
    }

    func forget(_ thing: String) { said.withLock { $0[thing] = nil } }
}
