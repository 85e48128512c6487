import Foundation

/// Cuts a stream into unfolded content lines (RFC 5545 §3.1); takes CRLF, LF and CR for the end of a line.
///
/// A line that is not folded is handed out where it lies; only folded ones are put together in a buffer. The scanner
/// must not outlive the bytes that it was given.
struct LineScanner {
    /// A logical line; its bytes are valid until the next one is asked for.
    struct Line {
        /// The physical line on which it begins, from 1.
        let number: Int
        let bytes: UnsafeBufferPointer<UInt8>
        /// Whether bytes beyond the limit were left out.
        let isCut: Bool
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let limit: Int
    private var position: Int
    private var number = 1
    private var buffer: [UInt8] = []
    /// How much of the buffer was searched for the colon behind which a value begins, and then what stands before it.
    private var header = (searched: 0, isQuotedPrintable: false, isKnown: false)
    /// The next line feed, or the end, as long as the scanner does not stand behind it.
    private var lineFeed = -1
    /// The end of the carriage returns that were found last; what was searched once is not searched again.
    private var returnsEnd = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) {
        self.bytes = bytes
        self.limit = limit
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Gives every line that is not blank to `body`, in order.
    mutating func forEach(_ body: (Line) -> Void) {
        while position < bytes.count {
            let first = number
            let line = physicalLine()
            guard isContinued || LineScanner.isSoftlyBroken(line) else {
                emit(line, number: first, isCut: line.count > limit, body)
                continue
            }
            let isCut = unfold(line)
            buffer.withUnsafeBufferPointer { emit($0, number: first, isCut: isCut, body) }
        }
    }

    private func emit(_ line: UnsafeBufferPointer<UInt8>, number: Int, isCut: Bool, _ body: (Line) -> Void) {
        let kept = isCut ? UnsafeBufferPointer<UInt8>(rebasing: line[..<limit]) : line
        guard kept.contains(where: { $0 > 0x20 }) else { return }
        body(Line(number: number, bytes: kept, isCut: isCut))
    }

    private var isContinued: Bool {
        position < bytes.count && (bytes[position] == 0x20 || bytes[position] == 0x09)
    }

    /// Puts a line and those that continue it into the buffer; returns whether it grew beyond the limit.
    private mutating func unfold(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        header = (0, false, false)
        var isCut = append(line)
        var last = line
        while true {
            if LineScanner.isSoftlyBroken(last), isQuotedPrintable(), position < bytes.count {
                if buffer.last == 0x3D { buffer.removeLast() }
                last = physicalLine()
            } else if isContinued {
                position += 1
                last = physicalLine()
            } else {
                break
            }
            if append(last) { isCut = true }
        }
        return isCut
    }

    private mutating func append(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        let room = max(0, limit + 1 - buffer.count)
        buffer.append(contentsOf: line.prefix(room))
        return buffer.count > limit
    }

    /// The bytes up to the end of the line, behind which the scanner then stands.
    private mutating func physicalLine() -> UnsafeBufferPointer<UInt8> {
        let start = position
        if lineFeed < start { lineFeed = index(of: 0x0A, from: start, to: bytes.count) ?? bytes.count }
        number += 1
        guard let carriage = index(of: 0x0D, from: start, to: lineFeed) else {
            position = min(lineFeed + 1, bytes.count)
            return UnsafeBufferPointer<UInt8>(rebasing: bytes[start..<lineFeed])
        }
        if returnsEnd <= carriage { returnsEnd = bytes[carriage..<lineFeed].firstIndex { $0 != 0x0D } ?? lineFeed }
        let endsInLineFeed = returnsEnd == lineFeed && lineFeed < bytes.count
        position = (endsInLineFeed ? lineFeed : carriage) + 1
        return UnsafeBufferPointer<UInt8>(rebasing: bytes[start..<carriage])
    }

    private func index(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), end - start) else {
            return nil
        }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }

    // MARK: vCalendar 1.0

    private static func isSoftlyBroken(_ line: UnsafeBufferPointer<UInt8>) -> Bool { line.last == 0x3D }

    /// Whether the line in the buffer says that its value is quoted-printable, whose lines go on after a final `=`.
    private mutating func isQuotedPrintable() -> Bool {
        guard !header.isKnown else { return header.isQuotedPrintable }
        guard let colon = buffer[header.searched...].firstIndex(of: 0x3A) else {
            header.searched = buffer.count
            return false
        }
        let text = String(decoding: buffer[..<colon], as: UTF8.self).uppercased()
        header = (colon, text.contains("QUOTED-PRINTABLE"), true)
        return header.isQuotedPrintable
    }
}
