import TextEncodings

/// An XML document that is not well-formed, with those faults mended that servers make who pass on what others wrote:
/// control characters, bytes of another character set, a bare `&`, and white space before the declaration.
struct MendedXML {
    /// The document after that, which may still be none.
    private(set) var bytes: [UInt8] = []
    private let source: [UInt8]
    private var position = 0
    private var isVerbatim = false

    init(_ document: [UInt8]) {
        source = document
        bytes.reserveCapacity(document.count)
        position = document.firstIndex { $0 > 0x20 } ?? document.count
        // What says that it is something else than UTF-8 has its bytes read as such.
        let declaration = String(decoding: document[position...].prefix(100), as: UTF8.self).lowercased()
        let isUnicode = !declaration.contains("encoding=") || declaration.contains("utf-8")
        while position < source.count { step(isUnicode) }
    }

    private mutating func step(_ isUnicode: Bool) {
        let byte = source[position]
        switch byte {
        case 0x26 where !isVerbatim: keepReference()
        case 0x09, 0x0A, 0x0D: keep(1)
        case ..<0x20: replace(1, with: [0x20])
        case 0x3C where follows("<![CDATA["):
            isVerbatim = true
            keep(1)
        case 0x5D where isVerbatim && follows("]]>"):
            isVerbatim = false
            keep(1)
        case 0x80... where isUnicode: keepScalar()
        default: keep(1)
        }
    }

    private func follows(_ text: String) -> Bool { source[position...].starts(with: text.utf8) }

    private mutating func keep(_ count: Int) { replace(count, with: source[position..<position + count]) }

    private mutating func replace(_ count: Int, with bytes: some Sequence<UInt8>) {
        self.bytes += bytes
        position += count
    }

    /// Keeps a reference that means a character, and writes out the sign of one that does not.
    private mutating func keepReference() {
        let name = source[(position + 1)...].prefix(10).prefix { $0 != 0x3B }
        let text = String(decoding: name, as: UTF8.self)
        let isWhole = position + 1 + name.count < source.count && source[position + 1 + name.count] == 0x3B
        if isWhole, ["amp", "lt", "gt", "quot", "apos"].contains(text) { return keep(1) }
        guard isWhole, text.hasPrefix("#") else { return replace(1, with: "&amp;".utf8) }
        let isHexadecimal = text.hasPrefix("#x") || text.hasPrefix("#X")
        let code = UInt32(text.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
        let isCharacter = code.map { ($0 >= 0x20 || [9, 10, 13].contains($0)) && Unicode.Scalar($0) != nil } ?? false
        if isCharacter { keep(1) } else { replace(name.count + 2, with: [0x20]) }
    }

    /// Keeps a character of UTF-8, and reads a byte of none as windows-1252.
    private mutating func keepScalar() {
        let length = source[position] >= 0xF0 ? 4 : source[position] >= 0xE0 ? 3 : 2
        let some = source[position...].prefix(length)
        if String(validating: some, as: UTF8.self) != nil { return keep(some.count) }
        replace(1, with: Charset.windows1252([source[position]]).utf8)
    }
}
