import GRDB

/// Passwords of an app beside the mailed link.
extension Migrations {
    static func createSecondFactors(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE secondFactor (
                    address TEXT PRIMARY KEY,
                    secret BLOB NOT NULL,
                    step INTEGER NOT NULL,    -- the half minute of the last password: each is of use once
                    wrong INTEGER NOT NULL,   -- wrong passwords since the last right one, in whatever browser
                    locked INTEGER NOT NULL   -- until when none is taken
                ) STRICT, WITHOUT ROWID;
                -- Wrong passwords so far, for a browser that has yet to give one; NULL for one that needs none.
                ALTER TABLE browserSession ADD COLUMN attempts INTEGER;
                """)
    }
}
