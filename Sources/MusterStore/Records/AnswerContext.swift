import CivilTime
import Foundation
import GRDB
import MusterModel

/// What follows from a mail to the organiser.
public struct IncomingDecision: Sendable {
    /// How far the mail comes.
    public var state: IncomingMail.State
    /// The session that it is about; nil where that is not known.
    public var session: SessionID?
    /// What is done, or why nothing is.
    public var reason: String
    /// What was answered.
    public var answers: [Answer]
    /// The answer that is taken back; nil for none.
    public var withdrawn: Answer?
    /// The mail that came back for good, by its number, and why in the server's words; nil for none.
    public var bounced: (number: Int, words: String)?
    /// What happened, beside that.
    public var events: [Event]
    /// What a coordinator decides with it, each with a title for the history.
    public var decisions: [(decision: Decision, title: String)] = []
    /// Whether it answers a test, so that answers are known to arrive.
    public var provesRoundTrip = false
    /// What is written because of it.
    public var messages: [OutboxMessage] = []
    /// What somebody can agree to where the mail waits; nil where they have to read it.
    public var claim: Claim?

    /// What somebody can agree to in a mail that waits.
    public enum Claim: Hashable, Sendable {
        /// An answer that may not be from whom it says; without a person where nobody can tell.
        case answer(Answer)
        /// Another time for a session.
        case time(SessionID, Instant, by: PersonID)
        /// Somebody, by their address, comes in the place of another.
        case substitute(SessionID, for: PersonID, address: String)
    }

    /// What follows; every field as described there.
    public init(
        _ state: IncomingMail.State, about session: SessionID?, because reason: String, answers: [Answer] = [],
        events: [Event] = [], claim: Claim? = nil
    ) {
        self.state = state
        self.session = session
        self.reason = reason
        self.answers = answers
        self.events = events
        self.claim = claim
    }
}

/// What is known of a mail that left.
public struct SentMail: Hashable, Sendable {
    /// Its number.
    public let number: Int
    /// What it was.
    public let kind: OutboxMessage.Kind
    /// Whether it was delivered as far as we knew.
    public let isDelivered: Bool
    /// The session; nil for none.
    public let session: SessionID?
    /// Its `UID`.
    public let uid: String
    /// To whom it went; nil for none of the people.
    public let person: PersonID?
    /// To which address, in lower case.
    public let recipient: String
    /// Its subject.
    public let subject: String

    fileprivate init(_ row: Row) {
        number = row["number"]
        kind = OutboxMessage.Kind(rawValue: row["kind"]) ?? .notice
        isDelivered = row["state"] == OutboxMessage.State.delivered.rawValue
        let session: SessionID = row["session"]
        self.session = session.isEmpty ? nil : session
        uid = row["uid"]
        let person: PersonID = row["person"]
        self.person = person.isEmpty ? nil : person
        recipient = (row["recipient"] as String).lowercased()
        subject = row["subject"]
    }
}

/// What is known of sessions while it is decided about an answer, within the transaction that keeps the decision.
public struct AnswerContext {
    let database: Database

    /// The published session with a `UID`; nil for one that is unknown or called off.
    public func session(uid: String) throws -> PublishedSession? {
        try PublishedSession.fetchAll(database, where: "uid = ? AND isCancelled = 0", arguments: [uid]).first
    }

    /// The published session whose `UID` begins so, up to its `@`.
    public func session(named beginning: String) throws -> PublishedSession? {
        try String.fetchOne(
            database, sql: "SELECT uid FROM session WHERE uid >= ? AND uid < ? AND isCancelled = 0",
            arguments: [beginning, beginning + "\u{10FFFF}"]
        ).flatMap { try session(uid: $0) }
    }

    /// When a mail about a session left for an address last; nil for never.
    public func newestDelivery(uid: String, to address: String) throws -> Instant? {
        try Int.fetchOne(
            database,
            sql: """
                SELECT max(finished) FROM message WHERE uid = ? AND recipient = ? COLLATE NOCASE AND state = 'delivered'
                """, arguments: [uid, address]
        ).map(Instant.init(seconds:))
    }

    /// The first of these mails that is ours; nil where none is.
    public func mail(_ messageIDs: [String]) throws -> SentMail? {
        for id in messageIDs.prefix(50) {
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM message WHERE messageID = ? AND destination = 'mail'", arguments: [id])
            if let row { return SentMail(row) }
        }
        return nil
    }

    /// The mail whose `Message-ID` begins so, up to its `@`.
    public func mail(named beginning: String) throws -> SentMail? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM message WHERE messageID >= ? AND messageID < ? AND destination = 'mail'",
            arguments: [beginning, beginning + "\u{10FFFF}"]
        ).map(SentMail.init)
    }

    /// The newest mail to an address; nil for none.
    public func newestMail(to address: String) throws -> SentMail? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT * FROM message WHERE destination = 'mail' AND recipient = ? COLLATE NOCASE
                ORDER BY number DESC LIMIT 1
                """, arguments: [address]
        ).map(SentMail.init)
    }

    /// Whether an address was written to since a moment because it had written to us.
    public func hasAnswered(_ address: String, since: Instant) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT 1 FROM message WHERE destination = 'mail' AND recipient = ? COLLATE NOCASE
                    AND (kind = 'receipt' OR reason = 'refresh') AND created > ?)
                """, arguments: [address, since.seconds]) ?? false
    }

    /// When a session was to begin as a recipient was told in a revision; nil where they never were.
    public func start(of uid: String, _ address: String, _ sequence: Int) throws -> Instant? {
        try String.fetchOne(
            database,
            sql: """
                SELECT details FROM message JOIN messageText USING (number)
                WHERE uid = ? AND recipient = ? COLLATE NOCASE AND sequence <= ? AND details IS NOT NULL
                ORDER BY sequence DESC, number DESC LIMIT 1
                """, arguments: [uid, address, sequence]
        ).map { try JSONDecoder().decode(SessionDetails.self, from: Data($0.utf8)).start }
    }

    /// What a person answered last.
    public func answer(uid: String, person: PersonID) throws -> Answer? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM answer WHERE uid = ? AND person = ?", arguments: [uid, person]
        ).map(Answer.init)
    }
}
