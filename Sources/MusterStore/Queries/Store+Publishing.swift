import CivilTime
import Foundation
import GRDB
import MusterModel

/// A plan that is to be published, with everything that follows from it.
public struct Publication: Sendable {
    /// The revision that it was worked out on; nil for none.
    public var basis: Int?
    /// The plan.
    public var plan: Plan
    /// Why, in a few words.
    public var note: String
    /// When.
    public var at: Instant
    /// Sessions as participants know them from now on.
    public var sessions: [PublishedSession]
    /// Sessions that no longer take place, with the revision that says so.
    public var cancelled: [PublishedSession]
    /// What is to be sent.
    public var messages: [OutboxMessage]
    /// Recipients, by `UID`, whose undelivered messages are out of date though they get no new one.
    public var withdrawn: [(uid: String, recipient: String)]

    /// A plan that is to be published; every field as described there.
    public init(
        basis: Int?, plan: Plan, note: String, at: Instant, sessions: [PublishedSession], cancelled: [PublishedSession],
        messages: [OutboxMessage], withdrawn: [(uid: String, recipient: String)]
    ) {
        self.basis = basis
        self.plan = plan
        self.note = note
        self.at = at
        self.sessions = sessions
        self.cancelled = cancelled
        self.messages = messages
        self.withdrawn = withdrawn
    }
}

/// What one recipient knows of one session.
public struct Acquaintance: Hashable, Sendable {
    /// The `Message-ID` of the first message that may have reached the recipient; nil for none.
    public var firstMessageID: String?
    /// What the last message that may have reached the recipient was; reminders aside.
    public var lastKind: OutboxMessage.Kind?
    /// Whether that message has arrived for certain.
    public var isCertain = false
    /// The moment that the message gives for its revision.
    public var lastStamp: Instant?
    /// What that message said of the session.
    public var lastDetails: SessionDetails?
    /// When the recipient was first told of the time at which the session now is; nil for never.
    public var toldOfStart: Instant?

    /// Nothing.
    public init() {}
}

extension Store {
    /// What each recipient of a session may know of it, by lower-case address.
    ///
    /// A message counts as seen as soon as it may have arrived, since a server can take one without our hearing so.
    public func acquaintances(uid: String) throws(StoreError) -> [String: Acquaintance] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT recipient, messageID, kind, state, created, details FROM message JOIN messageText USING (number)
                    WHERE uid = ? AND kind IN \(OutboxMessage.schedulingKinds)
                        AND (state = 'delivered' OR mayHaveArrived = 1 OR number IN claim)
                    ORDER BY number
                    """, arguments: [uid])
            return try rows.reduce(into: [:]) { known, row in
                var acquaintance = known[(row["recipient"] as String).lowercased()] ?? Acquaintance()
                acquaintance.firstMessageID = acquaintance.firstMessageID ?? row["messageID"]
                acquaintance.isCertain = row["state"] == OutboxMessage.State.delivered.rawValue
                let created = Instant(seconds: row["created"])
                acquaintance.lastStamp = max(created, acquaintance.lastStamp ?? created)
                acquaintance.lastKind = OutboxMessage.Kind(rawValue: row["kind"])
                let details = try JSONDecoder().decode(
                    SessionDetails.self, from: Data((row["details"] as String).utf8))
                if acquaintance.lastDetails?.start != details.start {
                    acquaintance.toldOfStart = created
                }
                acquaintance.lastDetails = details
                known[(row["recipient"] as String).lowercased()] = acquaintance
            }
        }
    }

    /// Publishes a plan: revision, sessions and messages in one transaction, or nothing.
    ///
    /// Undelivered messages about the same session to the same recipient are superseded by the new ones.
    ///
    /// - Returns: the number of the revision.
    /// - Throws: `StoreError` of the kind `conflict` where another revision was published since `basis`.
    public func publish(_ publication: Publication) throws(StoreError) -> Int {
        try write { database in
            let latest = try Int.fetchOne(database, sql: "SELECT max(number) FROM revision")
            guard latest == publication.basis else {
                throw StoreError(
                    .conflict,
                    "revision \(latest ?? 0) was published meanwhile; run muster plan again and look at the new difference"
                )
            }
            let plan = String(decoding: try JSONEncoder().encode(publication.plan), as: UTF8.self)
            try database.execute(
                sql: "INSERT INTO revision (at, plan, note) VALUES (?, ?, ?)",
                arguments: [publication.at.seconds, plan, publication.note])
            let number = Int(database.lastInsertedRowID)
            for session in publication.cancelled { try save(session, isCancelled: true, number, database) }
            for session in publication.sessions { try save(session, isCancelled: false, number, database) }
            let now = publication.at
            for (uid, recipient) in publication.withdrawn { try supersede(uid, recipient, at: now, database) }
            for var message in publication.messages {
                if message.kind != .event { try supersede(message.uid, message.recipient, at: now, database) }
                message.revision = number
                try message.insert(database)
            }
            return number
        }
    }

    private func save(_ session: PublishedSession, isCancelled: Bool, _ revision: Int, _ database: Database) throws {
        let isKnown = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM session WHERE uid = ?)", arguments: [session.uid])
        if isKnown == false {
            try database.execute(
                sql: "INSERT INTO life VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1",
                arguments: [session.details.id])
        }
        let details = String(decoding: try JSONEncoder().encode(session.details), as: UTF8.self)
        try database.execute(
            sql: """
                INSERT INTO session (uid, id, sequence, created, details, isCancelled, revision) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (uid) DO UPDATE SET sequence = max(sequence, excluded.sequence), details = excluded.details,
                    isCancelled = excluded.isCancelled, revision = excluded.revision, isDoubtful = 0
                """,
            arguments: [
                session.uid, session.details.id, session.sequence, session.created.seconds, details, isCancelled,
                revision,
            ])
    }

    private func supersede(_ uid: String, _ recipient: String, at now: Instant, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE message SET state = 'superseded', finished = ?
                WHERE uid = ? AND recipient = ? COLLATE NOCASE AND state IN ('due', 'held', 'dead')
                    AND number NOT IN claim AND reason <> 'deadline'
                """,
            arguments: [now.seconds, uid, recipient])
    }
}
