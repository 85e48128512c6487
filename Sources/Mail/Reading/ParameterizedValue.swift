import TextEncodings

/// A value with parameters, as `Content-Type` and `Content-Disposition` have them (RFC 2045 §5.1).
public struct ParameterizedValue: Hashable, Sendable {
    /// The value in lower case: `text/calendar`, `attachment`.
    public let value: String
    /// The parameters by their names in lower case, pieces put together and encodings undone (RFC 2231).
    public let parameters: [String: String]

    /// Reads a value and whatever can be made out of its parameters; of several with one name the first counts.
    public init(_ text: String) {
        var scanner = StructuredScanner(text)
        value = scanner.until(";").filter { !$0.isWhitespace }.lowercased()
        var pieces: [String: String] = [:]
        while scanner.skip(";") {
            let name = scanner.until("=", ";").filter { !$0.isWhitespace }.lowercased()
            guard scanner.skip("=") else { continue }
            let value = scanner.until(";")
            if !name.isEmpty, pieces[name] == nil { pieces[name] = value }
        }
        parameters = Self.assembled(pieces)
    }

    private init(value: String, parameters: [String: String]) {
        self.value = value
        self.parameters = parameters
    }

    /// The same parameters with another value.
    func replacing(value: String) -> ParameterizedValue { ParameterizedValue(value: value, parameters: parameters) }

    /// The value of a parameter (lower case), if it is there.
    public subscript(parameter: String) -> String? { parameters[parameter] }

    /// Puts `name*0*=utf-8''a%20` and `name*1=b` together; a form that says its characters counts more than a plain one.
    private static func assembled(_ pieces: [String: String]) -> [String: String] {
        var values = pieces.filter { !$0.key.contains("*") }.mapValues(EncodedWords.decode)
        for name in Set(pieces.keys.compactMap { $0.contains("*") ? $0.split(separator: "*").first : nil }) {
            if let value = joined(ordered(pieces, of: String(name))) { values[String(name)] = value }
        }
        return values
    }

    /// The pieces of a parameter in their order, and whether there are escapes in each.
    private static func ordered(_ pieces: [String: String], of name: String) -> [(text: String, isEscaped: Bool)] {
        if let whole = pieces["\(name)*"] { return [(whole, true)] }
        var found: [(text: String, isEscaped: Bool)] = []
        while true {
            if let piece = pieces["\(name)*\(found.count)*"] {
                found.append((piece, true))
            } else if let piece = pieces["\(name)*\(found.count)"] {
                found.append((piece, false))
            } else {
                return found
            }
        }
    }

    /// The text of all pieces; the first may begin with a character set and a language, as in `utf-8'en'`.
    private static func joined(_ pieces: [(text: String, isEscaped: Bool)]) -> String? {
        guard var first = pieces.first else { return nil }
        var charset: String?
        let marks = first.text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        if first.isEscaped, marks.count == 3 {
            charset = String(marks[0])
            first.text = String(marks[2])
        }
        let bytes = ([first] + pieces.dropFirst()).flatMap {
            $0.isEscaped ? percentDecoded($0.text) : Array($0.text.utf8)
        }
        return Charset.text(bytes, named: charset)
    }

    private static func percentDecoded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count > 1
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
