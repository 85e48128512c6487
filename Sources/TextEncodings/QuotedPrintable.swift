/// Quoted-printable (RFC 2045 §6.7), which leaves plain text readable in the raw mail.
public enum QuotedPrintable {
    /// Text with CRLF and lines of at most 76 characters.
    public static func encode(_ text: String) -> String {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        return lines.map { encode(line: $0.filter { $0 != 0x0D }) }.joined(separator: "\r\n") + "\r\n"
    }

    /// The bytes that were encoded; what is no encoding stays as it is.
    public static func decode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == 0x3D else {
                result.append(byte)
                continue
            }
            if let pair = hexPair(rest) {
                result.append(pair)
                rest = rest.dropFirst(2)
            } else if let afterBreak = afterLineBreak(rest) {
                rest = afterBreak
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// What follows the end of a line that `=` joins to the next one; spaces may have crept in before it.
    private static func afterLineBreak<Bytes: Collection<UInt8>>(_ rest: Bytes) -> Bytes.SubSequence?
    where Bytes.SubSequence == Bytes {
        let line = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = line.first else { return line }
        switch first {
        case 0x0A: return line.dropFirst()
        case 0x0D: return line.dropFirst().first == 0x0A ? line.dropFirst(2) : line.dropFirst()
        default: return nil
        }
    }

    private static func hexPair(_ rest: some Collection<UInt8>) -> UInt8? {
        guard let high = rest.first.flatMap(digit), let low = rest.dropFirst().first.flatMap(digit) else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static func encode(line bytes: [UInt8]) -> String {
        var output = ""
        var width = 0
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isLiteral = (0x21...0x7E).contains(byte) && byte != 0x3D || (byte == 0x20 || byte == 0x09) && !isLast
            let token = isLiteral ? String(UnicodeScalar(byte)) : "=" + hex(byte)
            if width + token.utf8.count > (isLast ? 76 : 75) {
                output += "=\r\n"
                width = 0
            }
            output += token
            width += token.utf8.count
        }
        return output
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
}
