import TextEncodings

/// Words of other scripts in header values (RFC 2047): `=?UTF-8?B?xbQ=?=`.
enum EncodedWords {
    /// The value with its encoded words undone; what is none stays as it is.
    ///
    /// White space between two of them is nothing. Words of one character set that follow each other are read as one,
    /// since some programs cut characters in two.
    static func decode(_ value: String) -> String {
        guard value.contains("=?") else { return value }
        var result = ""
        var pending: (charset: String, bytes: [UInt8])?
        func flush() {
            if let (charset, bytes) = pending { result += Charset.text(bytes, named: charset).withoutControls }
            pending = nil
        }
        var rest = Substring(value)
        while let start = rest.firstRange(of: "=?") {
            let before = rest[..<start.lowerBound]
            guard let (word, end) = word(rest[start.lowerBound...]) else {
                flush()
                result += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                continue
            }
            if pending == nil || !before.allSatisfy(\.isWhitespace) {
                flush()
                result += before
            }
            if pending?.charset != word.charset { flush() }
            if pending == nil { pending = (word.charset, []) }
            pending?.bytes += word.bytes
            rest = rest[end...]
        }
        flush()
        return result + rest
    }

    /// The encoded word at the beginning, and where it ends.
    private static func word(_ text: Substring) -> (word: (charset: String, bytes: [UInt8]), end: Substring.Index)? {
        let parts = text.dropFirst(2).split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == "=", !parts[0].isEmpty, !parts[0].contains(where: \.isWhitespace)
        else { return nil }
        // A language may stand behind the character set (RFC 2231 §5).
        let charset = parts[0].prefix { $0 != "*" }.uppercased()
        let bytes: [UInt8]
        switch parts[1] {
        case "B", "b": bytes = Base64.decode(parts[2].utf8)
        case "Q", "q": bytes = QuotedPrintable.decode(parts[2].utf8.map { $0 == 0x5F ? 0x20 : $0 })
        default: return nil
        }
        return ((charset, bytes), text.index(after: parts[3].startIndex))
    }
}

extension String {
    /// With spaces for control characters, which no value may bring along.
    var withoutControls: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
