/// Takes responsibility for mails.
public protocol MailTransport: Sendable {
    /// Hands one mail over to its recipient's side.
    ///
    /// Returns only when the other side has taken responsibility for it: a reply of 2xx after the last dot, or a file
    /// that is on disk.
    ///
    /// - Throws: `TransportError`, which says whether another attempt may help.
    func send(_ envelope: MailEnvelope) async throws(TransportError)
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
