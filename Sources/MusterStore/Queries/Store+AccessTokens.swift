import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// Keeps a new token, by the SHA-256 of its secret alone.
    ///
    /// - Parameter describe: what the log says, by the number.
    public func addToken(
        _ name: String, for address: String, digest: [UInt8], at now: Instant,
        recording describe: @Sendable (Int) -> Event
    ) throws(StoreError) -> AccessToken {
        try write { database in
            try database.execute(
                sql: "INSERT INTO accessToken (name, address, digest, created) VALUES (?, ?, ?, ?)",
                arguments: [name, address, Data(digest), now.seconds])
            let number = Int(database.lastInsertedRowID)
            try insert(describe(number), database)
            return AccessToken(number: number, name: name, address: address, created: now)
        }
    }

    /// Every token, those that were taken back too, in the order in which they were made.
    public func tokens() throws(StoreError) -> [AccessToken] {
        try read { try Row.fetchAll($0, sql: "SELECT * FROM accessToken ORDER BY number").map(AccessToken.init) }
    }

    /// The token with a secret of that SHA-256; nil for one that never was, or was taken back.
    ///
    /// That it was used is kept.
    public func useToken(digest: [UInt8], at now: Instant) throws(StoreError) -> AccessToken? {
        let known = try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM accessToken WHERE digest = ?", arguments: [Data(digest)])
                .map(AccessToken.init)
        }
        guard let known else { return nil }
        if known.used.map({ now - $0 > 300 }) ?? true {
            try write { database in
                try database.execute(
                    sql: "UPDATE accessToken SET used = ? WHERE number = ?", arguments: [now.seconds, known.number])
            }
        }
        return known
    }

    /// Takes a token back for good: its secret is forgotten.
    ///
    /// - Returns: false where there is none with that number, or it was taken back before.
    public func revokeToken(_ number: Int, at now: Instant, recording event: Event) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: "UPDATE accessToken SET digest = NULL, revoked = ? WHERE number = ? AND revoked IS NULL",
                arguments: [now.seconds, number])
            guard database.changesCount > 0 else { return false }
            try insert(event, database)
            return true
        }
    }
}

extension AccessToken {
    fileprivate init(_ row: Row) {
        func instant(_ column: String) -> Instant? { (row[column] as Int?).map(Instant.init(seconds:)) }
        self.init(
            number: row["number"], name: row["name"], address: row["address"],
            created: Instant(seconds: row["created"]), used: instant("used"), revoked: instant("revoked"))
    }
}
