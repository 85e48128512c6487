import Foundation

/// Base64 in lines (RFC 2045 §6.8).
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func lines(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
            + "\r\n"
    }
}

/// Quoted-printable (RFC 2045 §6.7), which leaves plain text readable in the raw mail.
enum QuotedPrintable {
    static func encode(_ text: String) -> String {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        return lines.map { encode(line: $0.filter { $0 != 0x0D }) }.joined(separator: "\r\n") + "\r\n"
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
