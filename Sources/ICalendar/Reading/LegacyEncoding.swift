import Foundation

/// Values as they were written before RFC 5545: quoted-printable and other character sets (vCalendar 1.0, RFC 2445).
enum LegacyEncoding {
    /// The value where a parameter names a transfer encoding or a character set, else nil.
    ///
    /// Such parameters are then done with and leave the list.
    static func value(
        _ bytes: UnsafeBufferPointer<UInt8>, _ parameters: inout [Parameter], _ remarks: inout [String]
    ) -> String? {
        guard !parameters.isEmpty else { return nil }
        let isQuoted = parameters.contains {
            $0.name == "QUOTED-PRINTABLE"
                || $0.name == "ENCODING" && $0.values.first?.uppercased() == "QUOTED-PRINTABLE"
        }
        let charset = parameters.first { $0.name == "CHARSET" }?.values.first
        guard isQuoted || charset != nil else { return nil }
        parameters.removeAll { parameter in
            parameter.name == "CHARSET" || parameter.name == "QUOTED-PRINTABLE"
                || isQuoted && parameter.name == "ENCODING"
        }
        if isQuoted { remarks.append("the value is quoted-printable as in vCalendar 1.0; decoded") }
        if let charset, charset.uppercased() != "UTF-8" {
            remarks.append("the value says that its characters are \(charset.prefix(40)); read so")
        }
        let plain = isQuoted ? quotedPrintable(bytes) : Array(bytes)
        let text = decoded(plain, charset: charset ?? "UTF-8").replacingOccurrences(of: "\r\n", with: "\n")
        // A line break or a comma that the encoding hid is part of the text.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.joined(separator: "\\n").filter { !$0.isControl || $0 == "\t" }
    }

    /// Windows-1252, in which every byte is a character.
    static func windows1252(_ bytes: some Sequence<UInt8>) -> String {
        var result = String.UnicodeScalarView()
        for byte in bytes {
            let scalar = (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt32(byte)
            if let scalar = Unicode.Scalar(scalar) { result.append(scalar) }
        }
        return String(result)
    }

    private static func decoded(_ bytes: [UInt8], charset: String) -> String {
        switch charset.uppercased() {
        case "ISO-8859-1", "LATIN1", "WINDOWS-1252", "CP1252": return windows1252(bytes)
        case "UTF-8", "US-ASCII", "ASCII":
            return String(validating: bytes, as: UTF8.self) ?? windows1252(bytes)
        default:
            let encoding = encodings[charset.uppercased()]
            return encoding.flatMap { String(data: Data(bytes), encoding: $0) }
                ?? String(validating: bytes, as: UTF8.self) ?? windows1252(bytes)
        }
    }

    private static let encodings: [String: String.Encoding] = [
        "ISO-8859-2": .isoLatin2, "ISO-2022-JP": .iso2022JP, "SHIFT_JIS": .shiftJIS, "EUC-JP": .japaneseEUC,
        "WINDOWS-1250": .windowsCP1250, "WINDOWS-1251": .windowsCP1251, "WINDOWS-1253": .windowsCP1253,
        "WINDOWS-1254": .windowsCP1254, "UTF-16": .utf16,
    ]

    private static func quotedPrintable(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            if bytes[position] == 0x3D, position + 2 < bytes.count, let high = hex(bytes[position + 1]),
                let low = hex(bytes[position + 2])
            {
                result.append(high << 4 | low)
                position += 3
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return result
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static let upper: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
}
