import MusterModel

extension OutboxMessage {
    /// What a message is about, and what it is to its recipient.
    public enum Topic: Hashable, Sendable {
        /// A word about a session that takes the place of earlier ones, with what it says; nil where that was not read.
        case scheduling(Scheduling, of: SessionReference, details: SessionDetails? = nil)
        /// A session, or something that is due beside it, is near; nil where it is about several sessions, or none.
        case reminder(SessionReference? = nil)
        /// What was understood of a mail, for whoever sent it.
        case receipt(SessionReference? = nil)
        /// What a coordinator should know of the last days.
        case digest
        /// Something that an owner must do.
        case notice
        /// A webhook; nil where its event is about nothing that has an id.
        case event(SessionReference? = nil)
    }

    /// What a mail changes in its recipient's calendar (RFC 5546 §1.4).
    public enum Scheduling: Hashable, Sendable {
        /// The first word about a session.
        case invitation
        /// The session changed.
        case update
        /// The session is over for the recipient.
        case cancellation
    }

    /// What a message is to its recipient, without what it is about: what rows, metrics and scripts know.
    public enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        /// The first word about a session.
        case invitation
        /// The session changed.
        case update
        /// The session is over for the recipient.
        case cancellation
        /// The session, or something that is due beside it, is near.
        case reminder
        /// What was understood of a mail, for whoever sent it.
        case receipt
        /// What a coordinator should know of the last days.
        case digest
        /// Something that an owner must do.
        case notice
        /// A webhook.
        case event
    }

    /// The session that a message is about.
    public struct SessionReference: Hashable, Sendable {
        /// The session; of a webhook whatever its event is about.
        public var id: SessionID
        /// Its `UID`, of which messages to one recipient arrive in order; empty where the message has none.
        public var uid: String
        /// The `SEQUENCE` that the message carries.
        public var sequence: Int

        /// A session as a message refers to it.
        public init(id: SessionID, uid: String = "", sequence: Int = 0) {
            self.id = id
            self.uid = uid
            self.sequence = sequence
        }

        /// A session as it is published.
        public init(_ session: PublishedSession) {
            self.init(id: session.details.id, uid: session.uid, sequence: session.sequence)
        }
    }

    /// What it is to its recipient.
    public var kind: Kind {
        switch topic {
        case .scheduling(.invitation, _, _): .invitation
        case .scheduling(.update, _, _): .update
        case .scheduling(.cancellation, _, _): .cancellation
        case .reminder: .reminder
        case .receipt: .receipt
        case .digest: .digest
        case .notice: .notice
        case .event: .event
        }
    }

    /// The session that it is about; nil where it is about none.
    public var session: SessionReference? {
        switch topic {
        case .scheduling(_, let session, _): session
        case .reminder(let session), .receipt(let session), .event(let session): session
        case .digest, .notice: nil
        }
    }

    /// What it says of its session, where it changes a calendar; nil where it was not read.
    public var details: SessionDetails? {
        guard case .scheduling(_, _, let details) = topic else { return nil }
        return details
    }
}

extension OutboxMessage.Topic {
    /// What a row says.
    init(_ kind: OutboxMessage.Kind, of session: OutboxMessage.SessionReference?, details: SessionDetails?) {
        func scheduling(_ word: OutboxMessage.Scheduling) -> Self {
            .scheduling(word, of: session ?? OutboxMessage.SessionReference(id: ""), details: details)
        }
        self =
            switch kind {
            case .invitation: scheduling(.invitation)
            case .update: scheduling(.update)
            case .cancellation: scheduling(.cancellation)
            case .reminder: .reminder(session)
            case .receipt: .receipt(session)
            case .digest: .digest
            case .notice: .notice
            case .event: .event(session)
            }
    }
}
