/// Reads one content line (RFC 5545 §3.1, parameter escapes of RFC 6868).
enum PropertyParser {
    static func parse(_ line: ContentLines.Line) -> Property? {
        let bytes = line.bytes
        guard let nameEnd = bytes.firstIndex(where: { $0 == 0x3A || $0 == 0x3B }), nameEnd > 0,
            bytes[..<nameEnd].allSatisfy(isNameByte)
        else { return nil }
        var parameters: [Parameter] = []
        var position = nameEnd
        while position < bytes.count, bytes[position] == 0x3B {
            guard let parameter = parameter(bytes, &position) else { return nil }
            parameters.append(parameter)
        }
        guard position < bytes.count, bytes[position] == 0x3A else { return nil }
        return Property(
            String(decoding: bytes[..<nameEnd], as: UTF8.self).uppercased(), parameters,
            value: String(decoding: bytes[(position + 1)...], as: UTF8.self), line: line.number)
    }

    private static func parameter(_ bytes: [UInt8], _ position: inout Int) -> Parameter? {
        let start = position + 1
        guard let equals = bytes[start...].firstIndex(where: { $0 == 0x3D || $0 == 0x3A || $0 == 0x3B }) else {
            return nil
        }
        let name = String(decoding: bytes[start..<equals], as: UTF8.self).trimmed.uppercased()
        position = equals
        guard bytes[equals] == 0x3D else { return Parameter(name: name, values: []) }
        var values: [String] = []
        repeat {
            position += 1
            values.append(unescaped(value(bytes, &position)))
        } while position < bytes.count && bytes[position] == 0x2C
        return Parameter(name: name, values: values)
    }

    private static func value(_ bytes: [UInt8], _ position: inout Int) -> String {
        if position < bytes.count, bytes[position] == 0x22,
            let close = bytes[(position + 1)...].firstIndex(of: 0x22)
        {
            let text = String(decoding: bytes[(position + 1)..<close], as: UTF8.self)
            position = bytes[close...].firstIndex { $0 == 0x2C || $0 == 0x3A || $0 == 0x3B } ?? bytes.count
            return text
        }
        let end = bytes[position...].firstIndex { $0 == 0x2C || $0 == 0x3A || $0 == 0x3B } ?? bytes.count
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    private static func unescaped(_ value: String) -> String {
        guard value.contains("^") else { return value }
        var result = ""
        var isEscaped = false
        for character in value {
            if isEscaped {
                switch character {
                case "n": result += "\n"
                case "^": result += "^"
                case "'": result += "\""
                default: result += "^\(character)"
                }
                isEscaped = false
            } else if character == "^" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return isEscaped ? result + "^" : result
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E: true
        default: false
        }
    }
}
