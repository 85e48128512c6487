import TextEncodings

/// What a mail server says of a mail that it had taken (RFC 3464), or says in words alone.
public struct DeliveryStatusReport: Hashable, Sendable {
    /// What became of the mail.
    public enum Outcome: Hashable, Sendable {
        /// It does not arrive.
        case failed
        /// It has not arrived yet.
        case delayed
        /// It arrived, or nothing is known.
        case other
    }

    /// What became of it for one recipient.
    public struct Recipient: Hashable, Sendable {
        /// The address in lower case, as the sender wrote it where that is said; empty for none.
        public let address: String
        /// What became of it.
        public let outcome: Outcome
        /// Why, in the server's words; empty for none.
        public let words: String
    }

    /// What became of it, for each recipient.
    public let recipients: [Recipient]
    /// The Message-IDs of the mail that came back, the likeliest first.
    public let messageIDs: [String]
}

extension MailEntity {
    /// Bytes of text that are looked through for what came back.
    private static let mostText = 200_000

    /// What a mail server says of a mail that it had taken; nil for every other mail.
    public var deliveryStatusReport: DeliveryStatusReport? {
        let type = header.contentType
        let isReport = type.value == "multipart/report" && type["report-type"]?.lowercased() == "delivery-status"
        let sender = header.mailboxes("From").first?.address.lowercased() ?? ""
        let isFromServer = sender.hasPrefix("mailer-daemon@") || header["Return-Path"] == "<>"
        let failed = header["X-Failed-Recipients"]
        guard isReport || sender.hasPrefix("mailer-daemon@") || isFromServer && failed != nil else { return nil }
        let structured = leaves.filter { $0.header.contentType.value.hasSuffix("delivery-status") }
            .flatMap { Self.recipients($0.content) }
        let inWords = structured.isEmpty ? Self.recipients(named: failed, said: text(ofLeaves: Self.mostText)) : []
        return DeliveryStatusReport(recipients: structured + inWords, messageIDs: returnedMessageIDs)
    }

    /// The groups of fields behind the one about the whole mail (RFC 3464 §2.3).
    private static func recipients(_ content: [UInt8]) -> [DeliveryStatusReport.Recipient] {
        var lines = HeaderLines(content[...])
        var recipients: [DeliveryStatusReport.Recipient] = []
        while !lines.rest.isEmpty, recipients.count < 100 {
            var fields: [MailHeader.Field] = []
            while let field = lines.next() { fields.append(field) }
            if lines.endsWithoutBlankLine { break }
            let group = MailHeader(fields)
            guard let address = group["Original-Recipient"] ?? group["Final-Recipient"] else { continue }
            let status = group["Status"] ?? ""
            let outcome: DeliveryStatusReport.Outcome =
                switch group["Action"]?.lowercased() {
                case "failed": status.hasPrefix("4") ? .delayed : .failed
                case "delayed": .delayed
                default: .other
                }
            recipients.append(
                DeliveryStatusReport.Recipient(
                    address: typed(address).lowercased(), outcome: outcome,
                    words: typed(group["Diagnostic-Code"] ?? status)))
        }
        return recipients
    }

    /// `rfc822; someone@example.org` without its type.
    private static func typed(_ value: String) -> String {
        (value.split(separator: ";", maxSplits: 1).last.map(String.init) ?? "").trimmingSpace
    }

    /// Servers that write in words name the recipients in a field, or nowhere, and a code such as 5.1.1 in the text.
    private static func recipients(named field: String?, said text: String) -> [DeliveryStatusReport.Recipient] {
        let line = text.split(whereSeparator: \.isNewline).lazy.map { String($0).trimmingSpace }.first { line in
            line.split { !($0.isNumber || $0 == ".") }.contains(where: isFailure)
        }
        guard let line else { return [] }
        let addresses = (field ?? "").split(separator: ",").map { String($0).trimmingSpace.lowercased() }
        return (addresses.isEmpty ? [""] : addresses).prefix(100).map {
            DeliveryStatusReport.Recipient(address: $0, outcome: .failed, words: String(line.prefix(300)))
        }
    }

    /// `5.1.10`, `550`.
    private static func isFailure(_ word: Substring) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "5" && parts.allSatisfy { (1...3).contains($0.count) }
            || word.count == 3 && (Int(word).map { (550...559).contains($0) } ?? false)
    }

    /// As the header of what came back says it: in a mail, in its header alone, or in the text.
    private var returnedMessageIDs: [String] {
        let field = ["X-Original-Message-ID", "In-Reply-To", "References"].flatMap { header.messageIDs($0).reversed() }
        let inside = inner.flatMap { ["X-Original-Message-ID", "Message-ID"].flatMap($0.messageIDs) }
        let inText = text(ofLeaves: Self.mostText).split(whereSeparator: \.isNewline).filter {
            $0.prefix(11).lowercased() == "message-id:"
        }.flatMap {
            MailHeader([MailHeader.Field(name: "ID", value: String($0.dropFirst(11)).trimmingSpace)]).messageIDs("ID")
        }
        var seen: Set<String> = []
        return (inside + inText + field).filter { seen.insert($0).inserted }
    }

    /// The headers of mails inside.
    private var inner: [MailHeader] {
        switch body {
        case .content(let bytes):
            guard
                header.contentType.value.hasSuffix("rfc822-headers")
                    || header.contentType.value == "message/global-headers"
            else { return [] }
            var lines = HeaderLines(bytes[...])
            var fields: [MailHeader.Field] = []
            while let field = lines.next() { fields.append(field) }
            return [MailHeader(fields)]
        case .parts(let parts):
            let isMail = header.contentType.value == "message/rfc822" || header.contentType.value == "message/global"
            return (isMail ? parts.map(\.header) : []) + parts.flatMap(\.inner)
        }
    }

    private func text(ofLeaves most: Int) -> String {
        var text = ""
        for leaf in leaves where text.utf8.count < most {
            let type = leaf.header.contentType.value
            guard type.hasPrefix("text/") || type.hasPrefix("message/") else { continue }
            text += Charset.text(Array(leaf.content.prefix(most)), named: leaf.header.contentType["charset"]) + "\n"
        }
        return text
    }
}
