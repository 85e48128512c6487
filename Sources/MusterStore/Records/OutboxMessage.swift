import CivilTime
import MusterModel

/// A mail or webhook in the outbox: what it says, to whom, and how far it has come.
///
/// ```
///            ┌──────────── try again later ───────────┐
///            ▼                                        │
/// held ──▶ due ──▶ claimed ──▶ delivered              │
///            │        ├──────────────────────────────┘
///            │        └──▶ dead        refused for good, with the server's words
///            ├──▶ superseded           a newer message took its place before it was sent
///            ├──▶ expired              it came too late to be of use
///            └──▶ discarded            a person took it out
/// ```
public struct OutboxMessage: Hashable, Sendable {
    /// How far it has come.
    public enum State: String, CaseIterable, Hashable, Sendable, Codable {
        /// Waits for somebody to release it.
        case held
        /// Is to be sent at its time.
        case due
        /// Is being sent: nobody but the one who sends it may touch it.
        case claimed
        /// The other side has taken responsibility for it.
        case delivered
        /// Was refused for good.
        case dead
        /// A newer message took its place before it was sent.
        case superseded
        /// It came too late to be of use.
        case expired
        /// A person took it out.
        case discarded
    }

    /// The destination of all mails; each webhook endpoint is one of its own, under its id.
    public static let mail = "mail"

    /// Its number; 0 before it is stored.
    public var number: Int
    /// Its `Message-ID` or `webhook-id`, the same for every attempt.
    public var messageID: String
    /// The way on which it leaves: `mail`, or a webhook endpoint.
    public var destination: String
    /// The revision of the plan that caused it.
    public var revision: Int
    /// What it is about, and what it is to its recipient.
    public var topic: Topic
    /// Why it is sent, in a word.
    public var reason: String
    /// Who gets it; nil where that is none of the people: an owner, whoever looks after cycles, an endpoint.
    public var person: PersonID?
    /// The address that it goes to, or the endpoint.
    public var recipient: String
    /// The address that bounces go to; empty for a webhook.
    public var sender: String
    /// Its subject.
    public var subject: String
    /// The whole mail, or the body of the webhook.
    public var content: [UInt8]
    /// How far it has come.
    public var state: State
    /// Whether it is held until somebody approves of what the daemon decided.
    public var awaitsApproval = false
    /// When it is to be sent, or tried again.
    public var due: Instant
    /// After this it is of no use any more; nil for always.
    public var expires: Instant?
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
        messageID: String, destination: String = OutboxMessage.mail, revision: Int = 0,
        topic: Topic, reason: String, person: PersonID? = nil, recipient: String, sender: String = "",
        subject: String, content: [UInt8], due: Instant, created: Instant, expires: Instant? = nil
    ) {
        number = 0
        self.messageID = messageID
        self.destination = destination
        self.revision = revision
        self.topic = topic
        self.reason = reason
        self.person = person
        self.recipient = recipient
        self.sender = sender
        self.subject = subject
        self.content = content
        state = .due
        self.due = due
        attempts = 0
        self.created = created
        self.expires = expires
    }

    /// Keeps it until somebody approves of what the daemon decided.
    public mutating func holdForApproval() {
        state = .held
        awaitsApproval = true
    }
}
