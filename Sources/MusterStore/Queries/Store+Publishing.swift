import CivilTime
import ConcurrentMap
import Foundation
import GRDB
import MusterModel

/// A plan that is to be published, with everything that follows from it.
public struct Publication: Sendable {
    /// The revision that it was worked out on; nil for none.
    public var basis: Int?
    /// The decisions that it was worked out on; nil where it follows none.
    public var decisions: [Decision]?
    /// The plan.
    public var plan: Plan
    /// Everybody's part in its sessions; what has begun is not read.
    public var duties: [Duty] = []
    /// Why, in a few words.
    public var note: String
    /// When.
    public var at: Instant
    /// Whose plan it is, which the state remembers; nil where nobody says.
    public var owner: StateOwner?
    /// Who publishes it.
    public var actor = Event.muster
    /// What happened to the plan as a whole.
    public var announcements: [Announcement] = []
    /// Decisions that are taken back with it.
    public var revertedDecisions: [Decision] = []
    /// What becomes of mails that need somebody's approval.
    public var approval = Approval.notNeeded
    /// The proposed change that it follows; nil for none.
    public var change: PlanChange?

    /// What becomes of mails that need somebody's approval.
    public enum Approval: Sendable {
        /// Nothing is held.
        case notNeeded
        /// The new messages are held until somebody approves of them.
        case awaited
        /// Somebody wants this: what was held goes out with it.
        case given
    }

    /// A plan without anything that follows from it.
    public init(basis: Int?, decisions: [Decision]? = nil, plan: Plan, note: String, at: Instant) {
        self.basis = basis
        self.decisions = decisions
        self.plan = plan
        self.note = note
        self.at = at
    }
}

/// What happens to one session when a plan is published, and who is told.
public struct SessionUpdate: Sendable {
    /// The difference that causes it.
    public var change: ChangeSet.SessionChange
    /// The session as participants know it from now on.
    public var session: PublishedSession
    /// What happened to the session, and which other programs are told.
    public var announcements: [Announcement]
    /// The mails that are to be sent.
    public var mails: [OutboxMessage]
    /// Recipients whose undelivered messages are out of date though they get no new one.
    public var withdrawn: [String]

    /// What happens to a session; every field as described there.
    public init(
        change: ChangeSet.SessionChange, session: PublishedSession, announcements: [Announcement] = [],
        mails: [OutboxMessage] = [], withdrawn: [String] = []
    ) {
        self.change = change
        self.session = session
        self.announcements = announcements
        self.mails = mails
        self.withdrawn = withdrawn
    }
}

/// What came of publishing a plan.
public struct PublicationResult: Hashable, Sendable, Codable {
    /// The number of the revision.
    public var revision: Int
    /// Mails that were put into the outbox.
    public var mails = 0
    /// Recipients of sessions whose undelivered messages were withdrawn without a new one.
    public var withdrawn = 0
    /// Messages that waited for approval and were let go.
    public var released = 0
}

/// What the recipients of a session may know of it, and what they answered.
public struct SessionKnowledge: Sendable {
    /// What each recipient knows, by lower-case address.
    public fileprivate(set) var recipients: [String: RecipientKnowledge] = [:]
    /// Who has one of few places.
    public fileprivate(set) var peopleWithPlaces: Set<PersonID> = []
    /// What people answered.
    public fileprivate(set) var answers: [Answer] = []
}

/// What one recipient knows of one session.
public struct RecipientKnowledge: Hashable, Sendable {
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
    public func recipientKnowledge(uid: String) throws(StoreError) -> [String: RecipientKnowledge] {
        try read { try Self.knowledge(of: [uid], $0)[uid]?.recipients ?? [:] }
    }

