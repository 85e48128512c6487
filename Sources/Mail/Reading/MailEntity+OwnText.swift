import TextEncodings

extension MailEntity {
    /// Its text for people, without control characters, line by line; empty where there is none.
    public var plainText: String {
        let leaf = leaves.first { $0.header.contentType.value == "text/plain" && $0.filename == nil }
        return (leaf?.text ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { String($0).withoutControls }.joined(separator: "\n")
    }

    /// What its writer says, in one line: the text above the quotation; empty where there is none.
    public var ownText: String {
        let leaf = leaves.first { $0.header.contentType.value == "text/plain" && $0.filename == nil }
        let lines = (leaf?.text ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix(200)
            .map { String($0).withoutControls.trimmingSpace }
        let own = lines.prefix { !Self.beginsQuotation($0) }.prefix { $0 != "--" }
        return own.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func beginsQuotation(_ line: String) -> Bool {
        line.hasPrefix(">") || line.hasPrefix("-----Original") || line.hasPrefix("________")
            || (line.hasPrefix("On ") && line.hasSuffix("wrote:")) || line.hasPrefix("From: ")
    }
}
