import Foundation

/// Base64 (RFC 2045 §6.8).
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// In lines of 76 characters.
    static func lines(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
            + "\r\n"
    }

    /// The bytes that were encoded; what is no base64 is passed over, and several that follow each other are read on.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8] {
        let kept = text.filter(isDigit)
        return kept.split(separator: 0x3D).flatMap { part in
            let digits = Data(part.count % 4 == 1 ? part.dropLast() : part)
            let padding = Data(repeating: 0x3D, count: (4 - digits.count % 4) % 4)
            return Data(base64Encoded: digits + padding) ?? Data()
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x3D: true
        default: false
        }
    }
}
