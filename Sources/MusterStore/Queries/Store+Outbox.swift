import CivilTime
import Foundation
import GRDB

extension Store {
    /// How many messages are in each state.
    public func outboxCounts() throws(StoreError) -> [OutboxMessage.State: Int] {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT state, count(*) AS count FROM message GROUP BY state")
            return rows.reduce(into: [:]) { counts, row in
                if let state = OutboxMessage.State(rawValue: row["state"]) { counts[state] = row["count"] }
            }
        }
    }

    /// Messages, the newest first, of the given states or of all.
    public func messages(
        _ states: [OutboxMessage.State] = OutboxMessage.State.allCases, limit: Int = 1000
    ) throws(StoreError) -> [OutboxMessage] {
        try read { database in
            let marks = databaseQuestionMarks(count: states.count)
            return try Row.fetchAll(
                database, sql: "SELECT * FROM message WHERE state IN (\(marks)) ORDER BY number DESC LIMIT \(limit)",
                arguments: StatementArguments(states.map(\.rawValue))
            ).map(OutboxMessage.init)
        }
    }

    /// The message with that number; nil where there is none.
    public func message(_ number: Int) throws(StoreError) -> OutboxMessage? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM message WHERE number = ?", arguments: [number]).map(
                OutboxMessage.init)
        }
    }

    /// Takes messages that are due, oldest first, for sending now.
    ///
    /// Of one recipient's messages about one session only the oldest that is not finished is given out, so they arrive
    /// in order.
    public func claim(limit: Int, at now: Instant) throws(StoreError) -> [OutboxMessage] {
        try write { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM message WHERE state = 'due' AND due <= ? AND NOT EXISTS (
                        SELECT 1 FROM message AS earlier
                        WHERE earlier.uid = message.uid AND earlier.recipient = message.recipient
                            AND earlier.number < message.number AND earlier.state IN ('due', 'claimed'))
                    ORDER BY number LIMIT ?
                    """, arguments: [now.seconds, limit])
            let messages = try rows.map(OutboxMessage.init)
            for message in messages {
                try database.execute(
                    sql: "UPDATE message SET state = 'claimed', attempts = attempts + 1 WHERE number = ?",
                    arguments: [message.number])
            }
            return messages
        }
    }

    /// Gives back what a program that ended in the middle had claimed; only for the holder of the state's lock.
    public func releaseClaims() throws(StoreError) {
        try write {
            try $0.execute(sql: "UPDATE message SET state = 'due', mayHaveArrived = 1 WHERE state = 'claimed'")
        }
    }

    /// Records what came of an attempt.
    public func record(_ outcome: DeliveryOutcome, of number: Int, at now: Instant) throws(StoreError) {
        try write { database in
            switch outcome {
            case .delivered:
                try database.execute(
                    sql: "UPDATE message SET state = 'delivered', finished = ?, lastError = NULL WHERE number = ?",
                    arguments: [now.seconds, number])
            case .retry(let due, let mayHaveArrived, let error):
                try database.execute(
                    sql: """
                        UPDATE message SET state = 'due', due = ?, lastError = ?, mayHaveArrived = max(mayHaveArrived, ?)
                        WHERE number = ?
                        """,
                    arguments: [due.seconds, error, mayHaveArrived, number])
            case .dead(let error):
                try database.execute(
                    sql: "UPDATE message SET state = 'dead', finished = ?, lastError = ? WHERE number = ?",
                    arguments: [now.seconds, error, number])
            }
        }
    }

    /// Moves messages by hand from one of some states to another; returns how many there were.
    ///
    /// None is made due again of which the recipient has a newer one: nobody gets a lower `SEQUENCE` after a higher.
    ///
    /// - Parameters:
    ///   - numbers: which ones; nil for all that are in one of the states.
    ///   - due: when they are to be sent.
    public func move(
        _ numbers: [Int]?, from states: [OutboxMessage.State], to state: OutboxMessage.State, due: Instant
    ) throws(StoreError) -> Int {
        try write { database in
            var sql =
                "UPDATE message SET state = ?, due = ? WHERE state IN (\(databaseQuestionMarks(count: states.count)))"
            var arguments: StatementArguments = [state.rawValue, due.seconds]
            arguments += StatementArguments(states.map(\.rawValue))
            if let numbers {
                sql += " AND number IN (\(databaseQuestionMarks(count: numbers.count)))"
                arguments += StatementArguments(numbers)
            }
            if state == .due {
                sql += """
                     AND NOT EXISTS (SELECT 1 FROM message AS newer WHERE newer.uid = message.uid
                        AND newer.recipient = message.recipient AND newer.number > message.number)
                    """
            }
            try database.execute(sql: sql, arguments: arguments)
            return database.changesCount
        }
    }
}

/// What came of an attempt to send a message.
public enum DeliveryOutcome: Hashable, Sendable {
    /// The other side has taken responsibility.
    case delivered
    /// Not that we know of; to be tried again.
    case retry(due: Instant, mayHaveArrived: Bool, error: String)
    /// Never.
    case dead(error: String)
}
