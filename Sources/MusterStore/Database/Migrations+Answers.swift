import GRDB

/// Answers, the ways on which they come, and the changes to the plan that follow from them.
extension Migrations {
    static func createAnswers(_ database: Database) throws {
        try database.execute(
            sql: """
                -- The newest of each person about a session.
                CREATE TABLE answer (
                    uid TEXT NOT NULL REFERENCES session (uid) ON DELETE CASCADE,
                    person TEXT NOT NULL,
                    session TEXT NOT NULL,
                    status TEXT NOT NULL,    -- 'accepted', 'declined' or 'tentative'
                    comment TEXT NOT NULL,
                    start INTEGER NOT NULL,  -- of the session, as the person knew it
                    sequence INTEGER NOT NULL,
                    stamp INTEGER NOT NULL,  -- when it was said, by the clock of whoever said it
                    at INTEGER NOT NULL,
                    way TEXT NOT NULL,
                    PRIMARY KEY (uid, person)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX answerByPerson ON answer (person);

                -- Every mail that came, once.
                CREATE TABLE incoming (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    at INTEGER NOT NULL,
                    digest TEXT NOT NULL UNIQUE,
                    sender TEXT NOT NULL,
                    subject TEXT NOT NULL,
                    session TEXT NOT NULL,
                    state TEXT NOT NULL,     -- 'applied', 'waiting' or 'ignored'
                    reason TEXT NOT NULL,
                    content BLOB             -- while it waits for a person
                ) STRICT;
                CREATE INDEX incomingWaiting ON incoming (number) WHERE state = 'waiting';
                """)
    }

    /// Answers by mail were believed from the address alone; what somebody heard was certain.
    static func addEvidence(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE answer ADD COLUMN evidence TEXT NOT NULL DEFAULT 'fair';   -- or 'strong'
                UPDATE answer SET evidence = 'strong' WHERE way <> 'mail';
                CREATE INDEX messageByPlainRecipient ON message (recipient COLLATE NOCASE, number)
                    WHERE destination = 'mail';
                """)
    }

    static func createMailboxes(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE mailbox (
                    name TEXT PRIMARY KEY,
                    validity INTEGER NOT NULL,
                    last INTEGER NOT NULL,     -- the number of the last mail that was taken
                    read INTEGER,
                    failure TEXT,
                    failingSince INTEGER
                ) STRICT, WITHOUT ROWID;
                """)
    }

    static func addLinkKey(_ database: Database) throws {
        try database.execute(sql: "INSERT INTO setting VALUES ('linkKey', lower(hex(randomblob(32))))")
    }

    static func createPlanChanges(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE planChange (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    at INTEGER NOT NULL,
                    state TEXT NOT NULL,       -- 'open', 'applied', 'rejected' or 'outdated'
                    fingerprint TEXT NOT NULL,
                    title TEXT NOT NULL,
                    tracks TEXT NOT NULL,      -- JSON: ids
                    causes BLOB NOT NULL,      -- JSON: ids
                    content BLOB,              -- JSON: the plan and what it means, while it waits
                    decided INTEGER,
                    author TEXT NOT NULL DEFAULT '',
                    reason TEXT NOT NULL DEFAULT ''
                ) STRICT;
                CREATE UNIQUE INDEX planChangeOpen ON planChange (state) WHERE state = 'open';
                """)
    }
}
