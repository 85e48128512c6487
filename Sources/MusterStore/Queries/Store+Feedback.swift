import CivilTime
import GRDB
import MusterModel

/// When somebody was asked about a session, and whether they have answered; not what.
public struct FeedbackInvitation: Hashable, Sendable {
    /// The `UID` of the session.
    public var uid: String
    /// Who.
    public var person: PersonID
    /// The cycle.
    public var cycle: CycleID
    /// The stage.
    public var stage: StageID
    /// When they were asked.
    public var asked: Instant
    /// When they were reminded; nil for not yet.
    public var reminded: Instant?
    /// Whether they have answered.
    public var isAnswered: Bool

    /// An invitation; every field as described there.
    public init(
        uid: String, person: PersonID, cycle: CycleID, stage: StageID, asked: Instant, reminded: Instant? = nil,
        isAnswered: Bool = false
    ) {
        self.uid = uid
        self.person = person
        self.cycle = cycle
        self.stage = stage
        self.asked = asked
        self.reminded = reminded
        self.isAnswered = isAnswered
    }
}

extension Store {
    /// The published sessions that ended in a stretch of time, by time.
    public func publishedSessions(endedIn time: Range<Instant>) throws(StoreError) -> [PublishedSession] {
        try read { database in
            try PublishedSession.fetchAll(
                database,
                where: """
                    isCancelled = 0 AND start < :to AND start >= :from - 86400 AND end >= :from AND end < :to
                    ORDER BY start, id
                    """, arguments: ["from": time.lowerBound.seconds, "to": time.upperBound.seconds])
        }
    }

