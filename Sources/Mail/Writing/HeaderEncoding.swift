/// Header values as bytes of ASCII: encoded words (RFC 2047) and folding (RFC 5322 §2.2.3).
enum HeaderEncoding {
    /// A header line with its CRLF.
    ///
    /// Control characters in the value are dropped, so no value can begin a header of its own.
    static func line(_ name: String, unstructured value: String) -> String {
        fold(name, words: words(value.withoutControls))
    }

    /// A header line of tokens that are ASCII already (addresses, ids, types), folded at spaces.
    static func line(_ name: String, structured value: String) -> String {
        fold(name, words: value.withoutControls.split(separator: " ").map(String.init))
    }

    /// A mailbox: the name as a quoted string or as encoded words, never the address inside one.
    static func mailbox(_ mailbox: MailAddress) -> String {
        let name = mailbox.name.withoutControls
        guard !name.isEmpty else { return mailbox.address }
        // A name that looks like an encoded word would be decoded by whoever reads it.
        if isPlain(name), !name.contains("=?") {
            let isAtoms = name.utf8.allSatisfy { isAtomByte($0) || $0 == 0x20 }
            let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return (isAtoms ? name : "\"\(quoted)\"") + " <\(mailbox.address)>"
        }
        return encodedWords(name).joined(separator: " ") + " <\(mailbox.address)>"
    }

    private static func words(_ value: String) -> [String] {
        isPlain(value) && !value.contains("=?")
            ? value.split(separator: " ", omittingEmptySubsequences: false).map(String.init) : encodedWords(value)
    }

    /// Encoded words of at most 75 characters, none cutting a character in two.
    private static func encodedWords(_ value: String) -> [String] {
        var words: [String] = []
        var chunk: [UInt8] = []
        for character in value {
            let bytes = Array(String(character).utf8)
            if chunk.count + bytes.count > 39, !chunk.isEmpty {
                words.append("=?UTF-8?B?\(Base64.encode(chunk))?=")
                chunk = []
            }
            for scalarBytes in bytes.count > 39
                ? String(character).unicodeScalars.map({ Array(String($0).utf8) }) : [bytes]
            {
                if chunk.count + scalarBytes.count > 39 {
                    words.append("=?UTF-8?B?\(Base64.encode(chunk))?=")
                    chunk = []
                }
                chunk += scalarBytes
            }
        }
        if !chunk.isEmpty { words.append("=?UTF-8?B?\(Base64.encode(chunk))?=") }
        return words
    }

    private static func fold(_ name: String, words: [String]) -> String {
        var output = name + ":"
        var width = output.utf8.count
        for (index, word) in words.enumerated() {
            if index > 0, width + 1 + word.utf8.count > 76, !word.isEmpty {
                output += "\r\n"
                width = 0
            }
            output += " " + word
            width += 1 + word.utf8.count
        }
        return output + "\r\n"
    }

    /// Whether a value can stand as it is: ASCII, in words that fit into a line.
    private static func isPlain(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 < 0x80 } && value.split(separator: " ").allSatisfy { $0.utf8.count <= 60 }
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
