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
    /// How often the links in mails to people were taken back, where they ever were.
    public func linkGenerations() throws(StoreError) -> [PersonID: Int] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT substr(name, 7) AS person, value FROM setting WHERE name LIKE 'links:%'"
            )
            .reduce(into: [:]) { $0[$1["person"]] = Int($1["value"] as String) }
        }
    }

    /// Takes the links back that a person has in mails; those in mails to come are others.
    public func revokeLinks(of person: PersonID, recording event: Event) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO setting VALUES ('links:' || ?, '1')
                    ON CONFLICT (name) DO UPDATE SET value = CAST(value + 1 AS TEXT)
                    """, arguments: [person])
            try insert(event, database)
        }
    }

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
                ($0["id"] as SessionID, $0["count"] as Int)
            }
            return StoreIdentity(
                name: values["identity"] ?? "", leastSequence: values["leastSequence"].flatMap { Int($0) } ?? 0,
                lives: Dictionary(lives, uniquingKeysWith: { first, _ in first }))
        }
    }
}
