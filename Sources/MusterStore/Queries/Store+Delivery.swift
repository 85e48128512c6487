import CivilTime
import Foundation
import GRDB

/// What came of an attempt to send a message.
public enum DeliveryOutcome: Hashable, Sendable {
    /// The other side has taken responsibility.
    case delivered
    /// Not that we know of; to be tried again.
    case retry(due: Instant, mayHaveArrived: Bool, error: String)
    /// Never.
    case dead(error: String)
    /// Never: it came too late to be of use.
    case expired
    /// It was taken, and given back before it was tried.
    case untried

    /// Whether the recipient may have it.
    var mayHaveArrived: Bool {
        switch self {
        case .delivered: true
        case .retry(_, let mayHaveArrived, _): mayHaveArrived
        case .dead, .expired, .untried: false
        }
    }
}

/// What is recorded of an attempt, with the messages that follow from it.
public struct DeliveryResult: Sendable {
    /// The number of the message.
    public var number: Int
    /// What came of it.
    public var outcome: DeliveryOutcome
    /// What happened with it, and what others are told.
    public var consequences: [Announcement]

    /// What is recorded of an attempt.
    public init(_ outcome: DeliveryOutcome, of number: Int, consequences: [Announcement] = []) {
        self.number = number
        self.outcome = outcome
        self.consequences = consequences
    }
}

extension Store {
    /// Records what came of attempts, and takes the next messages of that destination for sending: one transaction, so
    /// that many are paid for with one write to the disk.
    ///
    /// Of one recipient's messages about one session only the oldest that is not finished is given out, so they arrive
    /// in order. Otherwise those of the newest revision come first: after an outage people hear the newest state first.
    ///
    /// - Parameters:
    ///   - results: what came of earlier attempts.
    ///   - destination: how the way fares now, kept with them.
    ///   - limit: how many messages to take at most.
    ///   - isProbe: whether the way is tried anew: then that which was tried least comes first, so that one message
    ///     that nobody takes keeps no other from being tried.
    ///   - redating: the content of a message that leaves for the first time now, where it is to say so; every later
    ///     attempt has the same.
    public func recordAndClaim(
        _ results: [DeliveryResult], of destination: Destination, claiming limit: Int, isProbe: Bool = false,
        at now: Instant, redating: @Sendable (OutboxMessage) -> [UInt8]? = { _ in nil }
    ) throws(StoreError) -> [OutboxMessage] {
        try write { database in
            try settle(results, at: now, database)
            try destination.save(database)
            guard limit > 0 else { return [] }
            var messages = try claim(limit, of: destination.name, isProbe: isProbe, at: now, database: database)
            for index in messages.indices where messages[index].attempts == 1 {
                guard let content = redating(messages[index]) else { continue }
                messages[index].content = content
                try database.cachedStatement(sql: "UPDATE messageText SET content = ? WHERE number = ?")
                    .execute(arguments: [Data(content), messages[index].number])
            }
            return messages
        }
    }

    private func claim(
        _ limit: Int, of destination: String, isProbe: Bool, at now: Instant, database: Database
    ) throws -> [OutboxMessage] {
        let select = try database.cachedStatement(
            sql: """
                SELECT \(OutboxMessage.columnsToSend)
                FROM message INDEXED BY messageToSend JOIN messageText USING (number)
                WHERE destination = ? AND state = 'due' AND due <= ? AND number NOT IN claim
                    AND (uid = '' OR NOT EXISTS (
                        SELECT 1 FROM message AS earlier
                        WHERE earlier.uid = message.uid AND earlier.recipient = message.recipient COLLATE NOCASE
                            AND earlier.number < message.number AND earlier.state = 'due'))
                ORDER BY \(isProbe ? "attempts, " : "")revision DESC, number LIMIT ?
                """)
        var messages: [OutboxMessage] = []
        let rows = try Row.fetchCursor(select, arguments: [destination, now.seconds, limit])
        while let row = try rows.next() {
            var message = try OutboxMessage(row)
            message.state = .claimed
            message.attempts += 1
            messages.append(message)
        }
        guard !messages.isEmpty else { return [] }
        try database.cachedStatement(sql: "INSERT INTO claim SELECT value FROM json_each(?)")
            .execute(arguments: [Self.jsonList(messages.map(\.number))])
        return messages
    }