    /// What the recipients of sessions may know of them, by `UID`; those of which nobody knows are left out.
    private static func knowledge(of uids: [String], _ database: Database) throws -> [String: SessionKnowledge] {
        guard !uids.isEmpty else { return [:] }
        let list = try jsonList(uids)
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT uid, recipient, messageID, kind, state, created, details
                FROM message JOIN messageText USING (number)
                WHERE uid IN (SELECT value FROM json_each(?)) AND \(mayBeKnown)
                ORDER BY number
                """, arguments: [list])
        let decoder = JSONDecoder()
        var known: [String: SessionKnowledge] = [:]
        while let row = try rows.next() {
            let recipient = (row["recipient"] as String).lowercased()
            try known[row["uid"], default: SessionKnowledge()]
                .recipients[recipient, default: RecipientKnowledge()].add(row, decoder)
        }
        let places = try Row.fetchCursor(
            database,
            sql: """
                SELECT place.uid, person FROM json_each(?) CROSS JOIN place ON place.uid = value WHERE state = 'placed'
                """, arguments: [list])
        while let row = try places.next() {
            known[row[0], default: SessionKnowledge()].peopleWithPlaces.insert(row[1])
        }
        for (uid, answers) in try answers(of: uids, database) {
            known[uid, default: SessionKnowledge()].answers = answers
        }
        return known
    }

    /// Of what a recipient may have heard, as SQL has it.
    static var mayBeKnown: String {
        """
        kind IN \(OutboxMessage.schedulingKinds)
            AND (state = 'delivered' OR mayHaveArrived = 1 OR number IN claim)
        """
    }

    /// Sessions that are decided about at once.
    private static let batch = 64

    /// Publishes a plan: revision, sessions, messages, decisions taken back and approval in one transaction, or nothing.
    ///
    /// What becomes of each session is decided inside the transaction, where nothing else can happen: so whoever may have
    /// heard of a session is told how it ends. Undelivered messages about the same session to the same recipient are
    /// superseded by the new ones.
    ///
    /// Other threads decide about the next sessions while the last ones are written. So no more mails are in memory at a
    /// time than those of a few sessions.
    ///
    /// - Parameters:
    ///   - changes: what changes in the plan.
    ///   - decide: what becomes of a session from what is known of it; nil for nothing.
    /// - Throws: `StoreError` of the kind `conflict` where another revision was published since `basis`, or somebody
    ///   decided something since the plan was worked out.
    @discardableResult
    public func publish(
        _ publication: Publication, _ changes: [ChangeSet.SessionChange] = [],
        deciding decide: @escaping @Sendable (ChangeSet.SessionChange, SessionKnowledge) -> SessionUpdate? = { _, _ in
            nil
        }
    ) throws(StoreError) -> PublicationResult {
        try write { database in
            try check(publication, database)
            var result = PublicationResult(revision: try addRevision(publication, database))
            func begin(_ batch: ArraySlice<ChangeSet.SessionChange>) throws -> Ahead<[EncodedUpdate], any Error> {
                let known = try Self.knowledge(of: batch.compactMap(\.before?.uid), database)
                return Ahead {
                    try Array(batch).concurrentMap { change throws in
                        let knowledge = change.before.flatMap { known[$0.uid] } ?? SessionKnowledge()
                        return try decide(change, knowledge).map(EncodedUpdate.init)
                    }.compactMap(\.self)
                }
            }
            var batches = changes.chunked(Self.batch)[...]
            var ahead = try batches.popFirst().map(begin)
            while let updates = try ahead?.value() {
                ahead = try batches.popFirst().map(begin)
                for update in updates { try save(update, of: publication, result: &result, database: database) }
            }
            try save(publication.duties, at: publication.at, database)
            if let owner = publication.owner { try save(owner, database) }
            for announcement in publication.announcements {
                try add(announcement, of: publication, result: &result, database: database)
            }
            try settleChanges(publication, database)
            try remove(publication.revertedDecisions, by: publication.actor, at: publication.at, database)
            if case .given = publication.approval { result.released = try approve(at: publication.at, database) }
            return result
        }
    }

    /// Makes sure that what a plan was worked out on is still so.
    private func check(_ publication: Publication, _ database: Database) throws {
        let latest = try Int.fetchOne(database, sql: "SELECT max(number) FROM revision")
        guard latest == publication.basis else {
            throw StoreError(
                .conflict,
                "revision \(latest ?? 0) was published meanwhile; run muster plan again and look at the new difference")
        }
        guard let decisions = publication.decisions else { return }
        guard try self.decisions(database) == decisions else {
            throw StoreError(
                .conflict,
                "something was decided meanwhile (muster status lists it); run muster plan again and look at the new difference"
            )
        }
    }

    private func addRevision(_ publication: Publication, _ database: Database) throws -> Int {
        let plan = String(decoding: try JSONEncoder().encode(publication.plan), as: UTF8.self)
        try database.execute(
            sql: "INSERT INTO revision (at, plan, note) VALUES (?, ?, ?)",
            arguments: [publication.at.seconds, plan, publication.note])
        return Int(database.lastInsertedRowID)
    }

    private func save(
        _ encoded: EncodedUpdate, of publication: Publication, result: inout PublicationResult, database: Database
    ) throws {
        let update = encoded.update
        try save(
            update.session, encoded.details, isCancelled: update.change.after == nil, revision: result.revision,
            database)
        for recipient in update.withdrawn {
            try supersede(update.session.uid, recipient: recipient, at: publication.at, database: database)
        }
        result.withdrawn += update.withdrawn.count
        for announcement in update.announcements {
            try add(announcement, of: publication, result: &result, database: database)
        }
        for mail in encoded.mails { try add(mail, of: publication, result: &result, database: database) }
    }

    private func add(
        _ announcement: Announcement, of publication: Publication, result: inout PublicationResult,
        database: Database
    ) throws {
        var event = announcement.event
        event.actor = publication.actor
        try insert(event, database)
        for message in announcement.messages {
            try add(OutboxMessage.Encoded(message), of: publication, result: &result, database: database)
        }
    }

    private func add(
        _ encoded: OutboxMessage.Encoded, of publication: Publication, result: inout PublicationResult,
        database: Database
    ) throws {
        var encoded = encoded
        encoded.message.revision = result.revision
        if case .awaited = publication.approval { encoded.message.holdForApproval() }
        let message = encoded.message
        if message.kind != .event {
            if let session = message.session {
                try supersede(session.uid, recipient: message.recipient, at: publication.at, database: database)
            }
            result.mails += 1
        }
        try encoded.insert(database)
    }

    private func save(
        _ session: PublishedSession, _ details: String, isCancelled: Bool, revision: Int, _ database: Database
    ) throws {
        let isKnown = try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM session WHERE uid = ?)"),
            arguments: [session.uid])
        if isKnown == false {
            try database.cachedStatement(
                sql: "INSERT INTO life VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1"
            ).execute(arguments: [session.details.id])
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO session (uid, id, sequence, created, details, start, end, isCancelled, revision)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (uid) DO UPDATE SET sequence = max(sequence, excluded.sequence), details = excluded.details,
                    start = excluded.start, end = excluded.end, isCancelled = excluded.isCancelled, revision = excluded.revision, needsRenotification = 0
                """
        ).execute(arguments: [
            session.uid, session.details.id, session.sequence, session.created.seconds, details,
            session.details.start.seconds, session.details.end.seconds, isCancelled, revision,
        ])
        try save(session.details.participants, of: session.uid, database)
    }

    private func save(
        _ participants: [SessionDetails.Participant], of uid: String, _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: "DELETE FROM attendee WHERE uid = ? AND address NOT IN (SELECT value FROM json_each(?))"
        ).execute(arguments: [uid, Self.jsonList(participants.map(\.address))])
        for participant in participants {
            try database.cachedStatement(
                sql: """
                    INSERT INTO attendee (uid, address, person, role, isRequired) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (uid, address) DO UPDATE SET person = excluded.person, role = excluded.role,
                        isRequired = excluded.isRequired
                    """
            ).execute(arguments: [
                uid, participant.address, participant.person, participant.role, participant.isRequired,
            ])
        }
    }

    private func supersede(_ uid: String, recipient: String, at now: Instant, database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE message SET state = 'superseded', finished = ?
                WHERE uid = ? AND recipient = ? COLLATE NOCASE AND state IN ('due', 'held', 'dead')
                    AND number NOT IN claim AND reason <> 'deadline' AND kind <> 'receipt'
                """
        ).execute(arguments: [now.seconds, uid, recipient])
    }
}

/// An update as rows have it.
private struct EncodedUpdate: Sendable {
    let update: SessionUpdate
    let details: String
    let mails: [OutboxMessage.Encoded]

    /// Most recipients are told the same of a session: it is encoded once.
    init(_ update: SessionUpdate) throws {
        let session = update.session.details
        let details = try session.encoded()
        self.details = details
        mails = try update.mails.map { mail in
            try mail.details == session ? OutboxMessage.Encoded(mail, details: details) : OutboxMessage.Encoded(mail)
        }
        self.update = update
    }
}

extension Array {
    /// The elements in their order, at most so many at a time.
    fileprivate func chunked(_ count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
    }
}

extension RecipientKnowledge {
    /// Takes in what a message said that may have arrived after all others.
    fileprivate mutating func add(_ row: Row, _ decoder: JSONDecoder) throws {
        firstMessageID = firstMessageID ?? row["messageID"]
        isCertain = row["state"] == OutboxMessage.State.delivered.rawValue
        let created = Instant(seconds: row["created"])
        lastStamp = max(created, lastStamp ?? created)
        lastKind = OutboxMessage.Kind(rawValue: row["kind"])
        let details = try decoder.decode(SessionDetails.self, from: Data((row["details"] as String).utf8))
        if lastDetails?.start != details.start { toldOfStart = created }
        lastDetails = details
    }
}
