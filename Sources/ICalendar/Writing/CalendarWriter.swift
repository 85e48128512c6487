/// Writes components strictly: CRLF, lines folded at 75 octets between characters, parameters quoted (RFC 5545 §3.1).
public enum CalendarWriter {
    /// The stream of a component.
    public static func write(_ component: Component) -> String {
        var output: [UInt8] = []
        write(component, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static func write(_ component: Component, to output: inout [UInt8]) {
        fold("BEGIN:" + component.name, to: &output)
        for property in component.properties { fold(line(of: property), to: &output) }
        for child in component.components { write(child, to: &output) }
        fold("END:" + component.name, to: &output)
    }

    private static func line(of property: Property) -> String {
        let parameters = property.parameters.map { parameter in
            ";" + parameter.name + "=" + parameter.values.map(parameterValue).joined(separator: ",")
        }
        return property.name + parameters.joined() + ":" + withoutControls(property.value)
    }

    private static func parameterValue(_ value: String) -> String {
        guard value.utf8.contains(where: mayNeedEscape) else { return value }
        var escaped = ""
        // Scalar by scalar: a mark that combines with a quote or a colon must not hide it.
        for scalar in withoutControls(value, newline: "\n").unicodeScalars {
            switch scalar {
            case "^": escaped += "^^"
            case "\"": escaped += "^'"
            case "\n": escaped += "^n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped.unicodeScalars.contains(where: ":;,".unicodeScalars.contains) ? "\"\(escaped)\"" : escaped
    }

    /// Whether a byte cannot stand in a parameter's value just as it is.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, 0x7F, UInt8(ascii: "^"), UInt8(ascii: "\""), UInt8(ascii: ":"), UInt8(ascii: ";"),
            UInt8(ascii: ","):
            true
        default: false
        }
    }

    private static func withoutControls(_ value: String, newline: Unicode.Scalar? = nil) -> String {
        guard value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return value }
        var kept = String.UnicodeScalarView()
        for scalar in value.unicodeScalars
        where scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\t" || scalar == newline {
            kept.append(scalar)
        }
        return String(kept)
    }

    private static func fold(_ line: String, to output: inout [UInt8]) {
        guard line.utf8.count >= 75 else {
            output += line.utf8
            output += [0x0D, 0x0A]
            return
        }
        var width = 0
        var isEscaped = false
        for scalar in line.unicodeScalars {
            let length = UTF8.width(scalar)
            let beginsEscape = !isEscaped && (scalar == "\\" || scalar == "^")
            // An escape stays whole, for readers that unescape before they unfold; its second half is one octet.
            if width + length + (beginsEscape ? 1 : 0) > 75, !isEscaped || length > 1 {
                output += [0x0D, 0x0A, 0x20]
                width = 1
            }
            output += scalar.utf8
            width += length
            isEscaped = beginsEscape
        }
        output += [0x0D, 0x0A]
    }
}
