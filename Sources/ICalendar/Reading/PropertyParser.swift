/// Reads content lines (RFC 5545 §3.1, parameter escapes of RFC 6868).
struct PropertyParser {
    /// What a line came to, and what had to be mended in it.
    struct Parsed {
        var property: Property
        var remarks: [String] = []
    }

    /// The property, or nil where the line has no name or no value.
    func parse(_ line: LineScanner.Line) -> Parsed? {
        let bytes = line.bytes
        guard let nameEnd = bytes.firstIndex(where: { $0 == 0x3A || $0 == 0x3B }), nameEnd > 0,
            bytes[..<nameEnd].allSatisfy(isNameByte)
        else { return nil }
        var remarks: [String] = []
        var parameters: [Parameter] = []
        var position = nameEnd
        while position < bytes.count, bytes[position] == 0x3B {
            guard let parameter = parameter(bytes, &position, &remarks) else { return nil }
            parameters.append(parameter)
        }
        guard position < bytes.count, bytes[position] == 0x3A else { return nil }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[(position + 1)...])
        let name = uppercased(UnsafeRawBufferPointer(rebasing: bytes[..<nameEnd]))
        let value = LegacyEncoding.value(raw, &parameters, &remarks) ?? text(raw, &remarks)
        return Parsed(property: Property(name, parameters, value: value, line: line.number), remarks: remarks)
    }

    private func parameter(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ remarks: inout [String]
    ) -> Parameter? {
        let start = position + 1
        guard let equals = bytes[start...].firstIndex(where: { $0 == 0x3D || $0 == 0x3A || $0 == 0x3B }) else {
            return nil
        }
        let name = uppercased(UnsafeRawBufferPointer(rebasing: bytes[start..<equals]))
        position = equals
        guard bytes[equals] == 0x3D else { return Parameter(name: name, values: [""]) }
        var values: [String] = []
        repeat {
            position += 1
            values.append(unescaped(value(bytes, &position, &remarks)))
        } while position < bytes.count && bytes[position] == 0x2C
        return Parameter(name: name, values: values)
    }

    private func value(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ remarks: inout [String]) -> String {
        var start = position
        var quoted = ""
        if start < bytes.count, bytes[start] == 0x22, let close = bytes[(start + 1)...].firstIndex(of: 0x22) {
            quoted = text(UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<close]), &remarks)
            start = close + 1
        }
        let end = bytes[start...].firstIndex { $0 == 0x2C || $0 == 0x3A || $0 == 0x3B } ?? bytes.count
        position = end
        return start == end ? quoted : quoted + text(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), &remarks)
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
    private func text(_ bytes: UnsafeRawBufferPointer, _ remarks: inout [String]) -> String {
        var hasControls = false
        for byte in bytes where byte < 0x20 && byte != 0x09 || byte == 0x7F { hasControls = true }
        guard !hasControls else {
            remarks.append("control characters stand in it; left out")
            let kept = bytes.filter { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            return kept.withUnsafeBytes { text($0, &remarks) }
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        remarks.append("it is not UTF-8; read as windows-1252")
        return LegacyEncoding.windows1252(bytes)
    }

    private func uppercased(_ bytes: UnsafeRawBufferPointer) -> String {
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
