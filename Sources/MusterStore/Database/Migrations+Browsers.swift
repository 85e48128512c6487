import GRDB

extension Migrations {
    static func createBrowserSessions(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE signIn (
                    digest BLOB PRIMARY KEY,      -- SHA-256 of the secret in the address that was mailed
                    code BLOB NOT NULL,           -- SHA-256 of the browser's secret and the code to type there
                    browser BLOB,                 -- SHA-256 of the secret of the browser that asked; NULL for any
                    address TEXT NOT NULL,
                    expires INTEGER NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE browserSession (
                    digest BLOB PRIMARY KEY,      -- SHA-256 of the secret in the cookie
                    address TEXT NOT NULL,
                    created INTEGER NOT NULL,
                    used INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """)
    }

    static func createAccessTokens(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE accessToken (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL,
                    address TEXT NOT NULL,
                    digest BLOB UNIQUE,        -- SHA-256 of the secret; NULL once it was taken back
                    created INTEGER NOT NULL,
                    used INTEGER,
                    revoked INTEGER
                ) STRICT;
                """)
    }

    static func createAgreedQuestions(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE agreedQuestion (
                    track TEXT PRIMARY KEY,
                    text TEXT NOT NULL,
                    author TEXT NOT NULL,
                    at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """)
    }

    static func createAbsences(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE absence (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    person TEXT NOT NULL,
                    first TEXT NOT NULL,       -- the first and the last day
                    last TEXT NOT NULL,
                    author TEXT NOT NULL
                ) STRICT;
                CREATE INDEX absenceByPerson ON absence (person);
                """)
    }
}
