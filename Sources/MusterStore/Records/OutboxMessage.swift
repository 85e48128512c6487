import CivilTime
import MusterModel

/// A mail in the outbox: what it says, to whom, and how far it has come.
///
/// ```
///            ┌──────────── try again later ───────────┐
///            ▼                                        │
/// held ──▶ due ──▶ claimed ──▶ delivered              │
///            │        ├──────────────────────────────┘
///            │        └──▶ dead        refused for good, with the server's words
///            └──▶ superseded           a newer message took its place before it was sent
///            └──▶ discarded            a person took it out
/// ```
public struct OutboxMessage: Hashable, Sendable {
    /// How far it has come.
    public enum State: String, CaseIterable, Hashable, Sendable, Codable {
        /// Waits for somebody to release it.
        case held
        /// Is to be sent at its time.
        case due
        /// Is being sent.
        case claimed
        /// The other side has taken responsibility for it.
        case delivered
        /// Was refused for good.
        case dead
        /// A newer message took its place before it was sent.
        case superseded
        /// A person took it out.
        case discarded
    }

    /// What it is to its recipient.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// The first word about a session.
        case invitation
        /// The session changed.
        case update
        /// The session is over for the recipient.
        case cancellation
        /// The session is near.
        case reminder
    }

    /// Its number; 0 before it is stored.
    public var number: Int
    /// Its `Message-ID`, the same for every attempt.
    public var messageID: String
    /// The revision of the plan that caused it.
    public var revision: Int
    /// The session that it is about.
    public var session: String
    /// The `UID` of the session.
    public var uid: String
    /// The `SEQUENCE` that it carries.
    public var sequence: Int
    /// What it is to its recipient.
    public var kind: Kind
    /// Why it is sent, in a word.
    public var reason: String
    /// Who gets it.
    public var person: String
    /// The address that it goes to.
    public var recipient: String
    /// The address that bounces go to.
    public var sender: String
    /// Its subject.
    public var subject: String
    /// What it says of the session.
    public var details: SessionDetails
    /// The whole mail.
    public var mail: [UInt8]
    /// How far it has come.
    public var state: State
    /// When it is to be sent, or tried again.
    public var due: Instant
    /// How often it was tried.
    public var attempts: Int
    /// What the last attempt failed with.
    public var lastError: String?
    /// When it was written.
    public var created: Instant
    /// When it was delivered or given up.
    public var finished: Instant?

    /// A message that is yet to be stored.
    public init(
        messageID: String, revision: Int, session: String, uid: String, sequence: Int, kind: Kind, reason: String,
        person: String, recipient: String, sender: String, subject: String, details: SessionDetails, mail: [UInt8],
        state: State = .due,
        due: Instant,
        created: Instant
    ) {
        number = 0
        self.messageID = messageID
        self.revision = revision
        self.session = session
        self.uid = uid
        self.sequence = sequence
        self.kind = kind
        self.reason = reason
        self.person = person
        self.recipient = recipient
        self.sender = sender
        self.subject = subject
        self.details = details
        self.mail = mail
        self.state = state
        self.due = due
        attempts = 0
        self.created = created
    }
}
