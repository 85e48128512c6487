import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// So many wrong passwords end what was begun by a link.
    private static let mostWrongPasswords = 5
    /// So many in whatever browsers, without a right one between, and none is taken for an hour: a mailbox that somebody else
    /// reads must not let them guess.
    private static let mostGuesses = 10
    /// The hour, in seconds.
    private static let lockedTime = 3600

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
                    sql: "INSERT INTO secondFactor VALUES (?, ?, 0, 0, 0)", arguments: [address, Data(secret)])
            }
            try database.execute(sql: "DELETE FROM browserSession WHERE address = ?", arguments: [address])
            try insert(event, database)
        }
    }

    /// Whether a browser that was let in by a link after a moment has yet to give a password of an app.
    public func needsPassword(_ session: [UInt8], after moment: Instant) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT attempts IS NOT NULL FROM browserSession WHERE digest = ? AND created > ?",
                arguments: [Data(session), moment.seconds]) ?? false
        }
    }

    /// Takes a password of an app for the session of a browser that was let in by a link after a moment, once.
    ///
    /// - Parameter step: the half minute of the password for a secret; nil where it is wrong.
    /// - Returns: whether it was right; after five that were not the session is over, and after ten none is taken for an hour.
    public func takePassword(
        _ session: [UInt8], after moment: Instant, at now: Instant, _ step: @Sendable ([UInt8]) -> Int?
    ) throws(StoreError) -> Bool {
        try write { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT secondFactor.address AS address, secret, step FROM browserSession JOIN secondFactor USING (address)
                    WHERE digest = ? AND attempts IS NOT NULL AND created > ? AND locked <= ?
                    """, arguments: [Data(session), moment.seconds, now.seconds])
            guard let row else { return false }
            let (address, secret): (String, Data) = (row["address"], row["secret"])
            if let found = step(Array(secret)), found > row["step"] as Int {
                try database.execute(
                    sql: "UPDATE secondFactor SET step = ?, wrong = 0 WHERE address = ?", arguments: [found, address])
                try database.execute(
                    sql: "UPDATE browserSession SET attempts = NULL WHERE digest = ?", arguments: [Data(session)])
                return true
            }
            try database.execute(
                sql: "UPDATE browserSession SET attempts = attempts + 1 WHERE digest = ?", arguments: [Data(session)])
            try database.execute(
                sql: "DELETE FROM browserSession WHERE attempts >= ?", arguments: [Self.mostWrongPasswords])
            try database.execute(
                sql: """
                    UPDATE secondFactor SET wrong = (wrong + 1) % :most,
                        locked = iif(wrong + 1 >= :most, :until, locked) WHERE address = :address
                    """,
                arguments: [
                    "most": Self.mostGuesses, "until": now.seconds + Self.lockedTime, "address": address,
                ])
            return false
        }
    }
}
