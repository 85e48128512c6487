import CivilTime
import GRDB
import MusterModel

extension Store {
    /// The questions that were agreed, by their runs.
    public func agreedQuestions() throws(StoreError) -> [AgreedQuestion] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM agreedQuestion ORDER BY track").map { row in
                AgreedQuestion(
                    track: row["track"], text: row["text"], author: row["author"], at: Instant(seconds: row["at"]))
            }
        }
    }

    /// Keeps a question in place of an earlier one of the run.
    public func save(_ question: AgreedQuestion, recording event: Event) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO agreedQuestion (track, text, author, at) VALUES (?, ?, ?, ?)",
                arguments: [question.track, question.text, question.author, question.at.seconds])
            try insert(event, database)
        }
    }

    /// Opens the question of a run again; false where none was agreed.
    public func removeQuestion(of track: TrackID, recording event: Event) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(sql: "DELETE FROM agreedQuestion WHERE track = ?", arguments: [track])
            guard database.changesCount > 0 else { return false }
            try insert(event, database)
            return true
        }
    }
}
