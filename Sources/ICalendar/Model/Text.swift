/// Escapes of TEXT values (RFC 5545 §3.3.11).
enum Text {
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case ";": result += "\\;"
            case ",": result += "\\,"
            case "\n": result += "\\n"
            case "\r": break
            default: if scalar.value >= 0x20 || scalar == "\t" { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    static func unescaped(_ value: String) -> String {
        let isPlain = value.utf8.withContiguousStorageIfAvailable { !$0.contains(0x5C) }
        guard isPlain != true else { return value }
        var result = ""
        var isEscaped = false
        for scalar in value.unicodeScalars {
            if isEscaped {
                result.unicodeScalars.append(scalar == "n" || scalar == "N" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The parts of a list of TEXT values, escapes and all: a comma after a backslash divides nothing.
    static func list(_ value: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for scalar in value.unicodeScalars {
            if scalar == ",", !isEscaped {
                parts.append("")
            } else {
                parts[parts.count - 1].unicodeScalars.append(scalar)
            }
            isEscaped = scalar == "\\" && !isEscaped
        }
        return parts
    }
}

extension String {
    /// Without spaces, which some write into lists, and in upper case: a value of which neither matters.
    var tidied: String { isTidy ? self : filter { !$0.isWhitespace }.uppercased() }

    /// Without white space before and after it, and in upper case: the name of a component.
    var asName: String { isTidy ? self : trimmed.uppercased() }

    private var isTidy: Bool {
        utf8.withContiguousStorageIfAvailable { bytes in
            !bytes.contains { (0x61...0x7A).contains($0) || $0 <= 0x20 || $0 >= 0x80 }
        } ?? false
    }

    /// The values of a list that are no TEXT, without spaces around them.
    var listed: ListedValues { ListedValues(self) }

    /// Without white space before and after it.
    var trimmed: String {
        let isTrim = utf8.withContiguousStorageIfAvailable { bytes in
            guard let first = bytes.first, let last = bytes.last else { return true }
            return (0x21...0x7F).contains(first) && (0x21...0x7F).contains(last)
        }
        if isTrim == true { return self }
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last].drop { $0.isWhitespace })
    }
}

/// The values between the commas of a list, one after another: there may be very many.
struct ListedValues: Sequence, IteratorProtocol {
    private var rest: Substring.UTF8View

    init(_ list: String) {
        rest = list[...].utf8
    }

    mutating func next() -> String? {
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
            let value = rest[..<end]
            rest = rest[end...].dropFirst()
            if !value.isEmpty { return String(Substring(value)).trimmed }
        }
        return nil
    }
}
