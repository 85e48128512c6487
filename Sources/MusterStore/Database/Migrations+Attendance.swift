import GRDB

/// On which date people come to an event, and who was there.
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

    /// On which of several dates of an event people come.
    static func createChosenDates(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE chosenDate (
                    person TEXT NOT NULL,
                    track TEXT NOT NULL,       -- of the date
                    at INTEGER NOT NULL,
                    PRIMARY KEY (person, track)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
