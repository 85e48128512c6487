import Foundation
import TextEncodings

/// Reads content lines (RFC 5545 §3.1, parameter escapes of RFC 6868).
struct PropertyParser {
    /// What a line came to.
    enum Parsed {
        case property(Property)
        /// A property that nobody asked for.
        case outOfScope
        /// A line without a name or without a value.
        case broken
    }

    private let scope: CalendarReader.Scope
    private let owners: [[UInt8]]
    /// Parameters and values of parameters of one property, at most.
    private let mostParameters: Int

    /// What had to be mended in the last line.
    private(set) var remarks: [String] = []

    init(scope: CalendarReader.Scope, owners: Set<String> = [], mostParameters: Int) {
        self.scope = scope
        self.owners = owners.map { Array($0.utf8) }
        self.mostParameters = mostParameters
    }

    /// The parameters of the last line that had some, and the bytes that said so, up to the colon: many lines in a
    /// row have the same.
    private var lastParameters: (bytes: [UInt8], parsed: [Parameter]) = ([], [])

    mutating func parse(_ line: LineScanner.Line) -> Parsed {
        let bytes = line.bytes
        var nameEnd = 0
        while nameEnd < bytes.count, isNameByte(bytes[nameEnd]) { nameEnd += 1 }
        guard nameEnd > 0, nameEnd < bytes.count, bytes[nameEnd] == 0x3A || bytes[nameEnd] == 0x3B else {
            return .broken
        }
        let known = PropertyNames.known(UnsafeBufferPointer(rebasing: bytes[..<nameEnd]))
        if scope == .times, known == nil || known == "ATTENDEE" && !isOfOwner(bytes) { return .outOfScope }
        if !remarks.isEmpty { remarks = [] }
        var parameters: [Parameter] = []
        var position = nameEnd
        if bytes[position] == 0x3B {
            guard let parsed = self.parameters(bytes, &position) else { return .broken }
            parameters = parsed
        }
        let raw = UnsafeBufferPointer(rebasing: bytes[(position + 1)...])
        let name = known ?? uppercased(UnsafeBufferPointer(rebasing: bytes[..<nameEnd]))
        let value = LegacyEncoding.value(raw, parameters: &parameters, remarks: &remarks) ?? text(raw)
        return .property(Property(name, parameters, value: value, line: line.number))
    }

    /// Whether the line may be about somebody whose calendar this is; all others say nothing of times, and are many.
    private func isOfOwner(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        owners.contains { owner in
            guard let first = owner.first, bytes.count >= owner.count else { return false }
            return (0...bytes.count - owner.count).contains { start in
                bytes[start] | 0x20 == first | 0x20
                    && zip(bytes[start...], owner).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            }
        }
    }

    /// The parameters from a semicolon up to the colon before the value, at which `position` then is.
    private mutating func parameters(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> [Parameter]? {
        let start = position
        let known = lastParameters.bytes.count
        if known > 0, let base = bytes.baseAddress, bytes.count - start >= known,
            memcmp(base + start, lastParameters.bytes, known) == 0, !Self.isInsideOffset(bytes, start + known - 1)
        {
            position += known - 1
            return lastParameters.parsed
        }
        var parameters: [Parameter] = []
        var room = mostParameters
        while position < bytes.count, bytes[position] == 0x3B {
            guard let parameter = parameter(bytes, position: &position, room: &room) else { return nil }
            if room >= 0 { parameters.append(parameter) }
        }
        if room < 0 {
            remarks.append("it has more than \(mostParameters) parameters and values of them; the rest is left out")
        }
        guard position < bytes.count, bytes[position] == 0x3A else { return nil }
        if remarks.isEmpty, position - start < 100 { lastParameters = (Array(bytes[start...position]), parameters) }
        return parameters
    }

    /// The parameter from a semicolon on; what there is no room for is read and not kept.
    private mutating func parameter(
        _ bytes: UnsafeBufferPointer<UInt8>, position: inout Int, room: inout Int
    ) -> Parameter? {
        let start = position + 1
        guard let equals = bytes[start...].firstIndex(where: { $0 == 0x3D || $0 == 0x3A || $0 == 0x3B }) else {
            return nil
        }
        let name = uppercased(UnsafeBufferPointer<UInt8>(rebasing: bytes[start..<equals]))
        position = equals
        room -= 1
        guard bytes[equals] == 0x3D else { return Parameter(name: name, values: [""]) }
        var values: [String] = []
        repeat {
            position += 1
            room -= 1
            let value = value(bytes, &position, isZone: name == "TZID")
            if room >= 0 { values.append(unescaped(value)) }
        } while position < bytes.count && bytes[position] == 0x2C
        return Parameter(name: name, values: values)
    }

    private mutating func value(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, isZone: Bool
    ) -> String {
        var start = position
        var quoted = ""
        if start < bytes.count, bytes[start] == 0x22, let close = bytes[(start + 1)...].firstIndex(of: 0x22) {
            quoted = text(UnsafeBufferPointer<UInt8>(rebasing: bytes[(start + 1)..<close]))
            start = close + 1
        }
        var end = Self.valueEnd(bytes, from: start)
        while isZone, Self.isInsideOffset(bytes, end) { end = Self.valueEnd(bytes, from: end + 1) }
        position = end
        return start == end ? quoted : quoted + text(UnsafeBufferPointer<UInt8>(rebasing: bytes[start..<end]))
    }

    private static func valueEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        bytes[start...].firstIndex { $0 == 0x2C || $0 == 0x3A || $0 == 0x3B } ?? bytes.count
    }

