import GRDB

/// Feedback: who was asked and has answered, and, without anything in common with that, what was answered.
extension Migrations {
    static func createFeedback(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE feedbackInvitation (
                    uid TEXT NOT NULL,         -- of the session
                    person TEXT NOT NULL,
                    cycle TEXT NOT NULL,
                    stage TEXT NOT NULL,
                    asked INTEGER NOT NULL,
                    reminded INTEGER,          -- NULL for not yet
                    isAnswered INTEGER NOT NULL DEFAULT 0,
                    PRIMARY KEY (uid, person)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX feedbackByStage ON feedbackInvitation (cycle, stage);
                -- Numbers are by chance, and there is no time: the order of rows says nothing.
                CREATE TABLE feedbackScore (
                    number INTEGER PRIMARY KEY,
                    cycle TEXT NOT NULL,
                    stage TEXT NOT NULL,
                    question TEXT NOT NULL,
                    score INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX feedbackScoreByStage ON feedbackScore (cycle, stage);
                CREATE TABLE feedbackComment (
                    number INTEGER PRIMARY KEY,
                    cycle TEXT NOT NULL,
                    stage TEXT NOT NULL,
                    text TEXT NOT NULL,
                    mayBeQuoted INTEGER NOT NULL
                ) STRICT;
                """)
    }
}
