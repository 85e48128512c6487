import GRDB

/// Polls: who was asked, what they chose, and what was made of it.
extension Migrations {
    static func createPolls(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE pollInvitation (
                    poll TEXT NOT NULL,
                    person TEXT NOT NULL,
                    asked INTEGER NOT NULL,
                    reminded INTEGER,          -- NULL for not yet
                    PRIMARY KEY (poll, person)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE pollAnswer (
                    poll TEXT NOT NULL,
                    person TEXT NOT NULL,
                    choices TEXT NOT NULL,     -- ids, as JSON
                    at INTEGER NOT NULL,
                    PRIMARY KEY (poll, person)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE chosenTheme (
                    subject TEXT NOT NULL,     -- a run or a person
                    theme TEXT NOT NULL,
                    poll TEXT NOT NULL,
                    at INTEGER NOT NULL,
                    PRIMARY KEY (poll, subject, theme)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
