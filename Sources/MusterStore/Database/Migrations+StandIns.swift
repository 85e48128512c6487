import GRDB

/// Who was asked whether they could take a seat, before anybody is invited.
extension Migrations {
    static func createStandIns(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE standIn (
                    uid TEXT NOT NULL,         -- of the first session
                    person TEXT NOT NULL,
                    role TEXT NOT NULL,
                    seats TEXT NOT NULL,       -- JSON: the sessions, by time
                    asked INTEGER NOT NULL,
                    PRIMARY KEY (uid, person)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    /// What is found without looking at everything: a room by its address, and the few messages that lie apart.
    static func createIndexes(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE INDEX sessionByLink ON session (json_extract(details, '$.link')) WHERE isCancelled = 0;
                CREATE INDEX messageApart ON message (state, number) WHERE state IN ('held', 'dead');
                """)
    }

    /// The mails of one partnership among those of hundreds.
    static func indexMessagesBySession(_ database: Database) throws {
        try database.execute(sql: "CREATE INDEX messageBySession ON message (session, number)")
    }

    /// How thousands of calendars fare, without their times, between which it stands; who said no, and what was moved.
    static func indexWhatNeedsSomebody(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE INDEX calendarByState ON calendar (location, failure IS NOT NULL, succeeded);
                CREATE INDEX oddCalendar ON calendar (location)
                    WHERE (failure IS NOT NULL OR succeeded IS NULL OR remarks <> '[]');
                CREATE INDEX declinedAnswer ON answer (start) WHERE status = 'declined';
                CREATE INDEX movedSession ON event (subject, uid) WHERE kind = 'session.moved';
                """)
    }
}
