import GRDB

/// What is due beside sessions, and what coordinators are told.
extension Migrations {
    static func createFinishedDeadlines(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE finishedDeadline (
                    uid TEXT NOT NULL,         -- of the session from which it is counted
                    deadline TEXT NOT NULL,
                    author TEXT NOT NULL,
                    at INTEGER NOT NULL,
                    PRIMARY KEY (uid, deadline)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    /// What a digest said, so that the next one is sent only where it says something else; as marks, since its lines
    /// name people (JSON).
    static func addMarksOfDigests(_ database: Database) throws {
        try database.execute(sql: "ALTER TABLE digest ADD COLUMN marks TEXT NOT NULL DEFAULT '[]'")
    }
}
