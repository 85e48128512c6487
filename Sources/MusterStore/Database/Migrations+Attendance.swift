import GRDB

/// Who was at a session, as whoever ran it said.
extension Migrations {
    static func createAttendance(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE attendance (
                    uid TEXT NOT NULL,         -- of the session
                    person TEXT NOT NULL,
                    wasThere INTEGER NOT NULL,
                    author TEXT NOT NULL,
                    at INTEGER NOT NULL,
                    PRIMARY KEY (uid, person)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
