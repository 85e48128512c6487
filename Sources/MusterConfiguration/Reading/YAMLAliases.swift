/// Where a YAML text repeats itself by aliases (`*name`), and where something else than a word stands for a key, found by
/// its bytes before it is parsed: keys are compared whole, and one that repeats itself in others takes for ever.
struct YAMLAliases {
    /// How many aliases there are, or what looks like one.
    private(set) var count = 0
    /// The line of the first key that is no word, from 1; nil where there is none.
    private(set) var keyLine: Int?

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var line = 1
        // Whether a key may begin here: after nothing but blanks and dashes on its line, or inside braces.
        var mayBegin = true
        var depth = 0
        var before = UInt8(ascii: "\n")
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "*") where Self.precedesAlias(before):
                let end = Self.nameEnd(bytes, from: index + 1)
                if end > index + 1 { count += 1 }
                if mayBegin, end > index + 1, Self.isKey(bytes, at: end) { keyLine = keyLine ?? line }
            case UInt8(ascii: "?") where mayBegin && Self.isBlank(bytes, index + 1): keyLine = keyLine ?? line
            default: break
            }
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                mayBegin = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                mayBegin = true
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                mayBegin = false
            case UInt8(ascii: ","): mayBegin = depth > 0
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "-"): break
            default: mayBegin = false
            }
            before = byte
        }
    }

    private static func precedesAlias(_ byte: UInt8) -> Bool { " \t\r\n[{,:".utf8.contains(byte) }

    private static func isBlank(_ bytes: [UInt8], _ index: Int) -> Bool {
        index >= bytes.count || " \t\r\n".utf8.contains(bytes[index])
    }

    private static func nameEnd(_ bytes: [UInt8], from start: Int) -> Int {
        bytes[start...].firstIndex { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): false
            default: true
            }
        } ?? bytes.count
    }

    /// Whether a colon follows that makes a key of what is before it.
    private static func isKey(_ bytes: [UInt8], at end: Int) -> Bool {
        guard let colon = bytes[end...].firstIndex(where: { $0 != 0x20 && $0 != 0x09 }), bytes[colon] == 0x3A else {
            return false
        }
        return isBlank(bytes, colon + 1)
    }
}
