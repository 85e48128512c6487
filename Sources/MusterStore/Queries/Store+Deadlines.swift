import CivilTime
import GRDB
import MusterModel

/// That something which was due beside a session is done.
public struct FinishedDeadline: Hashable, Sendable {
    /// The `UID` of the session from which it is counted.
    public var uid: String
    /// What the cycle calls it.
    public var deadline: String
    /// Who said so.
    public var author: String
    /// When.
    public var at: Instant
}

extension Store {
    /// What is done, of all sessions that are kept.
    public func finishedDeadlines() throws(StoreError) -> [FinishedDeadline] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM finishedDeadline ORDER BY uid, deadline").map { row in
                FinishedDeadline(
                    uid: row["uid"], deadline: row["deadline"], author: row["author"],
                    at: Instant(seconds: row["at"]))
            }
        }
    }

    /// Keeps that something is done, or is not after all.
    ///
    /// - Returns: false where that is known already.
    public func finish(
        _ deadline: String, on uid: String, isDone: Bool, by author: String, recording event: Event
    ) throws(StoreError) -> Bool {
        try write { database in
            if isDone {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO finishedDeadline (uid, deadline, author, at) VALUES (?, ?, ?, ?)",
                    arguments: [uid, deadline, author, event.at.seconds])
            } else {
                try database.execute(
                    sql: "DELETE FROM finishedDeadline WHERE uid = ? AND deadline = ?", arguments: [uid, deadline])
            }
            guard database.changesCount > 0 else { return false }
            try insert(event, database)
            return true
        }
    }
}