    /// Whether a mark is the colon of an offset, as some write it into names of zones without quotes:
    /// `(UTC+10:00) Brisbane:`, `GMT+05:30:`, or that of an address: `tzone://Microsoft/Utc:`.
    private static func isInsideOffset(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: Int) -> Bool {
        guard mark > 0, mark + 3 < bytes.count, bytes[mark] == 0x3A else { return false }
        if bytes[mark + 1] == 0x2F, bytes[mark + 2] == 0x2F { return true }
        let areDigits = [mark - 1, mark + 1, mark + 2].allSatisfy { (0x30...0x39).contains(bytes[$0]) }
        return areDigits && (bytes[mark + 3] == 0x3A || bytes[mark + 3] == 0x29)
    }

    private func unescaped(_ value: String) -> String {
        guard value.utf8.contains(0x5E) else { return value }
        var result = ""
        var isEscaped = false
        for scalar in value.unicodeScalars {
            if isEscaped {
                switch scalar {
                case "n": result += "\n"
                case "^": result += "^"
                case "'": result += "\""
                default:
                    result += "^"
                    result.unicodeScalars.append(scalar)
                }
                isEscaped = false
            } else if scalar == "^" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return isEscaped ? result + "^" : result
    }

    // MARK: Bytes

    /// The bytes as text; control characters are left out, and what is no UTF-8 is read as windows-1252.
    private mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        let kinds = ByteKinds(bytes)
        guard !kinds.hasControls else {
            remarks.append("control characters stand in it; left out")
            let kept = bytes.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            return kept.withUnsafeBufferPointer { text($0) }
        }
        if kinds.isASCII {
            return String(unsafeUninitializedCapacity: bytes.count) { $0.initialize(fromContentsOf: bytes) }
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        remarks.append("it is not UTF-8; read as windows-1252")
        return Charset.windows1252(bytes)
    }

    private func uppercased(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.contains(where: { (0x61...0x7A).contains($0) || $0 <= 0x20 || $0 >= 0x7F }) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        let upper = bytes.filter { $0 > 0x20 && $0 != 0x7F }.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        return String(decoding: upper, as: UTF8.self)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E: true
        default: false
        }
    }
}

/// The names of the properties on which times depend.
private enum PropertyNames {
    private static let all = [
        "BEGIN", "END", "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID",
        "SEQUENCE", "DTSTAMP", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "FREEBUSY", "TZID", "TZOFFSETFROM",
        "TZOFFSETTO", "TZNAME", "X-LIC-LOCATION", "X-WR-TIMEZONE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "METHOD",
        "X-MICROSOFT-CDO-INTENDEDSTATUS", "X-APPLE-TRAVEL-DURATION", "ATTENDEE",
    ]

    private struct Entry {
        let key: Key
        let name: String
    }

    /// A name of at most 32 bytes, in which case does not matter.
    private typealias Key = SIMD4<UInt64>

    private static let table: [Entry?] = {
        var table: [Entry?] = Array(repeating: nil, count: 256)
        for name in all {
            guard let key = Array(name.utf8).withUnsafeBufferPointer(key) else { continue }
            var slot = slot(key)
            while table[slot] != nil { slot = (slot + 1) % table.count }
            table[slot] = Entry(key: key, name: name)
        }
        return table
    }()

    static func known(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard let key = key(bytes) else { return nil }
        var slot = slot(key)
        while let entry = table[slot] {
            if entry.key == key { return entry.name }
            slot = (slot + 1) % table.count
        }
        return nil
    }

    private static func key(_ bytes: UnsafeBufferPointer<UInt8>) -> Key? {
        guard bytes.count <= MemoryLayout<Key>.size else { return nil }
        var key = Key.zero
        withUnsafeMutableBytes(of: &key) { $0.copyMemory(from: UnsafeRawBufferPointer(bytes)) }
        // Of the bytes that names are made of only letters differ in this bit alone.
        return key & Key(repeating: 0xDFDF_DFDF_DFDF_DFDF)
    }

    private static func slot(_ key: Key) -> Int {
        let mixed = (key.x ^ key.y &* 3 ^ key.w) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 56)
    }
}

/// Which kinds of bytes there are, looked at eight at a time.
private struct ByteKinds {
    private(set) var hasControls = false
    private(set) var isASCII = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let raw = UnsafeRawBufferPointer(bytes)
        var position = 0
        while position + 8 <= bytes.count {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let deleted = word ^ Self.every(0x7F)
            let suspicious =
                (word &- Self.every(0x20)) & ~word | (deleted &- Self.every(0x01)) & ~deleted | word
            if suspicious & Self.every(0x80) != 0 { note(bytes[position..<position + 8]) }
            position += 8
        }
        note(bytes[position...])
    }

    private mutating func note(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        for byte in bytes {
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { hasControls = true }
            if byte >= 0x80 { isASCII = false }
        }
    }

    private static func every(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}
