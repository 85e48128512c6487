/// Reads iCalendar streams generously: each oddity becomes a diagnostic, and what can be read is read.
///
/// Works on bytes from strangers, so size, depth and number of everything are bounded.
public struct CalendarReader: Sendable {
    /// What a stream may hold at most.
    public struct Limits: Sendable {
        /// Bytes of the stream.
        public var bytes = 32 << 20
        /// Bytes of one unfolded line.
        public var lineBytes = 16 << 20
        /// Properties of the stream, its components and all parameters counted with them: everything that is made of it.
        public var properties = 2_000_000
        /// Parameters of one property, and all their values counted with them.
        public var parameters = 1000
        /// Components inside components.
        public var depth = 16
        /// Diagnostics kept; the rest are counted.
        public var diagnostics = 100

        /// The limits for calendars of people.
        public init() {}
    }

    /// Why a stream cannot be read as a calendar at all.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// There is nothing.
        case empty
        /// It is something else; the text says what it looks like.
        case notACalendar(String)
        /// It is larger than the limit, in bytes.
        case tooLarge(limit: Int)

        /// A sentence that follows the name of the calendar.
        public var description: String {
            switch self {
            case .empty: "is empty"
            case .notACalendar(let kind): "is \(kind) instead of a calendar"
            case .tooLarge(let limit): "is larger than \(limit >> 20) MB"
            }
        }
    }

    /// What was read.
    public struct Result: Sendable {
        /// The calendars of the stream, nearly always one.
        public var calendars: [Component]
        /// All oddities, in order.
        public var diagnostics: [CalendarDiagnostic]
        /// Whether the stream ends inside a calendar.
        public var isCutOff: Bool
    }

    /// What of a stream is kept.
    public enum Scope: Sendable {
        /// Everything.
        case everything
        /// The properties on which times, recurrence and busy times depend, which are read several times as fast:
        /// enough for `CalendarExpander`, not for writing the calendar again.
        case times
    }

    /// The limits in force.
    public var limits: Limits
    /// What is kept.
    public var scope: Scope
    /// The addresses of whose calendar it is: with the scope `times`, of attendees they alone are kept.
    public var owners: Set<String>

    /// A reader.
    public init(limits: Limits = Limits(), scope: Scope = .everything, owners: Set<String> = []) {
        self.limits = limits
        self.scope = scope
        self.owners = owners
    }

    /// Reads a stream: UTF-8, or UTF-16 with or without a byte order mark.
    ///
    /// - Throws: `Failure` where there is no calendar in it.
    public func read(_ bytes: [UInt8]) throws(Failure) -> Result {
        guard bytes.count <= limits.bytes else { throw .tooLarge(limit: limits.bytes) }
        if let bytes = CalendarReader.fromUTF16(bytes) { return try read(bytes) }
        try checkBeginning(bytes)
        var builder = ComponentBuilder(limits: limits, scope: scope, owners: owners)
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = LineScanner(bytes, limit: limits.lineBytes)
            scanner.forEach { builder.add($0) }
        }
        return builder.finish()
    }

    private static func fromUTF16(_ bytes: [UInt8]) -> [UInt8]? {
        let hasMark = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let isLittle = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0x42, 0])
        guard hasMark || isLittle || bytes.starts(with: [0, 0x42]) else { return nil }
        let units = stride(from: hasMark ? 2 : 0, to: bytes.count - 1, by: 2).map { index in
            UInt16(bytes[isLittle ? index + 1 : index]) << 8 | UInt16(bytes[isLittle ? index : index + 1])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private func checkBeginning(_ bytes: [UInt8]) throws(Failure) {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let first = bytes[start...].firstIndex(where: { $0 > 0x20 }) else { throw .empty }
        let head = String(decoding: bytes[first..<min(first + 512, bytes.count)], as: UTF8.self).uppercased()
        if bytes.starts(with: [0x1F, 0x8B]) { throw .notACalendar("a compressed file (gzip)") }
        if head.hasPrefix("BEGIN:VCARD") { throw .notACalendar("a card of contacts (vCard)") }
        if head.hasPrefix("BEGIN:") { return }
        if head.hasPrefix("<!DOCTYPE HTML") || head.contains("<HTML") {
            throw .notACalendar("a web page (a login page?)")
        }
        if head.hasPrefix("<") { throw .notACalendar("XML") }
        if head.hasPrefix("{") || head.hasPrefix("[") { throw .notACalendar("JSON") }
        if CalendarReader.holdsCalendar(bytes[first...]) { return }
        throw .notACalendar("something else (it does not begin with BEGIN:VCALENDAR)")
    }

    /// Whether a calendar begins on some line, after lines of something else.
    private static func holdsCalendar(_ bytes: ArraySlice<UInt8>) -> Bool {
        let mark = Array("BEGIN:VCALENDAR".utf8)
        var rest = bytes
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            rest = rest[(end + 1)...]
            if rest.prefix(mark.count).elementsEqual(mark, by: { $0 & 0xDF == $1 & 0xDF }) { return true }
        }
        return false
    }
}
