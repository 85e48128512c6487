import Foundation

/// Character sets that mails and calendars of other times name.
public enum Charset {
    /// The bytes as text in the character set of that name.
    ///
    /// Names lie, so that bytes are read as UTF-8 where they are that and nothing, UTF-8, ASCII or an unknown set is
    /// named, and else as windows-1252, in which every byte is a character. A byte order mark counts more than a name.
    public static func text(_ bytes: some Collection<UInt8>, named name: String? = nil) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return String(data: Data(bytes), encoding: .utf16) ?? windows1252(bytes)
        }
        switch name?.uppercased() {
        case "ISO-8859-1", "LATIN1", "WINDOWS-1252", "CP1252": return windows1252(bytes)
        case let name:
            let text = name.flatMap { encodings[$0] }.flatMap { String(data: Data(bytes), encoding: $0) }
            return text ?? String(validating: bytes, as: UTF8.self) ?? windows1252(bytes)
        }
    }

    /// Windows-1252; ISO 8859-1 is read so too, since whoever names it mostly means this one.
    public static func windows1252(_ bytes: some Sequence<UInt8>) -> String {
        var result = String.UnicodeScalarView()
        for byte in bytes {
            let scalar = (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt32(byte)
            if let scalar = Unicode.Scalar(scalar) { result.append(scalar) }
        }
        return String(result)
    }

    private static let upper: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]

    /// Those that Foundation reads, by the names of IANA; the numbers are Core Foundation's.
    private static let encodings: [String: String.Encoding] = {
        var encodings: [String: String.Encoding] = [
            "ISO-8859-2": .isoLatin2, "ISO-2022-JP": .iso2022JP, "SHIFT_JIS": .shiftJIS, "EUC-JP": .japaneseEUC,
            "WINDOWS-1250": .windowsCP1250, "WINDOWS-1251": .windowsCP1251, "WINDOWS-1253": .windowsCP1253,
            "WINDOWS-1254": .windowsCP1254, "UTF-16": .utf16, "UTF-16LE": .utf16LittleEndian,
            "UTF-16BE": .utf16BigEndian, "MACINTOSH": .macOSRoman,
        ]
        let others: [String: UInt] = [
            "ISO-8859-3": 0x0203, "ISO-8859-4": 0x0204, "ISO-8859-5": 0x0205, "ISO-8859-6": 0x0206,
            "ISO-8859-7": 0x0207,
            "ISO-8859-8": 0x0208, "ISO-8859-9": 0x0209, "ISO-8859-13": 0x020D, "ISO-8859-14": 0x020E,
            "ISO-8859-15": 0x020F, "WINDOWS-1255": 0x0505, "WINDOWS-1256": 0x0506, "WINDOWS-1257": 0x0507,
            "WINDOWS-1258": 0x0508, "KOI8-R": 0x0A02, "BIG5": 0x0A03, "GB18030": 0x0632, "GB2312": 0x0632,
            "GBK": 0x0632, "EUC-KR": 0x0940,
        ]
        for (name, number) in others { encodings[name] = String.Encoding(rawValue: 0x8000_0000 | number) }
        return encodings
    }()
}
