/// Reads JSON (RFC 8259) from front to back, straight into values, with no tree in between: a national problem has
/// 60 MB of it, and a general decoder would take longer over them than the search.
///
/// What is wrong is thrown as a sentence; each object and array on the way out adds its part of the path.
struct JSONReader {
    /// How deep objects and arrays may stand in each other.
    private static let mostDepth = 200

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    // MARK: Values

    /// Reads an object; `member` is told each key and must read or skip its value.
    mutating func object(_ member: (inout JSONReader, String) throws(ProblemError) -> Void) throws(ProblemError) {
        try enter("{", "an object")
        if take("}") { return leave() }
        repeat {
            space()
            let key = try string()
            space()
            guard take(":") else { throw error("\":\" is missing after \"\(key)\"") }
            space()
            do throws(ProblemError) { try member(&self, key) } catch { throw error.inside(key) }
            space()
        } while take(",")
        guard take("}") else { throw error("\",\" or \"}\" is missing") }
        leave()
    }

    /// Reads an array; `element` must read each element.
    mutating func array(_ element: (inout JSONReader) throws(ProblemError) -> Void) throws(ProblemError) {
        try enter("[", "a list")
        if take("]") { return leave() }
        var index = 0
        repeat {
            space()
            do throws(ProblemError) { try element(&self) } catch { throw error.inside("[\(index)]") }
            space()
            index += 1
        } while take(",")
        guard take("]") else { throw error("\",\" or \"]\" is missing") }
        leave()
    }

    /// Reads a whole number.
    mutating func integer() throws(ProblemError) -> Int {
        let begin = position
        let isNegative = take("-")
        var value = 0
        var overflows = false
        while let digit = current.flatMap({ $0 >= 48 && $0 <= 57 ? Int($0 &- 48) : nil }) {
            overflows = overflows || value > 1 << 50
            value = value &* 10 &+ digit
            position += 1
        }
        let digits = position - begin - (isNegative ? 1 : 0)
        guard digits > 0 else { throw error("a whole number is expected, not \(excerpt(begin))") }
        let isFraction = current.map { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") } ?? false
        let hasLeadingZero = digits > 1 && bytes[begin + (isNegative ? 1 : 0)] == 48
        guard !isFraction, !hasLeadingZero else { throw error("a whole number is expected, not \(excerpt(begin))") }
        guard !overflows else { throw error("\(excerpt(begin)) does not fit in 32 bits") }
        return isNegative ? -value : value
    }

    /// Reads `true` or `false`.
    mutating func boolean() throws(ProblemError) -> Bool {
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        throw error("true or false is expected, not \(excerpt(position))")
    }

    /// Takes `null` if it stands here.
    mutating func isNull() -> Bool { takeWord("null") }

    /// Reads a string.
    mutating func string() throws(ProblemError) -> String {
        guard take("\"") else { throw error("a string is expected, not \(excerpt(position))") }
        let begin = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if current == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes[begin..<position - 1])
        }
        var unescaped = Array(bytes[begin..<position])
        while !take("\"") {
            guard let byte = current else { throw error("the document ends inside a string") }
            guard byte >= 0x20 else { throw error("a string holds a control character") }
            if take("\\") {
                unescaped += Array(String(try escape()).utf8)
            } else {
                unescaped.append(byte)
                position += 1
            }
        }
        return try text(unescaped)
    }

    /// Passes over a value that nobody asked for.
    mutating func skip() throws(ProblemError) {
        switch current {
        case UInt8(ascii: "{"): try object { (reader, _) throws(ProblemError) in try reader.skip() }
        case UInt8(ascii: "["): try array { (reader) throws(ProblemError) in try reader.skip() }
        case UInt8(ascii: "\""): _ = try string()
        default:
            let begin = position
            while let byte = current, !",]} \t\r\n".utf8.contains(byte) { position += 1 }
            let word = String(decoding: bytes[begin..<position], as: UTF8.self)
            guard ["true", "false", "null"].contains(word) || Double(word) != nil else {
                throw error("a value is expected, not \(excerpt(begin))")
            }
        }
    }

    /// Reads the one value of a document, with nothing but space around it.
    mutating func document(_ value: (inout JSONReader) throws(ProblemError) -> Void) throws(ProblemError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        space()
        try value(&self)
        space()
        guard position == bytes.count else { throw error("something stands after the end: \(excerpt(position))") }
    }

    // MARK: Bytes

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func space() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count, current == word.utf8Start.pointee else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
        position += count
        return true
    }

    private mutating func enter(_ character: Unicode.Scalar, _ name: String) throws(ProblemError) {
        guard take(character) else { throw error("\(name) is expected, not \(excerpt(position))") }
        depth += 1
        guard depth <= Self.mostDepth else { throw error("more than \(Self.mostDepth) levels stand in each other") }
        space()
    }

    private mutating func leave() { depth -= 1 }

    private func text(_ units: some Sequence<UInt8>) throws(ProblemError) -> String {
        guard let text = String(validating: units, as: UTF8.self) else { throw error("a string is not UTF-8") }
        return text
    }

    private mutating func escape() throws(ProblemError) -> Unicode.Scalar {
        guard let byte = current else { throw error("the document ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"):
            var code = try codeUnit()
            if 0xD800..<0xDC00 ~= code, take("\\"), take("u") {
                let low = try codeUnit()
                code = 0xDC00..<0xE000 ~= low ? 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) : 0xD800
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("a string has half a character, \\ud800 or so") }
            return scalar
        default: throw error("a string has an escape that JSON does not know")
        }
    }

    private mutating func codeUnit() throws(ProblemError) -> UInt32 {
        let end = min(position + 4, bytes.count)
        let digits = String(decoding: bytes[position..<end], as: UTF8.self)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: 16) else {
            throw error("\\u is not followed by four hexadecimal digits")
        }
        position = end
        return code
    }

    // MARK: Errors

    private func error(_ message: String) -> ProblemError {
        ProblemError("", position < bytes.count ? message : "\(message): the document ends too early")
    }

    private func excerpt(_ begin: Int) -> String {
        guard begin < bytes.count else { return "the end" }
        let end = min(begin + 20, bytes.count)
        let word = String(decoding: bytes[begin..<end], as: UTF8.self).prefix {
            !",]}\n".contains($0) || $0 == "\u{FFFD}"
        }
        return word.isEmpty ? "\"\(Character(Unicode.Scalar(bytes[begin])))\"" : String(word)
    }
}
