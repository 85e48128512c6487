import TextEncodings

/// The fields at the head of a mail or of a part of one (RFC 5322 §2.2).
public struct MailHeader: Sendable {
    /// A line of it, whatever it was folded into.
    public struct Field: Hashable, Sendable {
        /// The name as it stands.
        public let name: String
        /// The value in one line, encoded words and all.
        public let value: String
    }

    /// All fields, in order.
    public let fields: [Field]

    /// A header of those fields.
    public init(_ fields: [Field]) {
        self.fields = fields
    }

    /// The value of the first field of that name, in whatever case, as it stands.
    public subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The first value of that name as people read it, encoded words undone (RFC 2047).
    public func text(_ name: String) -> String? {
        self[name].map(EncodedWords.decode)
    }

    /// The mailboxes that a field such as `From` names; those that no mail could be sent to are left out.
    public func mailboxes(_ name: String) -> [MailAddress] {
        self[name].map(MailboxList.parse) ?? []
    }

    /// The Message-IDs that a field such as `References` names, without their brackets.
    public func messageIDs(_ name: String) -> [String] {
        guard let value = self[name] else { return [] }
        return value.split(separator: "<").dropFirst(value.hasPrefix("<") ? 0 : 1).compactMap { part in
            guard let end = part.firstIndex(of: ">"), part.startIndex < end else { return nil }
            return part[..<end].filter { !$0.isWhitespace }
        }
    }

    /// What the part is; text without any formatting where nothing sensible is said (RFC 2045 §5.2).
    public var contentType: ParameterizedValue {
        let type = self["Content-Type"].map(ParameterizedValue.init) ?? ParameterizedValue("")
        return type.value.contains("/") ? type : type.replacing(value: "text/plain")
    }

    /// What is to be done with the part, and its file name, if that is said (RFC 2183).
    public var contentDisposition: ParameterizedValue? {
        self["Content-Disposition"].map(ParameterizedValue.init)
    }
}
