/// Text within markup: HTML, XML, and what chats make of them.
public enum Markup {
    /// The text with everything that means something in markup escaped.
    ///
    /// Byte by byte: to Swift a `<` with an accent behind it is another character, and to a browser it begins a tag.
    ///
    /// - Parameter quotes: whether quotes are escaped too, as an attribute needs it.
    public static func escaped(_ text: String, quotes: Bool = true) -> String {
        guard text.utf8.contains(where: { entity($0, quotes) != nil }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            if let entity = entity(byte, quotes) { bytes += entity.utf8 } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func entity(_ byte: UInt8, _ quotes: Bool) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\"") where quotes: "&quot;"
        case UInt8(ascii: "'") where quotes: "&#39;"
        default: nil
        }
    }
}
