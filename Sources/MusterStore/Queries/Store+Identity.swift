import GRDB
import MusterModel

/// What makes the identifiers of this database its own.
public struct StoreIdentity: Sendable {
    /// A random name, the same for its life and in its backups.
    public let name: String
    /// The `SEQUENCE` with which new sessions begin: 0, and more after a restore.
    public let leastSequence: Int
    /// How many lives each session had that is or was published.
    public let lives: [SessionID: Int]
}

extension Store {
    /// What the links in mails are proved with.
    public func linkKey() throws(StoreError) -> [UInt8] {
        try read { database in
            let text = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'linkKey'") ?? ""
            return Array(text.utf8)
        }
    }

    /// What makes its identifiers its own.
    public func identity() throws(StoreError) -> StoreIdentity {
        try read { database in
            let settings = try Row.fetchAll(database, sql: "SELECT name, value FROM setting").map {
                ($0["name"] as String, $0["value"] as String)
            }
            let values = Dictionary(settings, uniquingKeysWith: { first, _ in first })
            let lives = try Row.fetchAll(database, sql: "SELECT id, count FROM life").map {
                ($0["id"] as String, $0["count"] as Int)
            }
            return StoreIdentity(
                name: values["identity"] ?? "", leastSequence: values["leastSequence"].flatMap { Int($0) } ?? 0,
                lives: Dictionary(lives, uniquingKeysWith: { first, _ in first }))
        }
    }
}
