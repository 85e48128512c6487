/// Quoted-printable (RFC 2045 §6.7), which leaves plain text readable in the raw mail.
public enum QuotedPrintable {
    /// Text with CRLF and lines of at most 76 characters.
    public static func encode(_ text: String) -> String {
        var text = text
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 9 / 8)
        text.withUTF8 { bytes in
            var start = 0
            for end in bytes.indices where bytes[end] == 0x0A {
                encode(line: bytes[start..<end], to: &output)
                start = end + 1
            }
            encode(line: bytes[start...], to: &output)
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes that were encoded; what is no encoding stays as it is.
    public static func decode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.withContiguousStorageIfAvailable(decode) ?? Array(bytes).withUnsafeBufferPointer(decode)
    }

    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == 0x3D else {
                result.append(byte)
                continue
            }
            if position + 1 < bytes.count, let high = digit(bytes[position]), let low = digit(bytes[position + 1]) {
                result.append(high << 4 | low)
                position += 2
            } else if let afterBreak = afterLineBreak(bytes, position) {
                position = afterBreak
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// What follows the end of a line that `=` joins to the next one; spaces may have crept in before it.
    private static func afterLineBreak(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        var position = start
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        guard position < bytes.count else { return position }
        switch bytes[position] {
        case 0x0A: return position + 1
        case 0x0D: return position + (position + 1 < bytes.count && bytes[position + 1] == 0x0A ? 2 : 1)
        default: return nil
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static func encode(line bytes: Slice<UnsafeBufferPointer<UInt8>>, to output: inout [UInt8]) {
        var width = 0
        let last = bytes.lastIndex { $0 != 0x0D }
        for index in bytes.indices where bytes[index] != 0x0D {
            let byte = bytes[index]
            let isLast = index == last
            let isLiteral = (0x21...0x7E).contains(byte) && byte != 0x3D || (byte == 0x20 || byte == 0x09) && !isLast
            let length = isLiteral ? 1 : 3
            if width + length > (isLast ? 76 : 75) {
                output.append(0x3D)
                endLine(&output)
                width = 0
            }
            if isLiteral {
                output.append(byte)
            } else {
                output.append(0x3D)
                output.append(hex(byte >> 4))
                output.append(hex(byte & 15))
            }
            width += length
        }
        endLine(&output)
    }

    private static func endLine(_ output: inout [UInt8]) {
        output.append(0x0D)
        output.append(0x0A)
    }

    private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x41 + digit - 10 }
}
