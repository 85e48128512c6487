/// Makes responses of the bytes that an IMAP server sends, however they are cut into pieces.
///
/// The server is a stranger: the length of a line, of a literal and of a response, and how deep lists go, are bounded.
public struct IMAPParser: Sendable {
    /// Why the server cannot be understood, as a sentence part.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence part.
        public let description: String
    }

    private static let longestLine = 4 << 20
    private static let deepest = 20

    private let mostBytes: Int
    private var buffer: [UInt8] = []
    /// Where in the buffer the response that is read begins.
    private var start = 0
    /// How far it was looked through for its end.
    private var position = 0
    /// Where the line that is looked through begins.
    private var lineStart = 0
    /// The literals of the response so far: where each begins and ends.
    private var literals: [Range<Int>] = []

    /// A parser.
    ///
    /// - Parameter mostBytes: the length of a response at most, with all its literals.
    public init(mostBytes: Int) {
        self.mostBytes = mostBytes
    }

    /// Takes bytes that have come.
    public mutating func append(_ bytes: [UInt8]) {
        if start > 0, start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            (start, position, lineStart) = (0, 0, 0)
        }
        buffer += bytes
    }

    /// The next response; nil where more bytes have to come.
    public mutating func next() throws(Failure) -> IMAPResponse? {
        while let end = try endOfLine() {
            if let length = try literalLength(before: end) {
                let first = end + 2
                guard length <= mostBytes, first - start + length <= mostBytes else {
                    throw Failure(description: "it sends something larger than \(mostBytes >> 20) MB")
                }
                guard buffer.count >= first + length else { return nil }
                literals.append(first..<first + length)
                position = first + length
                lineStart = position
                continue
            }
            let response = try response(endingAt: end)
            start = end + 2
            position = start
            lineStart = start
            literals = []
            if start > 1 << 20 {
                buffer.removeFirst(start)
                (start, position, lineStart) = (0, 0, 0)
            }
            return response
        }
        return nil
    }

    /// Where the line that is looked through ends, at its CRLF; nil where that has not come.
    private mutating func endOfLine() throws(Failure) -> Int? {
        while position + 1 < buffer.count {
            if buffer[position] == 0x0D, buffer[position + 1] == 0x0A { return position }
            position += 1
            if position - lineStart > Self.longestLine {
                throw Failure(description: "it sends a line longer than \(Self.longestLine >> 20) MB")
            }
        }
        return nil
    }

    /// The length that a line announces at its end: `{42}`.
    private func literalLength(before end: Int) throws(Failure) -> Int? {
        guard end > lineStart, buffer[end - 1] == 0x7D,
            let open = buffer[max(lineStart, end - 24)..<end].lastIndex(of: 0x7B)
        else { return nil }
        let digits = buffer[(open + 1)..<(end - 1)].filter { $0 != 0x2B }
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard let length = Int(String(decoding: digits, as: UTF8.self)) else {
            throw Failure(description: "it announces something without end")
        }
        return length
    }

    private func response(endingAt end: Int) throws(Failure) -> IMAPResponse {
        var scanner = Scanner(bytes: buffer[start..<end], literals: literals)
        let tag = scanner.word()
        if tag == "+" { return .goOn }
        var rest = scanner
        let word = rest.word().uppercased()
        if let kind = IMAPStatus.Kind(rawValue: word) {
            let text = rest.rest
            let code = text.hasPrefix("[") ? text.dropFirst().prefix { $0 != "]" } : ""
            return .status(
                IMAPStatus(
                    kind: kind, tag: tag == "*" ? nil : tag, code: String(code),
                    text: code.isEmpty
                        ? text : text.dropFirst(code.count + 2).trimmingPrefix { $0 == " " }.description))
        }
        guard tag == "*" else { throw Failure(description: "it answers with something that is no IMAP") }
        return .data(try scanner.values(depth: Self.deepest))
    }
}

/// Reads the values of one response.
private struct Scanner {
    private let bytes: ArraySlice<UInt8>
    private var literals: ArraySlice<Range<Int>>
    private var position: Int

    init(bytes: ArraySlice<UInt8>, literals: [Range<Int>]) {
        self.bytes = bytes
        self.literals = literals[...]
        position = bytes.startIndex
    }

    /// The next word, and the blank behind it.
    mutating func word() -> String {
        let end = bytes[position...].firstIndex(of: 0x20) ?? bytes.endIndex
        defer { position = min(end + 1, bytes.endIndex) }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// All that is left, as text for people.
    var rest: String {
        String(
            String(decoding: bytes[position...].prefix(1000), as: UTF8.self).unicodeScalars.filter { $0.value >= 0x20 })
    }

    /// The values up to the end, or to a closing parenthesis.
    mutating func values(depth: Int) throws(IMAPParser.Failure) -> [IMAPValue] {
        guard depth > 0 else { throw IMAPParser.Failure(description: "it sends lists in lists without end") }
        var values: [IMAPValue] = []
        while position < bytes.endIndex {
            switch bytes[position] {
            case 0x20, 0x0D, 0x0A: position += 1
            case 0x28:
                position += 1
                values.append(.list(try self.values(depth: depth - 1)))
            case 0x29:
                position += 1
                return values
            case 0x22: values.append(.string(quoted()))
            default: values.append(atomOrLiteral())
            }
        }
        return values
    }

    private mutating func quoted() -> [UInt8] {
        var text: [UInt8] = []
        position += 1
        while position < bytes.endIndex, bytes[position] != 0x22 {
            if bytes[position] == 0x5C, position + 1 < bytes.endIndex { position += 1 }
            text.append(bytes[position])
            position += 1
        }
        position = min(position + 1, bytes.endIndex)
        return text
    }

    private mutating func atomOrLiteral() -> IMAPValue {
        let end =
            bytes[position...].firstIndex { $0 == 0x20 || $0 == 0x28 || $0 == 0x29 || $0 == 0x0D } ?? bytes.endIndex
        let word = bytes[position..<end]
        // The literal begins behind the CRLF that follows its length.
        if word.last == 0x7D, let literal = literals.first, literal.lowerBound == end + 2 {
            literals = literals.dropFirst()
            position = literal.upperBound
            return .string(Array(bytes[literal]))
        }
        position = max(end, position + 1)
        return .atom(String(decoding: bytes[word.startIndex..<max(end, word.startIndex)], as: UTF8.self))
    }
}
