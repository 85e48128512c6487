import GRDB

/// Places at events that have few of them.
extension Migrations {
    static func createPlaces(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE place (
                    uid TEXT NOT NULL,         -- of the session
                    person TEXT NOT NULL,
                    number INTEGER NOT NULL,   -- lower ones came before
                    state TEXT NOT NULL,       -- 'placed', 'offered', 'waiting' or 'lapsed'
                    since INTEGER NOT NULL,
                    until INTEGER,             -- of an offer
                    PRIMARY KEY (uid, person)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
