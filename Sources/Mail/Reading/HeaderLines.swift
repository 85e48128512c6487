import TextEncodings

/// The fields of a header one after another, unfolded (RFC 5322 §2.2.3); `rest` is then what follows the header.
struct HeaderLines {
    private(set) var rest: ArraySlice<UInt8>
    /// Whether the header ended at a line that is no field, where a blank one should be.
    private(set) var endsWithoutBlankLine = false

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next field; nil behind the last one.
    mutating func next() -> MailHeader.Field? {
        while true {
            let before = rest
            guard let line = line() else { return nil }
            if line.isEmpty { return end(before: rest) }
            // What mailbox files have before each mail, and some programs leave in the middle.
            if line.starts(with: "From ".utf8) || line.starts(with: ">From ".utf8) { continue }
            guard let colon = line.firstIndex(of: 0x3A) else { return endWithoutBlankLine(before) }
            let name = String(decoding: line[..<colon], as: UTF8.self).trimmingSpace
            guard name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return endWithoutBlankLine(before) }
            var value = Array(line[(colon + 1)...])
            while rest.first == 0x20 || rest.first == 0x09, let continuation = self.line() { value += continuation }
            if !name.isEmpty { return field(name, value) }
        }
    }

    private func field(_ name: String, _ value: [UInt8]) -> MailHeader.Field {
        MailHeader.Field(name: name, value: Charset.text(value).withoutControls.trimmingSpace)
    }

    private mutating func endWithoutBlankLine(_ body: ArraySlice<UInt8>) -> MailHeader.Field? {
        endsWithoutBlankLine = true
        return end(before: body)
    }

    private mutating func end(before body: ArraySlice<UInt8>) -> MailHeader.Field? {
        rest = body
        return nil
    }

    /// The next line without its end.
    private mutating func line() -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        let line = rest[..<end]
        rest = rest[min(end + 1, rest.endIndex)...]
        return line.last == 0x0D ? line.dropLast() : line
    }
}
