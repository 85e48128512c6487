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
        var result: [UInt8] = []
        result.reserveCapacity(text.underestimatedCount / 4 * 3)
        var (bits, count) = (UInt32(0), 0)
        for byte in text {
            guard let digit = digit(byte) else {
                if byte == UInt8(ascii: "=") { count = 0 }
                continue
            }
            bits = bits << 6 | UInt32(digit)
            count += 1
            // Four digits are three bytes; each byte is whole with one digit more.
            if count > 1 { result.append(UInt8(truncatingIfNeeded: bits >> UInt32(8 - 2 * count))) }
            if count == 4 { count = 0 }
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
