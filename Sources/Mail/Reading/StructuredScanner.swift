/// Goes through the value of a structured field, past comments and through quotes (RFC 5322 §3.2).
struct StructuredScanner {
    private var rest: Substring.UnicodeScalarView
    /// Marks that began something without an end, and are text from then on.
    private var lonelyMarks: Set<Unicode.Scalar> = []

    init(_ text: String) {
        rest = text.unicodeScalars[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Goes past a mark, if the scanner stands before it.
    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == mark else { return false }
        rest.removeFirst()
        return true
    }

    /// The text up to one of the marks or the end, without quotes, comments, and spaces around it.
    ///
    /// A mark in quotes or in a comment is none. A quote or a comment that has no end is text, so that a mailbox behind
    /// a lonely one is still found.
    mutating func until(_ marks: Unicode.Scalar...) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.first, !marks.contains(scalar) {
            if scalar == "\"", let quoted = delimited(by: "\"") {
                // Appended at once, each would make the text anew.
                for scalar in quoted { text.append(scalar) }
            } else if scalar == "(", delimited(by: ")") != nil {
                text.append(" ")
            } else {
                rest.removeFirst()
                text.append(scalar)
            }
        }
        return String(text).trimmingSpace
    }

    /// What stands between the mark before which the scanner stands and the one that ends it, behind which it then is;
    /// nil, and nothing happens, where there is no end.
    private mutating func delimited(by end: Unicode.Scalar) -> String.UnicodeScalarView? {
        guard let begin = rest.first, !lonelyMarks.contains(begin) else { return nil }
        var text = String.UnicodeScalarView()
        var depth = 1
        var position = rest.index(after: rest.startIndex)
        while position < rest.endIndex {
            var scalar = rest[position]
            position = rest.index(after: position)
            if scalar == "\\", position < rest.endIndex {
                scalar = rest[position]
                position = rest.index(after: position)
            } else if scalar == end {
                depth -= 1
            } else if scalar == begin {
                depth += 1
            }
            guard depth > 0 else {
                rest = rest[position...]
                return text
            }
            text.append(scalar)
        }
        lonelyMarks.insert(begin)
        return nil
    }
}

extension String {
    /// Without white space before and after it.
    var trimmingSpace: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last].drop { $0.isWhitespace })
    }
}
