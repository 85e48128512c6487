/// Reads mails generously (RFC 5322, RFC 2045, RFC 2046): what can be read is read, and each oddity becomes a remark.
///
/// Works on bytes from strangers, so size, depth and number of everything are bounded. What lies beyond is kept as
/// content, unread.
public struct MailReader: Sendable {
    /// What a mail may hold at most.
    public struct Limits: Sendable {
        /// Bytes of the mail.
        public var bytes = 10 << 20
        /// Bytes of all headers together.
        public var headerBytes = 1 << 20
        /// Parts inside parts.
        public var depth = 20
        /// Parts that are read.
        public var parts = 100

        /// The limits for answers of people.
        public init() {}
    }

    /// Why bytes cannot be read as a mail at all.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// No header stands at the beginning.
        case notAMail
        /// It is larger than the limit, in bytes.
        case tooLarge(limit: Int)

        /// A sentence that follows the name of the mail.
        public var description: String {
            switch self {
            case .notAMail: "is no mail (it does not begin with a header)"
            case .tooLarge(let limit): "is larger than \(limit >> 20) MB"
            }
        }
    }

    /// What was read.
    public struct Result: Sendable {
        /// The mail.
        public let mail: MailEntity
        /// All oddities, in order: sentences.
        public let remarks: [String]
    }

    /// The limits in force.
    public var limits: Limits

    /// A reader.
    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Reads a mail as it came over the wire, or as it lies in a mailbox, with whatever ends its lines.
    ///
    /// - Throws: `Failure` where there is no mail in it.
    public func read(_ bytes: [UInt8]) throws(Failure) -> Result {
        guard bytes.count <= limits.bytes else { throw .tooLarge(limit: limits.bytes) }
        var builder = EntityBuilder(limits: limits)
        let mail = builder.entity(bytes[...], depth: 0)
        guard !mail.header.fields.isEmpty else { throw .notAMail }
        return Result(mail: mail, remarks: builder.remarks)
    }

    /// Whether bytes begin as mails do: with a field of a header that every mail has some of.
    public static func isMail(_ bytes: [UInt8]) -> Bool {
        var lines = HeaderLines(bytes.prefix(64 << 10))
        let usual: Set = [
            "received", "return-path", "delivered-to", "from", "to", "subject", "date", "message-id", "mime-version",
            "content-type", "authentication-results", "dkim-signature", "arc-seal", "x-mozilla-status",
        ]
        return lines.next().map { usual.contains($0.name.lowercased()) } ?? false
    }
}
