import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// Takes a mail once: decides what follows from it and keeps that, in one transaction.
    ///
    /// - Parameters:
    ///   - digest: the same for the same mail; one that was taken before is told as it was then.
    ///   - decide: asked within the transaction, so that nothing can change between the reading and the commit.
    ///   - announce: what others are told of what happened.
    public func take(
        _ mail: IncomingMail, digest: String, content: [UInt8],
        deciding decide: @Sendable (AnswerContext) throws -> IncomingDecision,
        announcing announce: @Sendable (Event) -> Announcement
    ) throws(StoreError) -> IncomingMail {
        try write { database in
            if let earlier = try Row.fetchOne(
                database, sql: "SELECT * FROM incoming WHERE digest = ?", arguments: [digest])
            {
                return IncomingMail(earlier)
            }
            let decision = try decide(AnswerContext(database: database))
            try carryOut(decision, at: mail.at, announcing: announce, database)
            var mail = mail
            (mail.state, mail.session, mail.reason) = (decision.state, decision.session ?? "", decision.reason)
            try database.execute(
                sql: """
                    INSERT INTO incoming (at, digest, sender, subject, session, state, reason, content)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    mail.at.seconds, digest, mail.sender, mail.subject, mail.session, mail.state.rawValue, mail.reason,
                    mail.state == .waiting ? Data(content) : nil,
                ])
            mail.number = Int(database.lastInsertedRowID)
            return mail
        }
    }

    private func carryOut(
        _ decision: IncomingDecision, at now: Instant, announcing announce: (Event) -> Announcement,
        _ database: Database
    ) throws {
        for answer in decision.answers { try keep(answer, database) }
        if let answer = decision.withdrawn {
            try database.execute(
                sql: "DELETE FROM answer WHERE uid = ? AND person = ?", arguments: [answer.uid, answer.person])
        }
        if let (number, words) = decision.bounced {
            try database.execute(
                sql: """
                    UPDATE message SET state = 'dead', mayHaveArrived = 1, finished = ?, lastError = ?
                    WHERE number = ? AND state = 'delivered'
                    """, arguments: [now.seconds, "it came back: " + words, number])
        }
        if decision.provesRoundTrip {
            try database.execute(
                sql: "INSERT OR REPLACE INTO setting VALUES ('roundTrip', ?)", arguments: ["\(now.seconds)"])
        }
        for (decision, title) in decision.decisions { try save(decision, title: title, database) }
        for event in decision.events { try insert(announce(event), database) }
        for message in decision.messages { try message.insert(database) }
    }

    /// Decides what would follow from a mail, and keeps nothing.
    public func considering<Decision>(
        _ decide: @Sendable (AnswerContext) throws -> Decision
    ) throws(StoreError) -> Decision {
        try read { try decide(AnswerContext(database: $0)) }
    }

    /// Keeps what somebody on this machine was told.
    ///
    /// - Parameter decide: the answer, from what is known of the session; nil for none; asked within the transaction.
    public func keep(
        deciding decide: @Sendable (AnswerContext) throws -> Answer?,
        announcing announce: @Sendable (Answer) -> Announcement
    ) throws(StoreError) -> Answer? {
        try write { database in
            guard let answer = try decide(AnswerContext(database: database)) else { return nil }
            try keep(answer, database)
            try insert(announce(answer), database)
            return answer
        }
    }

    func keep(_ answer: Answer, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO answer
                    (uid, person, session, status, comment, start, sequence, stamp, at, way, evidence)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                answer.uid, answer.person, answer.session, answer.status.rawValue, answer.comment,
                answer.start.seconds, answer.sequence, answer.stamp.seconds, answer.at.seconds, answer.way,
                answer.evidence.rawValue,
            ])
        // Who says yes to one of several dates of an event comes on no other.
        guard answer.status == .accepted else { return }
        try database.execute(
            sql: """
                DELETE FROM chosenDate WHERE person = :person AND track != :track
                    AND rtrim(track, '0123456789') = rtrim(:track, '0123456789')
                """, arguments: ["person": answer.person, "track": answer.session.track])
    }

    /// What people answered about the sessions that are published, by `UID`.
    public func answers() throws(StoreError) -> [String: [Answer]] {
        try read { database in
            let answers = try Row.fetchAll(
                database,
                sql: "SELECT answer.* FROM answer JOIN session USING (uid) WHERE isCancelled = 0 ORDER BY uid, person"
            ).map(Answer.init)
            return Dictionary(grouping: answers, by: \.uid)
        }
    }

    /// What people answered about some sessions, by `UID`.
    public func answers(of uids: [String]) throws(StoreError) -> [String: [Answer]] {
        try read { try Self.answers(of: uids, $0) }
    }

    static func answers(of uids: [String], _ database: Database) throws -> [String: [Answer]] {
        let answers = try Row.fetchAll(
            database,
            sql: "SELECT * FROM answer WHERE uid IN (SELECT value FROM json_each(?)) ORDER BY uid, person",
            arguments: [jsonList(uids)]
        ).map(Answer.init)
        return Dictionary(grouping: answers, by: \.uid)
    }

    /// Whether a no that stands was heard in a stretch of time.
    public func wasDeclined(in time: ClosedRange<Instant>) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM answer WHERE status = 'declined' AND at BETWEEN ? AND ?)",
                arguments: [time.lowerBound.seconds, time.upperBound.seconds]) ?? false
        }
    }

    /// Every no that stands, to sessions that were called off too.
    public func declines() throws(StoreError) -> [Answer] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM answer WHERE status = 'declined' ORDER BY session, person, at"
            ).map(Answer.init)
        }
    }

    /// Who is not reached by mails about sessions to come: the newest that asks them to come came back, or was refused,
    /// and the person has not answered; as a no in their place, whose comment is the address.
    ///
    /// - Parameter limit: only what came back by then.
    public func unreached(by limit: Instant, at now: Instant) throws(StoreError) -> [Answer] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT message.*, session.start FROM message JOIN session USING (uid)
                    WHERE \(OutboxMessage.liesApart) AND state = 'dead' AND destination = 'mail'
                        AND kind IN ('invitation', 'update') AND finished <= ? AND session.start > ?
                        AND NOT EXISTS (
                            SELECT 1 FROM message AS newer
                            WHERE newer.uid = message.uid AND newer.recipient = message.recipient
                                AND newer.number > message.number AND newer.state != 'dead'
                                AND newer.kind IN ('invitation', 'update'))
                        AND NOT EXISTS (
                            SELECT 1 FROM answer WHERE answer.uid = message.uid AND answer.person = message.person)
                    GROUP BY message.uid, message.person ORDER BY session, person
                    """, arguments: [limit.seconds, now.seconds]
            ).map { row in
                Answer(
                    session: row["session"], uid: row["uid"], person: row["person"], status: .declined,
                    comment: row["recipient"], start: Instant(seconds: row["start"]), sequence: row["sequence"],
                    stamp: Instant(seconds: row["finished"]), at: Instant(seconds: row["finished"]),
                    way: Answer.bounce, evidence: .fair)
            }
        }
    }

    /// Every no to a session to come, about the time at which it is.
    public func declines(toSessionsAfter now: Instant) throws(StoreError) -> [Answer] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT answer.* FROM answer CROSS JOIN session USING (uid, start)
                    WHERE status = 'declined' AND isCancelled = 0 AND answer.start > ?
                        AND person IN (SELECT person FROM attendee WHERE attendee.uid = answer.uid)
                    """, arguments: [now.seconds]
            ).map(Answer.init)
        }
    }

    /// How many of those who are asked to sessions to come have answered how, about the time at which they are; `none`
    /// for those who have not.
    public func answerCounts(at now: Instant) throws(StoreError) -> [String: Int] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT coalesce(status, 'none') AS status, count(*) AS count
                    FROM session JOIN attendee USING (uid)
                        LEFT JOIN answer ON answer.uid = session.uid AND answer.person = attendee.person
                            AND answer.start = session.start
                    WHERE isCancelled = 0 AND session.start > ? GROUP BY 1
                    """, arguments: [now.seconds]
            ).reduce(into: [:]) { $0[$1["status"]] = $1["count"] }
        }
    }

    /// Everything that a person answered.
    public func answers(of person: PersonID) throws(StoreError) -> [Answer] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM answer WHERE person = ? ORDER BY at", arguments: [person])
                .map(Answer.init)
        }
    }

    /// The mails that came, the newest first; what they say is not read.
    ///
    /// - Parameter state: only those; nil for all.
    public func incomingMails(_ state: IncomingMail.State? = nil) throws(StoreError) -> [IncomingMail] {
        // The state stands in the statement, so that the index of those that wait is used.
        let condition = state.map { "WHERE state = '\($0.rawValue)'" } ?? ""
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT number, at, sender, subject, session, state, reason FROM incoming \(condition)
                    ORDER BY number DESC
                    """
            ).map(IncomingMail.init)
        }
    }

    /// A mail that came; nil where there is none of that number.
    public func incomingMail(_ number: Int) throws(StoreError) -> IncomingMail? {
        try read {
            try Row.fetchOne($0, sql: "SELECT * FROM incoming WHERE number = ?", arguments: [number]).map(
                IncomingMail.init)
        }
    }

    /// How many mails wait for somebody to read them.
    public func waitingMails() throws(StoreError) -> Int {
        try read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM incoming WHERE state = 'waiting'") ?? 0
        }
    }

    /// The bytes of a mail that waits for a person; nil for one that is unknown, or dealt with.
    public func incomingContent(_ number: Int) throws(StoreError) -> [UInt8]? {
        try read { database in
            try Data.fetchOne(database, sql: "SELECT content FROM incoming WHERE number = ?", arguments: [number])
                .map(Array.init)
        }
    }

    /// Somebody has dealt with a mail; false where it does not wait.
    ///
    /// - Parameters:
    ///   - decide: what follows, asked within the transaction; nil for nothing.
    ///   - announce: what others are told of what happened.
    public func settleIncoming(
        _ number: Int, recording event: Event,
        deciding decide: @Sendable (AnswerContext) throws -> IncomingDecision? = { _ in nil },
        announcing announce: @Sendable (Event) -> Announcement = { Announcement($0) }
    ) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE incoming SET state = 'applied', content = NULL, reason = reason || '; dealt with by ' || ?
                    WHERE number = ? AND state = 'waiting'
                    """, arguments: [event.actor, number])
            guard database.changesCount > 0 else { return false }
            if let decision = try decide(AnswerContext(database: database)) {
                try carryOut(decision, at: event.at, announcing: announce, database)
            }
            try insert(event, database)
            return true
        }
    }
}

extension Answer {
    init(_ row: Row) {
        self.init(
            session: row["session"], uid: row["uid"], person: row["person"],
            status: Status(rawValue: row["status"]) ?? .tentative, comment: row["comment"],
            start: Instant(seconds: row["start"]), sequence: row["sequence"], stamp: Instant(seconds: row["stamp"]),
            at: Instant(seconds: row["at"]), way: row["way"], evidence: Evidence(rawValue: row["evidence"]) ?? .fair)
    }
}

extension IncomingMail {
    fileprivate init(_ row: Row) {
        self.init(
            number: row["number"], at: Instant(seconds: row["at"]), sender: row["sender"], subject: row["subject"],
            session: row["session"], state: State(rawValue: row["state"]) ?? .waiting, reason: row["reason"])
    }
}
