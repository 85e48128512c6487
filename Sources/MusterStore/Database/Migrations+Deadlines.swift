import GRDB

/// What was due beside sessions, and is done.
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
}
