import CivilTime
import Foundation
import GRDB
import MusterModel

/// What changes as a message goes its way lies in one table, what it says in another, and what is being sent stands in
/// a third: each step then writes little.
extension OutboxMessage {
    private enum Column: Int, CaseIterable {
        case number, messageID, destination, revision, session, uid, sequence, kind, reason, person, recipient, sender
        case subject, state, awaitsApproval, due, attempts, lastError, created, expires, finished
        case content, details
    }

    /// The columns of a whole message, in the order in which `init(_:)` reads them.
    static let columns = Column.allCases.map { $0 == .state ? "\(currentState) AS state" : "\($0)" }
        .joined(separator: ", ")
    /// The same without what is only needed to compare: what an invitation says of its session.
    static let columnsToSend = Column.allCases.dropLast().map { "\($0)" }.joined(separator: ", ")
    /// The same without what it says.
    static let headColumns = columns.replacing("content, details", with: "x'' AS content, NULL AS details")
    /// How far a message has come, as SQL works it out.
    static let currentState = "iif(number IN claim, 'claimed', state)"

    /// The kinds that tell of a session and that a newer one takes the place of, as SQL has them.
    static let schedulingKinds = "('invitation', 'update', 'cancellation')"
    /// The states of what is still to go, as rows have them.
    static let unfinishedStates = "('due', 'held')"
    /// That a message is one of the few that lie apart, in the words of their index: SQLite takes it for these alone.
    static let liesApart = "state IN ('held', 'dead')"

    /// Reads a row of `columns` or `columnsToSend`, by position, since many are read.
    init(_ row: Row) throws {
        func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: Column) -> Value {
            row[column.rawValue]
        }
        func instant(_ column: Column) -> Instant? { (row[column.rawValue] as Int?).map(Instant.init(seconds:)) }
        // No session and nobody are empty in a row, so that indexes have them like all others.
        let session = SessionReference(
            id: SessionID(value(.session) as String), uid: value(.uid), sequence: value(.sequence))
        let person: String = value(.person)
        let details: String? = row.count > Column.details.rawValue ? row[Column.details.rawValue] : nil
        self.init(
            messageID: value(.messageID), destination: value(.destination), revision: value(.revision),
            topic: Topic(
                Kind(rawValue: value(.kind)) ?? .notice, of: session == SessionReference(id: "") ? nil : session,
                details: try details.map { try JSONDecoder().decode(SessionDetails.self, from: Data($0.utf8)) }),
            reason: value(.reason),
            person: person.isEmpty ? nil : PersonID(person),
            recipient: value(.recipient), sender: value(.sender), subject: value(.subject),
            content: try row.withUnsafeData(atIndex: Column.content.rawValue) { $0.map(Array.init) ?? [] },
            due: Instant(seconds: value(.due)),
            created: Instant(seconds: value(.created)), expires: instant(.expires))
        number = value(.number)
        state = State(rawValue: value(.state)) ?? .held
        awaitsApproval = value(.awaitsApproval)
        attempts = value(.attempts)
        lastError = row[Column.lastError.rawValue]
        finished = instant(.finished)
    }

    func insert(_ database: Database) throws { try Encoded(self).insert(database) }
}

extension SessionDetails {
    /// The details as a row has them.
    func encoded() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
}

extension OutboxMessage {
    /// A message with its details as a row has them.
    struct Encoded: Sendable {
        var message: OutboxMessage
        let details: String?

        init(_ message: OutboxMessage) throws { try self.init(message, details: message.details?.encoded()) }

        init(_ message: OutboxMessage, details: String?) {
            self.message = message
            self.details = details
        }

        func insert(_ database: Database) throws {
            try message.insertHead(database)
            try database.cachedStatement(sql: "INSERT INTO messageText (number, content, details) VALUES (?, ?, ?)")
                .execute(arguments: [database.lastInsertedRowID, Data(message.content), details])
        }
    }

    private func insertHead(_ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO message (messageID, destination, revision, session, uid, sequence, kind, reason, person,
                    recipient, sender, subject, state, awaitsApproval, due, created, expires)
                VALUES (?, ?, coalesce(nullif(?, 0), (SELECT max(number) FROM revision), 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                messageID, destination, revision, session?.id ?? "", session?.uid ?? "", session?.sequence ?? 0,
                kind.rawValue, reason, person ?? "", recipient,
                sender, subject, state.rawValue, awaitsApproval, due.seconds, created.seconds, expires?.seconds,
            ])
    }
}