    /// Records what came of attempts: in one statement for all that were delivered, which is nearly all there are.
    private func settle(_ results: [DeliveryResult], at now: Instant, _ database: Database) throws {
        guard !results.isEmpty else { return }
        let delivered = results.filter { $0.outcome == .delivered }.map(\.number)
        try database.cachedStatement(
            sql: """
                UPDATE message SET state = 'delivered', attempts = attempts + 1, finished = ?, lastError = NULL
                WHERE number IN (SELECT value FROM json_each(?))
                """
        ).execute(arguments: [now.seconds, Self.jsonList(delivered)])
        for result in results { try settle(result, at: now, database) }
        try database.cachedStatement(sql: "DELETE FROM claim WHERE number IN (SELECT value FROM json_each(?))")
            .execute(arguments: [Self.jsonList(results.map(\.number))])
        let unseen = results.filter { !$0.outcome.mayHaveArrived }.map(\.number)
        if !unseen.isEmpty { try supersedeOvertaken(unseen, at: now, database) }
    }

    /// While a message was being sent, its session may have been published anew, as if the recipient had heard.
    ///
    /// Where the message did not arrive after all, only the newer one is sent, and no cancellation of what nobody heard
    /// of.
    private func supersedeOvertaken(_ numbers: [Int], at now: Instant, _ database: Database) throws {
        let isNewer = """
            newer.uid = message.uid AND newer.recipient = message.recipient COLLATE NOCASE
                AND newer.number > message.number AND newer.kind IN \(OutboxMessage.schedulingKinds)
                AND newer.state IN \(OutboxMessage.unfinishedStates)
            """
        let overtaken = try Row.fetchAll(
            database,
            sql: """
                SELECT number, uid, recipient FROM message
                WHERE number IN (SELECT value FROM json_each(?)) AND mayHaveArrived = 0
                    AND kind IN \(OutboxMessage.schedulingKinds)
                    AND EXISTS (SELECT 1 FROM message AS newer WHERE \(isNewer))
                """, arguments: [Self.jsonList(numbers)])
        for row in overtaken {
            let arguments: StatementArguments = [
                "now": now.seconds, "number": row["number"], "uid": row["uid"], "recipient": row["recipient"],
            ]
            try database.execute(
                sql: """
                    UPDATE message SET state = 'superseded', finished = :now WHERE number = :number AND state = 'due';
                    UPDATE message SET state = 'superseded', finished = :now
                    WHERE uid = :uid AND recipient = :recipient COLLATE NOCASE AND number > :number
                        AND kind = 'cancellation' AND state IN \(OutboxMessage.unfinishedStates)
                        AND number NOT IN claim
                        AND NOT EXISTS (
                            SELECT 1 FROM message AS known
                            WHERE known.uid = :uid AND known.recipient = :recipient COLLATE NOCASE
                                AND known.kind IN \(OutboxMessage.schedulingKinds)
                                AND (known.state = 'delivered' OR known.mayHaveArrived = 1 OR known.number IN claim));
                    """, arguments: arguments)
        }
    }

    private func settle(_ result: DeliveryResult, at now: Instant, _ database: Database) throws {
        func update(_ changes: String, _ values: StatementArguments) throws {
            try database.cachedStatement(
                sql: "UPDATE message SET attempts = attempts + 1, \(changes) WHERE number = ?"
            ).execute(arguments: values + [result.number])
        }
        switch result.outcome {
        case .delivered, .untried: break
        case .retry(let due, let mayHaveArrived, let error):
            try update(
                "due = ?, lastError = ?, mayHaveArrived = max(mayHaveArrived, ?)",
                [due.seconds, error, mayHaveArrived])
        case .dead(let error): try update("state = 'dead', finished = ?, lastError = ?", [now.seconds, error])
        case .expired: try update("state = 'expired', finished = ?", [now.seconds])
        }
        for announcement in result.consequences { try insert(announcement, database) }
    }

