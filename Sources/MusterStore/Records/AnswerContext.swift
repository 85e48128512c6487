import CivilTime
import Foundation
import GRDB
import MusterModel

/// What follows from a mail to the organiser.
public struct IncomingDecision: Sendable {
    /// How far the mail comes.
    public var state: IncomingMail.State
    /// The session that it is about; empty where that is not known.
    public var session: SessionID
    /// What is done, or why nothing is.
    public var reason: String
    /// What was answered.
    public var answers: [Answer]

    /// What follows; every field as described there.
    public init(
        _ state: IncomingMail.State, about session: SessionID, because reason: String, answers: [Answer] = []
    ) {
        self.state = state
        self.session = session
        self.reason = reason
        self.answers = answers
    }
}

/// What is known of sessions while it is decided about an answer, within the transaction that keeps the decision.
public struct AnswerContext {
    let database: Database

    /// The published session with a `UID`; nil for one that is unknown or called off.
    public func session(uid: String) throws -> PublishedSession? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT session.*, revision.at AS modified FROM session JOIN revision ON revision.number = session.revision
                WHERE uid = ? AND isCancelled = 0
                """, arguments: [uid]
        ).map(PublishedSession.init)
    }

    /// The session that the first of these mails was about; nil where none of them is ours.
    public func session(answering messageIDs: [String]) throws -> SessionID? {
        try messageIDs.lazy.compactMap { id in
            try String.fetchOne(
                database, sql: "SELECT session FROM message WHERE messageID = ? AND session <> ''", arguments: [id])
        }.first
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
