import CivilTime
import Foundation
import GRDB
import MusterModel

/// An invitation that somebody has, and has not answered with yes or no.
public struct UnansweredInvitation: Sendable {
    /// The session.
    public var session: PublishedSession
    /// Who is asked.
    public var participant: SessionDetails.Participant
    /// When they were told of its time.
    public var asked: Instant
    /// When they said perhaps; nil where they said nothing.
    public var tentative: Instant?

    /// An invitation; every field as described there.
    public init(
        session: PublishedSession, participant: SessionDetails.Participant, asked: Instant, tentative: Instant? = nil
    ) {
        self.session = session
        self.participant = participant
        self.asked = asked
        self.tentative = tentative
    }
}

/// A mail that asks for answers, with everything that it asks for.
public struct Chase: Sendable {
    /// What is remembered of it, for each invitation: nobody is asked twice for one reason.
    public var reminders: [(key: ReminderKey, person: PersonID, due: Instant)]
    /// The mail.
    public var message: OutboxMessage

    /// A mail; every field as described there.
    public init(reminders: [(key: ReminderKey, person: PersonID, due: Instant)], message: OutboxMessage) {
        self.reminders = reminders
        self.message = message
    }
}

extension Store {
    /// The invitations to sessions to come that have arrived and are not answered with yes or no; nothing about those
    /// of whom newer word is on its way.
    ///
    /// - Parameter known: only those to these sessions, which have been read already; nil for all.
    public func unansweredInvitations(
        at now: Instant, to known: [PublishedSession]? = nil
    ) throws(StoreError) -> [UnansweredInvitation] {
        try read { database in
            let chosen = known == nil ? "session" : "json_each(:uids) CROSS JOIN session ON session.uid = value"
            var arguments: StatementArguments = ["now": now.seconds]
            if let known { arguments += ["uids": try Self.jsonList(known.map(\.uid))] }
            let sessions =
                try known
                ?? PublishedSession.fetchAll(
                    database, from: chosen, where: "isCancelled = 0 AND start > :now", arguments: arguments)
            let asked = try Row.fetchAll(
                database,
                sql: """
                    SELECT session.uid AS uid, lower(address) AS address, answer.at AS tentative,
                        (SELECT max(finished) FROM message WHERE message.uid = session.uid
                            AND recipient = address COLLATE NOCASE AND state = 'delivered'
                            AND kind IN ('invitation', 'update')
                            AND reason IN ('new', 'joined', 'moved', 'returned', 'readdressed')) AS asked
                    FROM \(chosen) JOIN attendee ON attendee.uid = session.uid
                        LEFT JOIN answer ON answer.uid = session.uid AND answer.person = attendee.person
                            AND answer.start = session.start
                    WHERE isCancelled = 0 AND session.start > :now AND coalesce(status, 'tentative') = 'tentative'
                        AND NOT EXISTS (
                            SELECT 1 FROM message WHERE message.uid = session.uid
                                AND recipient = address COLLATE NOCASE AND kind IN \(OutboxMessage.schedulingKinds)
                                AND state IN \(OutboxMessage.unfinishedStates))
                    """, arguments: arguments)
            let byUID = Dictionary(sessions.map { ($0.uid, $0) }) { first, _ in first }
            return asked.compactMap { row in
                guard let asked = row["asked"] as Int?, let session = byUID[row["uid"]],
                    let participant = session.details.participants.first(where: {
                        $0.address.lowercased() == row["address"]
                    })
                else { return nil }
                return UnansweredInvitation(
                    session: session, participant: participant, asked: Instant(seconds: asked),
                    tentative: (row["tentative"] as Int?).map(Instant.init(seconds:)))
            }
        }
    }

    /// What was asked for already, of everything to come.
    public func chaseOutcomes(at now: Instant) throws(StoreError) -> Set<ReminderKey> {
        try read { database in
            Set(
                try Row.fetchAll(
                    database, sql: "SELECT * FROM reminder WHERE start > ? AND rule LIKE 'answer:%'",
                    arguments: [now.seconds]
                ).map { row in
                    ReminderKey(
                        uid: row["uid"], recipient: row["recipient"], start: Instant(seconds: row["start"]),
                        rule: row["rule"])
                })
        }
    }

    /// Puts a mail that asks for answers into the outbox, and remembers what it asked for, in one transaction.
    ///
    /// - Returns: false where one of the sessions was moved or answered meanwhile, so that it is to be decided anew, or
    ///   where all of it was asked for already.
    public func record(_ chase: Chase, at now: Instant) throws(StoreError) -> Bool {
        try write { database in
            for (key, person, _) in chase.reminders {
                let isUnanswered = try Bool.fetchOne(
                    database,
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM session WHERE uid = :uid AND isCancelled = 0 AND start = :start)
                            AND NOT EXISTS (SELECT 1 FROM answer WHERE uid = :uid AND person = :person
                                AND start = :start AND status <> 'tentative')
                        """, arguments: ["uid": key.uid, "start": key.start.seconds, "person": person])
                guard isUnanswered == true else { return false }
            }
            var isNew = false
            for (key, _, due) in chase.reminders {
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO reminder (uid, recipient, start, rule, due, outcome, at)
                        VALUES (?, ?, ?, ?, ?, 'asked', ?)
                        """,
                    arguments: [key.uid, key.recipient, key.start.seconds, key.rule, due.seconds, now.seconds])
                isNew = isNew || database.changesCount > 0
            }
            if isNew { try chase.message.insert(database) }
            return isNew
        }
    }
}
