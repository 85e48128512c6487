/// Cuts a stream into unfolded content lines (RFC 5545 §3.1); takes CRLF, LF and CR for the end of a line.
struct ContentLines {
    struct Line {
        let number: Int
        let bytes: [UInt8]
        let isCut: Bool
    }

    private let bytes: [UInt8]
    private let limit: Int
    private var position: Int
    private var number = 1

    init(bytes: [UInt8], limit: Int) {
        self.bytes = bytes
        self.limit = limit
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next line that is not blank; nil at the end.
    ///
    /// What a line has beyond the limit is skipped.
    mutating func next() -> Line? {
        while position < bytes.count {
            let first = number
            var line: [UInt8] = []
            var isCut = append(to: &line)
            while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
                position += 1
                if append(to: &line) { isCut = true }
            }
            if line.contains(where: { $0 > 0x20 }) { return Line(number: first, bytes: line, isCut: isCut) }
        }
        return nil
    }

    /// Appends the rest of the physical line and moves behind its end; returns whether something was left out.
    private mutating func append(to line: inout [UInt8]) -> Bool {
        let end = bytes[position...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
        let room = limit - line.count
        line += bytes[position..<min(end, position + room)]
        let isCut = end - position > room
        position = end
        if position < bytes.count {
            if bytes[position] == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A { position += 1 }
            position += 1
        }
        number += 1
        return isCut
    }
}
