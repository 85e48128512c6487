import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// How many messages are in each state.
    public func outboxCounts() throws(StoreError) -> [OutboxMessage.State: Int] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT \(OutboxMessage.currentState) AS current, count(*) FROM message GROUP BY current"
            )
            return rows.reduce(into: [:]) { counts, row in
                if let state = OutboxMessage.State(rawValue: row[0]) { counts[state] = row[1] }
            }
        }
    }

    /// How many messages there are of each destination, kind and state.
    public func outboxStatistics() throws(StoreError) -> [OutboxStatistic] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT destination, kind, \(OutboxMessage.currentState) AS current, count(*) AS count,
                        min(created) AS oldest
                    FROM message GROUP BY destination, kind, current ORDER BY destination, kind, current
                    """
            ).compactMap(OutboxStatistic.init)
        }
    }

    /// Messages that were delivered or given up and have been forgotten since.
    public func forgottenMessages() throws(StoreError) -> [ForgottenMessages] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM forgotten ORDER BY destination, kind, state").map { row in
                ForgottenMessages(
                    destination: row["destination"], kind: row["kind"], state: row["state"], count: row["count"])
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
                database,
                sql: """
                    SELECT \(OutboxMessage.columns) FROM message JOIN messageText USING (number)
                    WHERE \(OutboxMessage.currentState) IN (\(marks)) ORDER BY number DESC LIMIT \(limit)
                    """,
                arguments: StatementArguments(states.map(\.rawValue))
            ).map(OutboxMessage.init)
        }
    }

    /// The same without what they say.
    ///
    /// - Parameter cycles: only those about sessions of these; nil for all.
    public func messageHeads(
        _ states: [OutboxMessage.State] = OutboxMessage.State.allCases, about cycles: Set<CycleID>? = nil,
        limit: Int = 1000
    ) throws(StoreError) -> [OutboxMessage] {
        try read { database in
            let isApart = Set(states).isSubset(of: [.held, .dead])
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(OutboxMessage.headColumns) FROM message
                    WHERE \(isApart ? OutboxMessage.liesApart + " AND" : "")
                        \(OutboxMessage.currentState) IN (SELECT value FROM json_each(:states))
                        \(cycles == nil ? "" : "AND number IN (\(Self.messagesOfCycles))")
                    ORDER BY number DESC LIMIT :limit
                    """,
                arguments: StatementArguments(["states": Self.jsonList(states.map(\.rawValue)), "limit": limit])
                    + (try cycles.map { ["cycles": try Self.jsonList($0.sorted())] } ?? [:])
            ).map(OutboxMessage.init)
        }
    }

    /// The numbers of messages about the sessions of some cycles, found by the index and not one by one.
    private static let messagesOfCycles = """
        SELECT own.number FROM json_each(:cycles) AS cycle
            CROSS JOIN message AS own ON \(Store.isPart("own.session", of: "cycle.value"))
        """

    /// Those about one session, the newest first.
    public func messageHeads(uid: String, limit: Int) throws(StoreError) -> [OutboxMessage] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(OutboxMessage.headColumns) FROM message
                    WHERE uid = ? AND destination = 'mail' ORDER BY number DESC LIMIT ?
                    """,
                arguments: [uid, limit]
            ).map(OutboxMessage.init)
        }
    }

    /// The message with that number; nil where there is none.
    public func message(_ number: Int) throws(StoreError) -> OutboxMessage? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT \(OutboxMessage.columns) FROM message JOIN messageText USING (number) WHERE number = ?
                    """, arguments: [number]
            ).map(OutboxMessage.init)
        }
    }

    /// How many messages wait for approval.
    public func waitingForApproval() throws(StoreError) -> Int {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM message WHERE state = 'held' AND awaitsApproval = 1") ?? 0
        }
    }

    /// Lets go of everything that waits for approval; returns how many there were.
    @discardableResult
    public func approve(at now: Instant) throws(StoreError) -> Int {
        try write { try approve(at: now, $0) }
    }

    func approve(at now: Instant, _ database: Database) throws -> Int {
        try database.execute(
            sql: """
                UPDATE message SET state = 'due', due = ?, awaitsApproval = 0
                WHERE state = 'held' AND awaitsApproval = 1
                """, arguments: [now.seconds])
        return database.changesCount
    }

    /// Moves messages by hand from one of some states to another; returns how many there were.
    ///
    /// None is made due again of which the recipient has a newer one, since nobody gets a lower `SEQUENCE` after a
    /// higher, nor one whose text has been forgotten.
    ///
    /// - Parameters:
    ///   - numbers: which ones; nil for all that are in one of the states.
    ///   - due: when they are to be sent.
    ///   - event: kept in the log where there were any; how many is put before its title.
    public func move(
        _ numbers: [Int]?, from states: [OutboxMessage.State], to state: OutboxMessage.State, due: Instant,
        recording event: Event? = nil
    ) throws(StoreError) -> Int {
        try write { database in
            let finished = state == .discarded ? due.seconds : nil
            var sql = """
                UPDATE message SET mayHaveArrived = max(mayHaveArrived, state = 'delivered'),
                    state = ?, due = ?, finished = ?, awaitsApproval = 0
                WHERE state IN (\(databaseQuestionMarks(count: states.count))) AND number NOT IN claim
                """
            var arguments: StatementArguments = [state.rawValue, due.seconds, finished]
            arguments += StatementArguments(states.map(\.rawValue))
            if let numbers {
                sql += " AND number IN (\(databaseQuestionMarks(count: numbers.count)))"
                arguments += StatementArguments(numbers)
            }
            if state == .due {
                sql += """
                     AND number IN (SELECT number FROM messageText WHERE length(content) > 0)
                    AND NOT (kind IN \(OutboxMessage.schedulingKinds) AND EXISTS (
                        SELECT 1 FROM message AS newer WHERE newer.uid = message.uid
                            AND newer.recipient = message.recipient COLLATE NOCASE AND newer.number > message.number
                            AND newer.kind IN \(OutboxMessage.schedulingKinds)))
                    """
            }
            try database.execute(sql: sql, arguments: arguments)
            let count = database.changesCount
            if count > 0, var event {
                event.title = "\(Wording.count(count, "message")) \(event.title)"
                try insert(event, database)
            }
            return count
        }
    }
}

/// How many messages there are of a destination, kind and state.
public struct OutboxStatistic: Hashable, Sendable, Codable {
    /// The way on which they leave.
    public let destination: String
    /// What they are.
    public let kind: OutboxMessage.Kind
    /// How far they have come.
    public let state: OutboxMessage.State
    /// How many.
    public let count: Int
    /// When the oldest was written.
    public let oldest: Instant

    fileprivate init?(_ row: Row) {
        guard let kind = OutboxMessage.Kind(rawValue: row["kind"]),
            let state = OutboxMessage.State(rawValue: row["current"])
        else { return nil }
        self.kind = kind
        self.state = state
        destination = row["destination"]
        count = row["count"]
        oldest = Instant(seconds: row["oldest"])
    }
}

/// Messages of one kind that are not kept any more.
public struct ForgottenMessages: Hashable, Sendable, Codable {
    /// The way on which they left.
    public let destination: String
    /// What they were.
    public let kind: String
    /// `delivered` or `dead`.
    public let state: String
    /// How many.
    public let count: Int
}
