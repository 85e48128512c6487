import Foundation
import MusterTestSupport
import Testing
import TextEncodings

@Suite struct `Character sets` {
    /// Every byte from A0 up that a character set of one byte a character has, as Python reads it.
    private static let reader = """
        import json, sys
        def read(name, byte):
            try: return bytes([byte]).decode(name)
            except UnicodeDecodeError: return None
        print(json.dumps({name: [read(name, byte) for byte in range(0xA0, 0x100)] for name in sys.argv[1:]}))
        """

    private static let names =
        [2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15].map { "ISO-8859-\($0)" }
        + (1250...1258).map { "windows-\($0)" } + ["KOI8-R"]

    @Test func `are read as Python reads them`() throws {
        let output = try Subprocess.python(Self.reader, Self.names)
        let expected = try JSONDecoder().decode([String: [String?]].self, from: Data(output.utf8))
        #expect(expected.count == Self.names.count)
        for (name, characters) in expected {
            for (byte, character) in zip(UInt8(0xA0)...0xFF, characters) {
                guard let character else { continue }
                #expect(Charset.text([byte], named: name) == character, "\(name) \(byte)")
            }
        }
    }

    @Test(
        arguments: [
            ([0x53, 0xE2, 0x6E], nil, "Sân"), ([0x53, 0xC3, 0xA2, 0x6E], nil, "Sân"),
            ([0x53, 0xC3, 0xA2, 0x6E], "us-ascii", "Sân"),
            ([0x93, 0x80, 0x94], "iso-8859-1", "“€”"), ([0x53, 0xC3, 0xA2, 0x6E], "x-nobody-knows", "Sân"),
            ([0xFF, 0xFE, 0x53, 0x00], "utf-8", "S"), ([0xFE, 0xFF, 0x00, 0x53], nil, "S"),
            ([0x00, 0x53], "UTF-16BE", "S"),
            ([0xB3, 0xA3], "euc-kr", "끽"), ([], "utf-8", ""),
        ] as [([UInt8], String?, String)])
    func `are taken for what the bytes are where their names lie`(bytes: [UInt8], name: String?, text: String) {
        #expect(Charset.text(bytes, named: name) == text)
    }

    @Test func `gives quoted-printable back as it was`() {
        for text in ["", "=", "a = b", "tab\t", " ", "Siân\n.\n", String(repeating: "ŵ", count: 100), "a\nb \nc=20"] {
            let encoded = QuotedPrintable.encode(text)
            #expect(encoded.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
            let decoded = String(decoding: QuotedPrintable.decode(Array(encoded.utf8)), as: UTF8.self)
            #expect(decoded.replacing("\r\n", with: "\n") == text + "\n")
        }
    }

    @Test(arguments: [
        ("plain", "plain", "plain"), ("a < b & c", "a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("\"O'Neill\"", "&quot;O&#39;Neill&quot;", "\"O'Neill\""),
        ("<\u{301}b>", "&lt;\u{301}b&gt;", "&lt;\u{301}b&gt;"),
        ("\"\u{301}", "&quot;\u{301}", "\"\u{301}"),
    ])
    func `escapes what means something in markup, whatever stands behind it`(
        text: String, attribute: String, element: String
    ) {
        #expect(Array(Markup.escaped(text).unicodeScalars) == Array(attribute.unicodeScalars))
        #expect(Array(Markup.escaped(text, quotes: false).unicodeScalars) == Array(element.unicodeScalars))
    }
}