    /// Those who were asked about some sessions.
    public func feedbackInvitations(to uids: [String]) throws(StoreError) -> [FeedbackInvitation] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT feedbackInvitation.* FROM json_each(?) CROSS JOIN feedbackInvitation ON uid = value",
                arguments: [try Self.jsonList(uids)]
            ).map(FeedbackInvitation.init)
        }
    }

    /// Those who were asked about the sessions of some cycles.
    public func feedbackInvitations(of cycles: [CycleID]) throws(StoreError) -> [FeedbackInvitation] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT feedbackInvitation.* FROM json_each(?) CROSS JOIN feedbackInvitation ON cycle = value",
                arguments: [try Self.jsonList(cycles)]
            ).map(FeedbackInvitation.init)
        }
    }

    /// The cycles of which somebody has seen the answers, so that no more are taken, whatever becomes of their dates: two
    /// results of which one has an answer more would tell that one.
    public func shownFeedback() throws(StoreError) -> Set<CycleID> {
        try read { database in
            Set(
                try CycleID.fetchAll(
                    database, sql: "SELECT substr(name, 10) FROM setting WHERE name LIKE 'feedback:%'"))
        }
    }

    /// Remembers that somebody sees the answers of a cycle.
    public func showFeedback(of cycle: CycleID) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO setting VALUES ('feedback:' || ?, 'shown')", arguments: [cycle])
        }
    }

    /// The `UID`s of the sessions about which a person was asked.
    public func feedbackAsked(of person: PersonID) throws(StoreError) -> [String] {
        try read { database in
            try String.fetchAll(
                database, sql: "SELECT uid FROM feedbackInvitation WHERE person = ? ORDER BY asked, uid",
                arguments: [person])
        }
    }

    /// Puts mails that ask people about sessions into the outbox, or remind them, and remembers it, in one transaction.
    ///
    /// - Parameter isReminder: whether those are reminded who were asked; else each is asked for the first time.
    /// - Returns: how many; left out are those who were asked, or reminded, already, or have answered.
    public func ask(
        _ mails: [(invitation: FeedbackInvitation, message: OutboxMessage)], reminding isReminder: Bool,
        at now: Instant
    ) throws(StoreError) -> Int {
        guard !mails.isEmpty else { return 0 }
        return try write { database in
            try mails.count { mail in
                let invitation = mail.invitation
                if isReminder {
                    try database.execute(
                        sql: """
                            UPDATE feedbackInvitation SET reminded = ?
                            WHERE uid = ? AND person = ? AND reminded IS NULL AND isAnswered = 0
                            """, arguments: [now.seconds, invitation.uid, invitation.person])
                } else {
                    try database.execute(
                        sql: """
                            INSERT OR IGNORE INTO feedbackInvitation (uid, person, cycle, stage, asked)
                            VALUES (?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            invitation.uid, invitation.person, invitation.cycle, invitation.stage, now.seconds,
                        ])
                }
                guard database.changesCount > 0 else { return false }
                try mail.message.insert(database)
                return true
            }
        }
    }

    /// Keeps that somebody answered, and apart from that what: nothing leads from one to the other.
    ///
    /// - Parameter scores: numbers by the ids of questions.
    /// - Returns: false where they were not asked, or have answered already, or somebody has seen the answers of the cycle.
    public func keepFeedback(
        about uid: String, of person: PersonID, scores: [String: Int], comment: FeedbackResult.Comment?
    ) throws(StoreError) -> Bool {
        try write { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT cycle, stage FROM feedbackInvitation WHERE uid = ? AND person = ? AND isAnswered = 0
                        AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'feedback:' || cycle)
                    """, arguments: [uid, person])
            guard let row else { return false }
            try database.execute(
                sql: "UPDATE feedbackInvitation SET isAnswered = 1 WHERE uid = ? AND person = ?",
                arguments: [uid, person])
            let (cycle, stage): (String, String) = (row["cycle"], row["stage"])
            for (question, score) in scores {
                try database.execute(
                    sql: "INSERT INTO feedbackScore VALUES (?, ?, ?, ?, ?)",
                    arguments: [Self.anyNumber(), cycle, stage, question, score])
            }
            if let comment {
                try database.execute(
                    sql: "INSERT INTO feedbackComment VALUES (?, ?, ?, ?, ?)",
                    arguments: [Self.anyNumber(), cycle, stage, comment.text, comment.mayBeQuoted])
            }
            return true
        }
    }

    private static func anyNumber() -> Int64 { Int64.random(in: 1...Int64.max) }

    /// What was answered about a stage of a cycle: numbers by question, and comments in an order by chance.
    public func feedback(
        on stage: StageID, of cycle: CycleID
    ) throws(StoreError) -> (scores: [String: [Int]], comments: [FeedbackResult.Comment]) {
        try read { database in
            let scores = try Row.fetchAll(
                database, sql: "SELECT question, score FROM feedbackScore WHERE cycle = ? AND stage = ?",
                arguments: [cycle, stage])
            let comments = try Row.fetchAll(
                database,
                sql: "SELECT text, mayBeQuoted FROM feedbackComment WHERE cycle = ? AND stage = ? ORDER BY number",
                arguments: [cycle, stage])
            return (
                scores.reduce(into: [:]) { $0[$1["question"], default: []].append($1["score"]) },
                comments.map { FeedbackResult.Comment(text: $0["text"], mayBeQuoted: $0["mayBeQuoted"]) }
            )
        }
    }

    /// Forgets what was written about all cycles but these; numbers stay.
    ///
    /// - Returns: how many comments those were.
    public func forgetComments(exceptOf cycles: [CycleID]) throws(StoreError) -> Int {
        try write { database in
            try database.execute(
                sql: "DELETE FROM feedbackComment WHERE cycle NOT IN (SELECT value FROM json_each(?))",
                arguments: [try Self.jsonList(cycles)])
            return database.changesCount
        }
    }
}

extension FeedbackInvitation {
    fileprivate init(_ row: Row) {
        self.init(
            uid: row["uid"], person: row["person"], cycle: row["cycle"], stage: row["stage"],
            asked: Instant(seconds: row["asked"]), reminded: (row["reminded"] as Int?).map(Instant.init(seconds:)),
            isAnswered: row["isAnswered"])
    }
}
