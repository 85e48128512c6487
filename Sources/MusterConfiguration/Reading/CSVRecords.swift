/// Splits a CSV text (RFC 4180) into records, and knows where each cell stands.
///
/// Read generously: a quote inside a cell that does not begin with one is a letter, and spaces around cells are left
/// out.
struct CSVRecords {
    struct Cell {
        let text: String
        let line: Int
        /// From 1, in letters.
        let column: Int
    }

    struct Record {
        let line: Int
        var cells: [Cell] = []
        /// Whether a cell opens a quote and does not close it, or goes on behind it.
        var hasStrayQuotes = false
    }

    /// A quote that is open for more lines was never closed.
    private static let linesOfCell = 50

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var position = 0
    private var line = 1
    private var column = 1

    /// The records of a text, with the one that names the columns first.
    ///
    /// Commas, semicolons and tabs may part the cells: which, says a first line `sep=;`, as Excel writes and reads it
    /// where its country's separator is another; else the line that names the columns.
    ///
    /// Rows without anything in them are left out.
    static func split(_ text: String) -> [Record] {
        var records: [Record] = []
        scan(text) { record in
            records.append(record)
            return true
        }
        return records
    }

    /// The same one by one, as long as more are wanted.
    static func scan(_ text: String, _ take: (Record) -> Bool) {
        var scanner = CSVRecords(Array(text.utf8))
        while let record = scanner.next() {
            guard record.hasStrayQuotes || record.cells.contains(where: { !$0.text.isEmpty }) else { continue }
            guard take(record) else { return }
        }
    }

    /// The letter that parts the cells of a text.
    static func delimiter(of text: String) -> String {
        String(decoding: [CSVRecords(Array(text.utf8)).delimiter], as: UTF8.self)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let first = bytes.drop { $0 == Self.newline }.prefix { $0 != Self.newline }
        let named = first.count == 5 && String(decoding: first.prefix(4), as: UTF8.self).lowercased() == "sep="
        delimiter =
            named
            ? first.last ?? Self.comma
            : Self.delimiters.max { left, right in
                first.count { $0 == left } < first.count { $0 == right }
            } ?? Self.comma
        if named {
            position = first.endIndex
            step()
        }
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    /// The first of those that are met as often counts.
    private static let delimiters = [comma, UInt8(ascii: ";"), UInt8(ascii: "\t")]

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Goes on by one byte.
    private mutating func step() {
        guard let byte else { return }
        position += 1
        if byte == Self.newline {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }

    private mutating func next() -> Record? {
        guard byte != nil else { return nil }
        var record = Record(line: line)
        while true {
            skipSpaces()
            let (line, column) = (line, column)
            let text = byte == Self.quote ? quotedText(&record) : plainText()
            record.cells.append(Cell(text: text, line: line, column: column))
            let isLast = byte != delimiter
            step()
            if isLast { return record }
        }
    }

    private mutating func skipSpaces() {
        while byte == UInt8(ascii: " ") { step() }
    }

    private mutating func plainText() -> String {
        let start = position
        while let byte, byte != delimiter, byte != Self.newline { step() }
        return String(decoding: bytes[start..<position], as: UTF8.self).trimmingSpaces
    }

    /// What stands between quotes; where they are not closed, what stands on the line.
    private mutating func quotedText(_ record: inout Record) -> String {
        let start = (position, line, column)
        step()
        var text: [UInt8] = []
        while let byte, line - start.1 <= Self.linesOfCell {
            step()
            guard byte == Self.quote else {
                text.append(byte)
                continue
            }
            guard self.byte == Self.quote else {
                if !plainText().isEmpty { record.hasStrayQuotes = true }
                return String(decoding: text, as: UTF8.self).trimmingSpaces
            }
            text.append(byte)
            step()
        }
        record.hasStrayQuotes = true
        (position, line, column) = start
        while let byte, byte != Self.newline { step() }
        return ""
    }
}

extension String {
    /// The text without spaces at both ends.
    var trimmingSpaces: String {
        // Nearly all texts have nothing to trim, and there are many.
        func isPlain(_ byte: UInt8?) -> Bool { byte.map { $0 > 0x20 && $0 < 0x80 } ?? true }
        guard !isPlain(utf8.first) || !isPlain(utf8.last) else { return self }
        return String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
