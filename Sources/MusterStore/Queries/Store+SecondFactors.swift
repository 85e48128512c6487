import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// So many wrong passwords end what was begun by a link.
    private static let mostWrongPasswords = 5

    /// Has somebody give a password of their app too from now on, or no more (nil).
    ///
    /// Browsers in which they are signed in are signed out.
    public func setSecondFactor(
        _ secret: [UInt8]?, of address: String, recording event: Event
    ) throws(StoreError) {
        try write { database in
            try database.execute(sql: "DELETE FROM secondFactor WHERE address = ?", arguments: [address])
            if let secret {
                try database.execute(
                    sql: "INSERT INTO secondFactor VALUES (?, ?, 0)", arguments: [address, Data(secret)])
            }
            try database.execute(sql: "DELETE FROM browserSession WHERE address = ?", arguments: [address])
            try insert(event, database)
        }
    }

    /// Whether a browser has yet to give a password of an app.
    public func needsPassword(_ session: [UInt8]) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT attempts IS NOT NULL FROM browserSession WHERE digest = ?",
                arguments: [Data(session)]) ?? false
        }
    }

    /// Takes a password of an app for a browser's session, once.
    ///
    /// - Parameter step: the half minute of the password for a secret; nil where it is wrong.
    /// - Returns: whether it was right; after five that were not the session is over.
    public func takePassword(
        _ session: [UInt8], _ step: @Sendable ([UInt8]) -> Int?
    ) throws(StoreError) -> Bool {
        try write { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT secondFactor.address AS address, secret, step FROM browserSession JOIN secondFactor USING (address)
                    WHERE digest = ? AND attempts IS NOT NULL
                    """, arguments: [Data(session)])
            guard let row else { return false }
            let secret: Data = row["secret"]
            if let found = step(Array(secret)), found > row["step"] as Int {
                try database.execute(
                    sql: "UPDATE secondFactor SET step = ? WHERE address = ?",
                    arguments: [found, row["address"] as String])
                try database.execute(
                    sql: "UPDATE browserSession SET attempts = NULL WHERE digest = ?", arguments: [Data(session)])
                return true
            }
            try database.execute(
                sql: "UPDATE browserSession SET attempts = attempts + 1 WHERE digest = ?", arguments: [Data(session)])
            try database.execute(
                sql: "DELETE FROM browserSession WHERE attempts >= ?", arguments: [Self.mostWrongPasswords])
            return false
        }
    }
}
