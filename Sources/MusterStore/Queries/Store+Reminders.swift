import CivilTime
import Foundation
import GRDB
import MusterModel

/// What names one reminder: a session at one time, a recipient, and the rule by which they are reminded.
public struct ReminderKey: Hashable, Sendable {
    /// The `UID` of the session.
    public var uid: String
    /// The address, in lower case.
    public var recipient: String
    /// When the session begins: moved, it is reminded of anew.
    public var start: Instant
    /// The name of the rule.
    public var rule: String

    /// A reminder.
    public init(uid: String, recipient: String, start: Instant, rule: String) {
        self.uid = uid
        self.recipient = recipient
        self.start = start
        self.rule = rule
    }
}

/// What becomes of a reminder that is due.
public struct ReminderDecision: Sendable {
    /// Which one.
    public var key: ReminderKey
    /// When it was due.
    public var due: Instant
    /// `sent`, or why not.
    public var reason: String
    /// The mail; nil where it is dropped.
    public var message: OutboxMessage?

    /// What becomes of a reminder.
    public init(key: ReminderKey, due: Instant, reason: String, message: OutboxMessage?) {
        self.key = key
        self.due = due
        self.reason = reason
        self.message = message
    }
}

extension Store {
    /// The reminders of a session that have their outcome.
    public func reminderOutcomes(uid: String) throws(StoreError) -> Set<ReminderKey> {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM reminder WHERE uid = ?", arguments: [uid])
            return Set(
                rows.map { row in
                    ReminderKey(
                        uid: row["uid"], recipient: row["recipient"], start: Instant(seconds: row["start"]),
                        rule: row["rule"])
                })
        }
    }

    /// Keeps the outcomes and puts the mails into the outbox, in one transaction.
    ///
    /// What was decided about a session that was moved or cancelled meanwhile is left out.
    ///
    /// - Throws: `StoreError` where one of them has an outcome already; then nothing is kept.
    public func record(_ decisions: [ReminderDecision], at now: Instant) throws(StoreError) {
        try write { database in
            let revision = try Int.fetchOne(database, sql: "SELECT max(number) FROM revision") ?? 0
            for decision in decisions where try isCurrent(decision.key, database) {
                try database.execute(
                    sql:
                        "INSERT INTO reminder (uid, recipient, start, rule, due, outcome, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        decision.key.uid, decision.key.recipient, decision.key.start.seconds, decision.key.rule,
                        decision.due.seconds, decision.reason, now.seconds,
                    ])
                guard var message = decision.message else { continue }
                message.revision = revision
                try message.insert(database)
            }
        }
    }

    /// Whether a session still takes place at the time of a reminder.
    private func isCurrent(_ key: ReminderKey, _ database: Database) throws -> Bool {
        let text = try String.fetchOne(
            database, sql: "SELECT details FROM session WHERE uid = ? AND isCancelled = 0", arguments: [key.uid])
        guard let text else { return false }
        return try JSONDecoder().decode(SessionDetails.self, from: Data(text.utf8)).start == key.start
    }
}
