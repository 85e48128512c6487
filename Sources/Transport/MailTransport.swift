/// Takes responsibility for mails.
public protocol MailTransport: Sendable {
    /// Hands one mail over to its recipient's side.
    ///
    /// Returns only when the other side has taken responsibility for it: a reply of 2xx after the last dot, or a file
    /// that is on disk.
    ///
    /// - Parameters:
    ///   - connection: which of several connections it goes over, counted from 0; one mail at a time on each.
    ///   - gate: given when the other side may take responsibility; only who holds back has to wait for it.
    /// - Throws: `TransportError`, which says whether another attempt may help.
    func send(_ envelope: MailEnvelope, over connection: Int, once gate: CommitGate) async throws(TransportError)

    /// Whether it begins a mail and waits for its gate before it sends what it says.
    var supportsPipelining: Bool { get }

    /// The thread on which the mails of a connection are sent; nil where any will do.
    ///
    /// A task that prefers it sends one mail after another without being handed from thread to thread.
    func executor(of connection: Int) -> (any TaskExecutor)?
}

extension MailTransport {
    /// It does not wait.
    public var supportsPipelining: Bool { false }

    /// Any thread will do.
    public func executor(of connection: Int) -> (any TaskExecutor)? { nil }

    /// Hands one mail over where there is one connection.
    public func send(_ envelope: MailEnvelope) async throws(TransportError) {
        try await send(envelope, over: 0, once: .given)
    }
}

/// A mail and who it is for.
public struct MailEnvelope: Sendable {
    /// The address that bounces go to.
    public let sender: String
    /// The one recipient.
    public let recipient: String
    /// A name for the mail that stays the same over all attempts.
    public let identifier: String
    /// The message in full, lines ended by CRLF.
    public let message: [UInt8]

    /// A mail for one recipient.
    public init(sender: String, recipient: String, identifier: String, message: [UInt8]) {
        self.sender = sender
        self.recipient = recipient
        self.identifier = identifier
        self.message = message
    }
}
