import TextEncodings

/// Puts a mail together from its bytes, part by part.
struct EntityBuilder {
    private let limits: MailReader.Limits
    private var headerBytes: Int
    private var parts: Int
    private(set) var remarks: [String] = []

    init(limits: MailReader.Limits) {
        self.limits = limits
        headerBytes = limits.headerBytes
        parts = limits.parts
    }

    /// The mail or part that the bytes are.
    mutating func entity(_ bytes: ArraySlice<UInt8>, depth: Int, isInDigest: Bool = false) -> MailEntity {
        let (header, body) = header(bytes)
        let type = header.contentType
        guard depth < limits.depth else {
            remark("parts lie more than \(limits.depth) deep; the innermost are not read")
            return MailEntity(header: header, body: .content(Array(body)))
        }
        if type.value.hasPrefix("multipart/") {
            if let boundary = type["boundary"], !boundary.isEmpty {
                let sections = Multipart.sections(body, boundary: boundary)
                if !sections.isClosed { remark("a multipart has no end; the mail may be cut off") }
                if !sections.parts.isEmpty || sections.isClosed {
                    let isDigest = type.value == "multipart/digest"
                    let parts = entities(sections.parts, depth: depth, areInDigest: isDigest)
                    return MailEntity(header: header, body: .parts(parts))
                }
            } else {
                remark("a multipart names no boundary; read as text")
            }
        } else if ["message/rfc822", "message/global"].contains(type.value)
            || isInDigest && header["Content-Type"] == nil
        {
            let inner = content(body, header)
            return MailEntity(header: header, body: .parts(entities([inner], depth: depth)))
        }
        return MailEntity(header: header, body: .content(Array(content(body, header))))
    }

    /// The parts that the sections are; in a digest each is a mail unless it says otherwise (RFC 2046 §5.1.5).
    private mutating func entities(
        _ sections: [ArraySlice<UInt8>], depth: Int, areInDigest: Bool = false
    ) -> [MailEntity] {
        let kept = sections.prefix(parts)
        if kept.count < sections.count { remark("the mail has more than \(limits.parts) parts; the rest are left out") }
        parts -= kept.count
        return kept.map { entity($0, depth: depth + 1, isInDigest: areInDigest) }
    }

    private mutating func header(_ bytes: ArraySlice<UInt8>) -> (MailHeader, body: ArraySlice<UInt8>) {
        var lines = HeaderLines(bytes.prefix(headerBytes))
        var fields: [MailHeader.Field] = []
        while let field = lines.next() { fields.append(field) }
        if lines.rest.isEmpty, bytes.count > headerBytes {
            remark("the headers are longer than \(limits.headerBytes) bytes; the rest of them is read as content")
        }
        if lines.endsWithoutBlankLine, !fields.isEmpty { remark("a header ends without a blank line") }
        headerBytes -= lines.rest.startIndex - bytes.startIndex
        return (MailHeader(fields), bytes[lines.rest.startIndex...])
    }

    /// The content, its transfer encoding undone; where it has none, no copy is made of what may lie inside others.
    private mutating func content(_ body: ArraySlice<UInt8>, _ header: MailHeader) -> ArraySlice<UInt8> {
        let encoding = header["Content-Transfer-Encoding"].map { ParameterizedValue($0).value } ?? "7bit"
        switch encoding {
        case "base64": return Base64.decode(body)[...]
        case "quoted-printable": return QuotedPrintable.decode(body)[...]
        case "7bit", "8bit", "binary", "": return body
        default:
            remark("nobody knows the transfer encoding \"\(encoding.prefix(40))\"; the content is taken as it is")
            return body
        }
    }

    private mutating func remark(_ text: String) {
        if !remarks.contains(text), remarks.count < 20 { remarks.append(text) }
    }
}

/// Cuts the body of a multipart at its boundary (RFC 2046 §5.1.1).
private enum Multipart {
    /// The parts; what stands before the first and after the last is nobody's.
    static func sections(
        _ body: ArraySlice<UInt8>, boundary: String
    ) -> (parts: [ArraySlice<UInt8>], isClosed: Bool) {
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [ArraySlice<UInt8>] = []
        var begin: Int?
        var position = body.startIndex
        while position < body.endIndex {
            let end = body[position...].firstIndex(of: 0x0A) ?? body.endIndex
            if body[position..<end].starts(with: delimiter) {
                let mark = body[(position + delimiter.count)..<end]
                let isLast = mark.starts(with: [0x2D, 0x2D])
                if mark.dropFirst(isLast ? 2 : 0).allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
                    if let begin, begin < position { parts.append(withoutLineEnd(body[begin..<position])) }
                    guard !isLast else { return (parts, true) }
                    begin = min(end + 1, body.endIndex)
                }
            }
            position = end + 1
        }
        if let begin, begin < body.endIndex { parts.append(body[begin...]) }
        return (parts, false)
    }

    /// Without the end of the last line, which belongs to the boundary.
    private static func withoutLineEnd(_ section: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard section.last == 0x0A else { return section }
        let line = section.dropLast()
        return line.last == 0x0D ? line.dropLast() : line
    }
}
