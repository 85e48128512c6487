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
        var isCut = append(line)
        var last = line
        while true {
            if LineScanner.isSoftlyBroken(last), isQuotedPrintable, position < bytes.count {
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
        let rest = UnsafeBufferPointer<UInt8>(rebasing: bytes[position...])
        var end = LineScanner.firstIndex(of: 0x0A, in: rest) ?? rest.count
        var next = min(end + 1, rest.count)
        if let carriage = LineScanner.firstIndex(of: 0x0D, in: UnsafeBufferPointer<UInt8>(rebasing: rest[..<end])) {
            let isBeforeNewline = rest[carriage..<end].allSatisfy { $0 == 0x0D }
            if !isBeforeNewline || end == rest.count { next = carriage + 1 }
            end = carriage
        }
        position += next
        number += 1
        return UnsafeBufferPointer<UInt8>(rebasing: rest[..<end])
    }

    private static func firstIndex(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }

    // MARK: vCalendar 1.0

    private static func isSoftlyBroken(_ line: UnsafeBufferPointer<UInt8>) -> Bool { line.last == 0x3D }

    /// Whether the line in the buffer says that its value is quoted-printable, whose lines go on after a final `=`.
    private var isQuotedPrintable: Bool {
        guard let colon = buffer.firstIndex(of: 0x3A) else { return false }
        return String(decoding: buffer[..<colon], as: UTF8.self).uppercased().contains("QUOTED-PRINTABLE")
    }
}
