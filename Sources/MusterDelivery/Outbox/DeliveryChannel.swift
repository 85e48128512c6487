import CivilTime
import MusterStore
import Transport

/// Takes messages to one destination.
public protocol DeliveryChannel: Sendable {
    /// The name under which the outbox keeps messages for it.
    var destination: String { get }
    /// How it is to be treated.
    var policy: DeliveryPolicy { get }

    /// Hands a message over; returns only when the other side has taken responsibility for it.
    ///
    /// - Parameters:
    ///   - connection: which of the policy's connections it goes over, counted from 0.
    ///   - gate: given when the other side may take responsibility; only who holds back has to wait for it.
    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once gate: CommitGate)
        async throws(TransportError)

    /// Whether it begins a message and waits for its gate before the last word: then it gets the next message while
    /// the outcome of the one before is written.
    var supportsPipelining: Bool { get }

    /// The thread on which the messages of a connection are sent; nil where any will do.
    func executor(of connection: Int) -> (any TaskExecutor)?
}

extension DeliveryChannel {
    /// Any thread will do.
    public func executor(of connection: Int) -> (any TaskExecutor)? { nil }

    /// It gets no message before the outcome of the one before is on disk.
    public var supportsPipelining: Bool { false }
}

/// Takes mails to the mail server, or into a Maildir.
public struct MailChannel: DeliveryChannel {
    private let transport: any MailTransport
    private let returnPath: ReturnPath?
    /// How the server is to be treated.
    public let policy: DeliveryPolicy

    /// A courier for a way on which mails leave.
    ///
    /// - Parameter returnPath: where mails come back to; nil for the address that they are from.
    public init(_ transport: any MailTransport, policy: DeliveryPolicy = .mail(), returnPath: ReturnPath? = nil) {
        self.transport = transport
        self.returnPath = returnPath
        self.policy = policy
    }

    /// Mail.
    public var destination: String { OutboxMessage.mail }

    /// The transport's thread.
    public func executor(of connection: Int) -> (any TaskExecutor)? { transport.executor(of: connection) }

    /// As the transport does.
    public var supportsPipelining: Bool { transport.supportsPipelining }

    /// Sends a mail to its one recipient.
    public func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once gate: CommitGate)
        async throws(TransportError)
    {
        try await transport.send(
            MailEnvelope(
                sender: returnPath?.address(for: message) ?? message.sender, recipient: message.recipient,
                identifier: message.messageID,
                message: message.content), over: connection, once: gate)
    }
}

/// Decides what others are told of deliveries; it is committed together with their outcome.
public protocol DeliveryObserver: Sendable {
    /// What follows from the outcome of an attempt.
    func announcements(after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant) -> [Announcement]

    /// What follows from a destination being given up.
    func announcements(disabling destination: Destination, at now: Instant) -> [Announcement]
}
