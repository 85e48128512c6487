import TextEncodings

/// A mail that was received, or a part of one: a header and a body (RFC 2045 §2.4).
public struct MailEntity: Sendable {
    /// What follows the header.
    public enum Body: Sendable {
        /// The content, its transfer encoding undone.
        case content([UInt8])
        /// The parts of a `multipart`, or the one mail inside a `message/rfc822`.
        case parts([MailEntity])
    }

    /// What is said of it.
    public let header: MailHeader
    /// The content or the parts.
    public let body: Body

    /// The parts without parts of their own, in order: those that people see and programs read.
    public var leaves: [MailEntity] {
        switch body {
        case .content: [self]
        case .parts(let parts): parts.flatMap(\.leaves)
        }
    }

    /// The content; nothing where there are parts.
    public var content: [UInt8] {
        if case .content(let bytes) = body { bytes } else { [] }
    }

    /// The content as text, in the character set that the part names.
    public var text: String { Charset.text(content, named: header.contentType["charset"]) }

    /// The name of the file, if it has one.
    public var filename: String? { header.contentDisposition?["filename"] ?? header.contentType["name"] }
}