    /// Numbers of messages, as one argument of a statement.
    static func jsonList(_ numbers: [Int]) -> String { "[" + numbers.map(String.init).joined(separator: ",") + "]" }

    /// Texts, as one argument of a statement.
    static func jsonList(_ texts: [some Encodable]) throws -> String {
        String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }

    /// That an id is of a part of something, as a session's is of its track and its cycle, in words for which SQLite takes
    /// an index: `0` is what follows upon `/`.
    static func isPart(_ id: String, of whole: String) -> String {
        "\(id) > \(whole) || '/' AND \(id) < \(whole) || '0'"
    }

    /// Gives back what a program that ended in the middle had claimed for a destination; only for the holder of its
    /// lock.
    public func releaseClaims(of destination: String) throws(StoreError) {
        try write { database in
            let claimed = "number IN claim AND destination = ?"
            try database.execute(
                sql: """
                    UPDATE message SET attempts = attempts + 1, mayHaveArrived = 1 WHERE \(claimed);
                    DELETE FROM claim WHERE number IN (SELECT number FROM message WHERE \(claimed));
                    """, arguments: [destination, destination])
        }
    }

    /// How a way fares; one that was never tried fares well.
    public func destination(_ name: String) throws(StoreError) -> Destination {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM destination WHERE name = ?", arguments: [name])
                .map(Destination.init) ?? Destination(name: name)
        }
    }

    /// Lets a way be tried again that was given up or is left alone, and everything that waits for it; its rate stays.
    public func reopen(_ name: String, at now: Instant) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "UPDATE destination SET givenUp = NULL, failingSince = NULL, retryAt = ? WHERE name = ?",
                arguments: [now.seconds, name])
            try database.execute(
                sql: "UPDATE message SET due = min(due, ?) WHERE destination = ? AND state = 'due'",
                arguments: [now.seconds, name])
        }
    }

    /// Makes the dead messages of a destination due again, and the delivered ones from a moment on; returns how many.
    public func replay(_ destination: String, since: Instant?, at now: Instant) throws(StoreError) -> Int {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE message SET state = 'due', due = ?, attempts = 0, finished = NULL
                    WHERE destination = ? AND (state = 'dead' OR state = 'delivered' AND created >= ?)
                        AND number IN (SELECT number FROM messageText WHERE length(content) > 0)
                    """, arguments: [now.seconds, destination, since?.seconds ?? Int.max])
            return database.changesCount
        }
    }

    /// Lets nothing wait for a time that only a clock which went ahead has made late: after the clock was put back.
    public func pullForward(to now: Instant) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE message SET due = :now WHERE state = 'due' AND due > :now;
                    UPDATE destination SET retryAt = min(retryAt, :now), refilled = min(refilled, :now);
                    UPDATE calendar SET due = min(due, :now);
                    """, arguments: ["now": now.seconds])
        }
    }

    /// Drops what has come too late to be of use, wherever it was to go; returns how much.
    public func expire(at now: Instant) throws(StoreError) -> Int {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE message SET state = 'expired', finished = ?
                    WHERE state IN \(OutboxMessage.unfinishedStates) AND number NOT IN claim AND expires < ?
                    """, arguments: [now.seconds, now.seconds])
            return database.changesCount
        }
    }

    /// When the next message of a destination is to be tried; nil where none waits.
    public func nextDue(of destination: String) throws(StoreError) -> Instant? {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT min(due) FROM message WHERE destination = ? AND state = 'due'",
                arguments: [destination]
            ).map(Instant.init(seconds:))
        }
    }

    /// Puts messages into the outbox that follow from no plan.
    public func enqueue(_ messages: [OutboxMessage]) throws(StoreError) {
        try write { database in for message in messages { try message.insert(database) } }
    }
}
