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

    /// Something that is another after each publication and each delivery of an invitation.
    ///
    /// Reminders may be due then that were not before.
    public func reminderMark() throws(StoreError) -> String {
        try read { database in
            let revision = try Int.fetchOne(database, sql: "SELECT max(number) FROM revision") ?? 0
            let told = try Int.fetchOne(
                database,
                sql: "SELECT max(finished) FROM message WHERE kind IN ('invitation', 'update') AND state = 'delivered'")
            return "\(revision) \(told ?? 0)"
        }
    }

    /// The reminders of some addresses with their outcome, a line each.
    public func reminders(of recipients: Set<String>) throws(StoreError) -> [String] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT recipient, rule, due, outcome FROM reminder ORDER BY due")
            return rows.filter { recipients.contains($0["recipient"]) }.map { row in
                "\(Instant(seconds: row["due"])) \(row["rule"] as String): \(row["outcome"] as String)"
            }
        }
    }

    /// How many reminders have each outcome.
    public func reminderCounts() throws(StoreError) -> [String: Int] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT outcome, count(*) AS count FROM reminder GROUP BY outcome ORDER BY outcome")
            return Dictionary(rows.map { ($0["outcome"], $0["count"]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Keeps the outcomes and puts the mails into the outbox, in one transaction.
    ///
    /// What was decided about a session that was moved or cancelled meanwhile is left out, and so is what another
    /// program has decided meanwhile.
    public func record(_ decisions: [ReminderDecision], at now: Instant) throws(StoreError) {
        try write { database in
            for decision in decisions where try isCurrent(decision.key, database) {
                try database.execute(
                    sql: """
                        INSERT OR IGNORE INTO reminder (uid, recipient, start, rule, due, outcome, at)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        decision.key.uid, decision.key.recipient, decision.key.start.seconds, decision.key.rule,
                        decision.due.seconds, decision.reason, now.seconds,
                    ])
                if database.changesCount > 0 { try decision.message?.insert(database) }
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
