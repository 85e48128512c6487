import GRDB

/// The versions of the schema, oldest first.
///
/// A migration that was released never changes.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001 calendars, plan and outbox", migrate: createTables)
        migrator.registerMigration("0002 reminders", migrate: createReminders)
        migrator.registerMigration("0003 destinations and digests", migrate: widenOutbox)
        migrator.registerMigration("0004 claims", migrate: setClaimsApart)
        migrator.registerMigration("0005 collections", migrate: addCollections)
        migrator.registerMigration("0006 feeds", migrate: createFeeds)
        migrator.registerMigration("0007 ledger", migrate: createLedger)
        migrator.registerMigration("0008 events", migrate: createEvents)
        migrator.registerMigration("0009 answers", migrate: createAnswers)
        migrator.registerMigration("0010 unfinished readings", migrate: createUnfinishedReadings)
        migrator.registerMigration("0011 forgotten messages", migrate: countForgottenMessages)
        migrator.registerMigration("0012 changes that are proposed", migrate: createPlanChanges)
        migrator.registerMigration("0013 evidence", migrate: addEvidence)
        migrator.registerMigration("0014 mailboxes", migrate: createMailboxes)
        migrator.registerMigration("0015 links", migrate: addLinkKey)
        migrator.registerMigration("0016 browsers", migrate: createBrowserSessions)
        migrator.registerMigration("0017 absences", migrate: createAbsences)
        migrator.registerMigration("0018 tokens", migrate: createAccessTokens)
        migrator.registerMigration("0019 questions", migrate: createAgreedQuestions)
        migrator.registerMigration("0020 polls", migrate: createPolls)
        migrator.registerMigration("0021 feedback", migrate: createFeedback)
        migrator.registerMigration("0022 places", migrate: createPlaces)
        migrator.registerMigration("0023 deadlines", migrate: createFinishedDeadlines)
        migrator.registerMigration("0024 second factors", migrate: createSecondFactors)
        migrator.registerMigration("0025 marks of digests", migrate: addMarksOfDigests)
        migrator.registerMigration("0026 attendance", migrate: createAttendance)
        migrator.registerMigration("0027 chosen dates", migrate: createChosenDates)
        migrator.registerMigration("0028 stand-ins", migrate: createStandIns)
        migrator.registerMigration("0029 indexes", migrate: createIndexes)
        migrator.registerMigration("0030 messages by session", migrate: indexMessagesBySession)
        migrator.registerMigration("0031 what needs somebody", migrate: indexWhatNeedsSomebody)
        migrator.registerMigration("0032 packed busy times", migrate: packBusyTimes)
        return migrator
    }

    /// Counters only grow: what is forgotten has been sent all the same.
    private static func countForgottenMessages(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE forgotten (
                    destination TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    state TEXT NOT NULL,     -- 'delivered' or 'dead'
                    count INTEGER NOT NULL,
                    PRIMARY KEY (destination, kind, state)
                ) STRICT, WITHOUT ROWID;
                CREATE TRIGGER messageForgotten AFTER DELETE ON message WHEN old.state IN ('delivered', 'dead') BEGIN
                    INSERT INTO forgotten VALUES (old.destination, old.kind, old.state, 1)
                    ON CONFLICT DO UPDATE SET count = count + 1;
                END;
                """)
    }

    private static func createUnfinishedReadings(_ database: Database) throws {
        try database.execute(
            sql: """
                -- Calendars that are being read; what is left after a crash says at which of them it may have been.
                CREATE TABLE unfinishedReading (
                    location TEXT PRIMARY KEY,
                    begun INTEGER NOT NULL,
                    count INTEGER NOT NULL   -- readings one after the other that the program did not survive
                ) STRICT, WITHOUT ROWID;
                """)
    }

    private static func addCollections(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE calendar ADD COLUMN
                    collections TEXT NOT NULL DEFAULT '{}';   -- JSON: of a CalDAV server, by address
                """)
    }

    private static func createReminders(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE reminder (
                    uid TEXT NOT NULL REFERENCES session (uid),
                    recipient TEXT NOT NULL,
                    start INTEGER NOT NULL,
                    rule TEXT NOT NULL,
                    due INTEGER NOT NULL,
                    outcome TEXT NOT NULL,   -- 'sent', or why it was dropped
                    at INTEGER NOT NULL,
                    PRIMARY KEY (uid, recipient, start, rule)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    private static func createTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE calendar (
                    location TEXT PRIMARY KEY,
                    attempted INTEGER NOT NULL,
                    succeeded INTEGER,
                    failure TEXT,
                    entityTag TEXT,
                    lastModified TEXT,
                    windowFrom INTEGER NOT NULL,
                    windowTo INTEGER NOT NULL,
                    eventCount INTEGER NOT NULL,
                    busy TEXT NOT NULL,      -- JSON: [[start, end, isTentative], …], never a title
                    remarks TEXT NOT NULL    -- JSON: ["…"]
                ) STRICT;

                CREATE TABLE revision (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    at INTEGER NOT NULL,
                    plan TEXT NOT NULL,      -- JSON
                    note TEXT NOT NULL
                ) STRICT;

                CREATE TABLE session (
                    uid TEXT PRIMARY KEY,
                    id TEXT NOT NULL,
                    sequence INTEGER NOT NULL CHECK (sequence >= 0),
                    created INTEGER NOT NULL,
                    details TEXT NOT NULL,   -- JSON: what participants were told
                    isCancelled INTEGER NOT NULL DEFAULT 0,
                    revision INTEGER NOT NULL REFERENCES revision (number)
                ) STRICT;
                CREATE UNIQUE INDEX sessionOnce ON session (id) WHERE isCancelled = 0;

                CREATE TABLE decision (
                    subject TEXT PRIMARY KEY,
                    kind TEXT NOT NULL,      -- JSON
                    at INTEGER NOT NULL
                ) STRICT;

                CREATE TABLE message (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    messageID TEXT NOT NULL UNIQUE,
                    revision INTEGER NOT NULL REFERENCES revision (number),
                    session TEXT NOT NULL,
                    uid TEXT NOT NULL,
                    sequence INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    person TEXT NOT NULL,
                    recipient TEXT NOT NULL,
                    sender TEXT NOT NULL,
                    subject TEXT NOT NULL,
                    details TEXT NOT NULL,   -- JSON: what the mail says of the session
                    mail BLOB NOT NULL,
                    state TEXT NOT NULL,
                    due INTEGER NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0,
                    mayHaveArrived INTEGER NOT NULL DEFAULT 0,
                    lastError TEXT,
                    created INTEGER NOT NULL,
                    finished INTEGER
                ) STRICT;
                CREATE INDEX messageByState ON message (state, number);
                CREATE INDEX messageByRecipient ON message (uid, recipient, number);
                """)
    }

    /// Mails about other things than sessions, webhooks, and what is known of the ways on which they leave.
    private static func widenOutbox(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE wider (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    messageID TEXT NOT NULL UNIQUE,
                    destination TEXT NOT NULL,   -- 'mail', or the id of a webhook endpoint
                    revision INTEGER NOT NULL,
                    session TEXT NOT NULL,
                    uid TEXT NOT NULL,
                    sequence INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    person TEXT NOT NULL,
                    recipient TEXT NOT NULL,
                    sender TEXT NOT NULL,
                    subject TEXT NOT NULL,
                    state TEXT NOT NULL,
                    awaitsApproval INTEGER NOT NULL DEFAULT 0,
                    due INTEGER NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0,
                    mayHaveArrived INTEGER NOT NULL DEFAULT 0,
                    lastError TEXT,
                    created INTEGER NOT NULL,
                    expires INTEGER,
                    firstAttempt INTEGER,
                    finished INTEGER
                ) STRICT;
                INSERT INTO wider (number, messageID, destination, revision, session, uid, sequence, kind, reason, person,
                    recipient, sender, subject, state, due, attempts, mayHaveArrived, lastError, created, finished)
                SELECT number, messageID, 'mail', revision, session, uid, sequence, kind, reason, person, recipient,
                    sender, subject, state, due, attempts, mayHaveArrived, lastError, created, finished
                FROM message;
                CREATE TABLE messageText (
                    number INTEGER PRIMARY KEY,
                    content BLOB NOT NULL,       -- the mail, or the body of a webhook
                    details TEXT                 -- JSON: what an invitation says of its session
                ) STRICT;
                INSERT INTO messageText SELECT number, mail, details FROM message;
                DROP TABLE message;
                ALTER TABLE wider RENAME TO message;
                CREATE INDEX messageApart ON message (state, number) WHERE state IN ('held', 'claimed', 'dead');
                CREATE INDEX messageByRecipient ON message (uid, recipient, number);
                CREATE INDEX messageToSend ON message (destination, revision DESC, number, due) WHERE state = 'due';

                CREATE TABLE destination (
                    name TEXT PRIMARY KEY,
                    failures INTEGER NOT NULL,
                    failingSince INTEGER,
                    retryAt INTEGER,
                    lastError TEXT,
                    givenUp INTEGER,
                    allowance REAL NOT NULL,
                    refilled INTEGER
                ) STRICT;

                CREATE TABLE digest (
                    partnership TEXT NOT NULL,
                    due INTEGER NOT NULL,
                    outcome TEXT NOT NULL,   -- 'sent', or why not
                    at INTEGER NOT NULL,
                    PRIMARY KEY (partnership, due)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE setting (
                    name TEXT PRIMARY KEY,
                    value TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;

                -- How often each session was new: kept when sessions are forgotten, so that no UID comes back.
                CREATE TABLE life (
                    id TEXT PRIMARY KEY,
                    count INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                INSERT INTO life SELECT id, count(*) FROM session GROUP BY id;

                ALTER TABLE session ADD COLUMN needsRenotification INTEGER NOT NULL DEFAULT 0;
                INSERT INTO setting VALUES ('identity', lower(hex(randomblob(16)))), ('leastSequence', '0');
                ALTER TABLE calendar ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE calendar ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
                """)
    }

    /// Taking a message writes one small page, and neither its row nor the indexes that know its state.
    private static func setClaimsApart(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE claim (
                    number INTEGER PRIMARY KEY   -- of a message that is being sent; its row says 'due'
                ) STRICT;
                INSERT INTO claim SELECT number FROM message WHERE state = 'claimed';
                UPDATE message SET state = 'due' WHERE state = 'claimed';
                DROP INDEX messageApart;
                ALTER TABLE message DROP COLUMN firstAttempt;
                """)
    }

    /// Rows for what is asked about: when a session is, who is asked to come, and who had which part in what was held.
    private static func createLedger(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE session ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE session ADD COLUMN end INTEGER NOT NULL DEFAULT 0;
                UPDATE session SET start = unixepoch(json_extract(details, '$.start')),
                    end = unixepoch(json_extract(details, '$.end'));
                CREATE INDEX sessionByStart ON session (start) WHERE isCancelled = 0;

                CREATE TABLE attendee (
                    uid TEXT NOT NULL REFERENCES session (uid) ON DELETE CASCADE,
                    address TEXT NOT NULL COLLATE NOCASE,
                    person TEXT NOT NULL,
                    role TEXT NOT NULL,
                    isRequired INTEGER NOT NULL,
                    PRIMARY KEY (uid, address)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX attendeeByPerson ON attendee (person);
                INSERT OR IGNORE INTO attendee
                    SELECT uid, json_extract(value, '$.address'), json_extract(value, '$.person'),
                        json_extract(value, '$.part'), json_extract(value, '$.isRequired')
                    FROM session, json_each(session.details, '$.participants');

                -- Kept longer than sessions: ids alone, for limits, fairness and earlier teams.
                CREATE TABLE duty (
                    number INTEGER PRIMARY KEY,
                    session TEXT NOT NULL,
                    person TEXT NOT NULL,
                    role TEXT NOT NULL,      -- 'host', 'trainer', 'invited', or a role of the team
                    start INTEGER NOT NULL,
                    end INTEGER NOT NULL,
                    calledOff INTEGER        -- when; NULL for what is to come or was held
                ) STRICT;
                CREATE INDEX dutyByStart ON duty (start);
                CREATE INDEX dutyByPerson ON duty (person);
                INSERT INTO duty (session, person, role, start, end, calledOff)
                    SELECT session.id, attendee.person, attendee.role, session.start, session.end,
                        iif(isCancelled, revision.at, NULL)
                    FROM session JOIN attendee USING (uid) JOIN revision ON revision.number = session.revision
                    ORDER BY session.start, session.id, attendee.address;
                """)
    }

    /// What happened, written with it; and decisions with who made them and why, several about one subject.
    private static func createEvents(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE event (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    at INTEGER NOT NULL,
                    actor TEXT NOT NULL,     -- a user of this machine, or 'muster'
                    kind TEXT NOT NULL,      -- as webhooks name it
                    subject TEXT NOT NULL,   -- the id of a session, a track, a person …
                    uid TEXT NOT NULL,
                    title TEXT NOT NULL,
                    told INTEGER NOT NULL,   -- people who are written to because of it
                    data TEXT NOT NULL       -- JSON: as webhooks have it
                ) STRICT;
                CREATE INDEX eventBySubject ON event (subject, number);
                CREATE INDEX eventByTime ON event (at);

                CREATE TABLE numbered (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    subject TEXT NOT NULL,
                    kind TEXT NOT NULL,      -- JSON
                    at INTEGER NOT NULL,
                    author TEXT NOT NULL,
                    reason TEXT NOT NULL
                ) STRICT;
                INSERT INTO numbered (subject, kind, at, author, reason)
                    SELECT subject, kind, at, '', '' FROM decision ORDER BY at, subject;
                DROP TABLE decision;
                ALTER TABLE numbered RENAME TO decision;
                CREATE INDEX decisionBySubject ON decision (subject);

                CREATE TABLE schoolEvent (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    school TEXT NOT NULL,
                    kind TEXT NOT NULL,      -- 'closure' or 'inspection'
                    first TEXT NOT NULL,     -- days, as ISO 8601 writes them
                    last TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    author TEXT NOT NULL
                ) STRICT;
                """)
    }

    private static func createFeeds(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE feed (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    kind TEXT NOT NULL,      -- 'person', 'school' or 'partnership'
                    subject TEXT NOT NULL,   -- its id
                    digest BLOB UNIQUE,      -- SHA-256 of the secret in the address; NULL once it is revoked
                    created INTEGER NOT NULL,
                    revoked INTEGER,
                    fetched INTEGER,
                    program TEXT,
                    entityTag TEXT,          -- of what was read last
                    changed INTEGER
                ) STRICT;
                """)
    }
}
