import Foundation
import GRDB

/// Whose state a database is.
public struct StateOwner: Codable, Hashable, Sendable {
    /// The organiser's address.
    public var organiser: String
    /// The partnerships.
    public var partnerships: [String]

    /// An owner; every field as described there.
    public init(organiser: String, partnerships: [String]) {
        self.organiser = organiser
        self.partnerships = partnerships
    }
}

extension Store {
    /// Whose state this is; nil before anything was published.
    public func owner() throws(StoreError) -> StateOwner? {
        try read { database in
            try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'owner'").map {
                try JSONDecoder().decode(StateOwner.self, from: Data($0.utf8))
            }
        }
    }

    /// Remembers whose state this is.
    public func save(_ owner: StateOwner) throws(StoreError) { try write { try save(owner, $0) } }

    func save(_ owner: StateOwner, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO setting VALUES ('owner', ?)",
            arguments: [String(decoding: try JSONEncoder().encode(owner), as: UTF8.self)])
    }
}
