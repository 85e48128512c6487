import CivilTime

/// A mail that is to be written: headers as values, and a body of parts.
public struct MailMessage: Sendable {
    /// The organiser, or whoever the mail is from.
    public var from: MailAddress
    /// The one recipient.
    public var to: MailAddress
    /// Where answers go.
    public var replyTo: MailAddress?
    /// The subject, in any script.
    public var subject: String
    /// When it was written.
    public var date: Instant
    /// Without angle brackets; the same for every attempt to send it.
    public var messageID: String
    /// Message-IDs of the thread that it belongs to, oldest first, without angle brackets.
    public var references: [String]
    /// Other headers, by name; values must be ASCII.
    public var otherHeaders: [(name: String, value: String)]
    /// The body.
    public var body: MIMEPart

    /// A mail; every field as described there.
    public init(
        from: MailAddress, to: MailAddress, replyTo: MailAddress? = nil, subject: String, date: Instant,
        messageID: String,
        references: [String] = [], otherHeaders: [(name: String, value: String)] = [], body: MIMEPart
    ) {
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.date = date
        self.messageID = messageID
        self.references = references
        self.otherHeaders = otherHeaders
        self.body = body
    }
}
