import CivilTime
import SwiftCSV

/// A spreadsheet: rows of named cells that know where they stand.
struct CSVTable {
    struct Cell {
        let text: String
        let location: Diagnostic.Location
    }

    struct Row {
        let location: Diagnostic.Location
        fileprivate let cells: [String: Cell]

        /// The cell of a column; nil where it is empty or the column is not there.
        subscript(column: String) -> Cell? { cells[column] }
    }

    let columns: Set<String>
    let rows: [Row]

    /// Reads a file.
    ///
    /// Commas, semicolons and tabs may separate cells; which one is taken from the header. A column is found under any
    /// of its names; a name that is nearly one of them is reported, others are left alone, since spreadsheets hold more
    /// than muster needs.
    ///
    /// - Parameter names: for each column the names that it goes by, the first the one to recommend.
    init?(
        _ file: SourceFile, names: KeyValuePairs<String, [String]>, required: [String], _ collector: DiagnosticCollector
    ) {
        var records = CSVRecords.split(file.text)[...]
        // Excel writes and reads such a first line, where its country's separator is another.
        let separator = records.first.flatMap { CSVRecords.separator($0.text) }
        if separator != nil { records.removeFirst() }
        guard let first = records.first else {
            collector.error(file.location(1), "the file is empty; its first line should name the columns")
            collector.leftOut(file.path)
            return nil
        }
        let delimiter = separator ?? CSVRecords.delimiter(of: first.text)
        let header = CSVTable.cells(first, delimiter, file, collector)?.map { $0.text.trimmingSpaces } ?? []
        var positions: [(column: String, position: Int)] = []
        let known = names.flatMap { [$0.key] + $0.value }
        // What is downloaded from GIAS has a hundred other columns, and nobody has misspelt them.
        let isDownloaded = header.contains("EstablishmentName")
        for (position, name) in header.enumerated() {
            if let column = names.first(where: {
                ([$0.key] + $0.value).contains { $0.lowercased() == name.lowercased() }
            }) {
                if !positions.contains(where: { $0.column == column.key }) { positions.append((column.key, position)) }
            } else if !isDownloaded, let near = Suggestion.nearest(to: name, among: known), name.count > 3 {
                collector.warning(file.location(1), "the column \"\(name)\" is not known; did you mean \"\(near)\"?")
            }
        }
        let found = Set(positions.map(\.column))
        columns = found
        let missing = required.filter { !found.contains($0) }
        for column in missing {
            let names = header.filter { !$0.isEmpty }.prefix(8).joined(separator: ", ")
            collector.error(file.location(1), "there is no column \"\(column)\"; the first line names: \(names)")
        }
        guard missing.isEmpty else {
            collector.leftOut(file.path)
            return nil
        }
        // Spreadsheets end every row with the empty cells of columns that were used once; a row alone has slipped.
        let isPadded = records.dropFirst().allSatisfy {
            CSVRecords.columns(of: $0.text, delimiter).count > header.count
        }
        rows = records.dropFirst().compactMap { record in
            guard let cells = CSVTable.cells(record, delimiter, file, collector) else {
                collector.leftOut(file.path)
                return nil
            }
            guard cells.contains(where: { !$0.text.isEmpty }) else { return nil }
            let count = CSVRecords.columns(of: record.text, delimiter).count
            let surplus = cells.dropFirst(header.count)
            if count > header.count, !isPadded || surplus.contains(where: { !$0.text.isEmpty }) {
                collector.error(
                    file.location(record.line),
                    "the row has \(count) cells and the first line names \(header.count) columns; a text with a comma needs quotes"
                )
            }
            let named = positions.compactMap { column, position -> (String, Cell)? in
                guard position < cells.count, !cells[position].text.isEmpty else { return nil }
                if cells[position].hasLostLetters {
                    collector.warning(
                        cells[position].location,
                        "\"\(cells[position].text)\" has lost letters on its way; write them again, and save the spreadsheet as \"CSV UTF-8\""
                    )
                }
                return (column, cells[position])
            }
            return Row(
                location: file.location(record.line), cells: Dictionary(named, uniquingKeysWith: { first, _ in first }))
        }
    }

    private static func cells(
        _ record: CSVRecords.Record, _ delimiter: Character, _ file: SourceFile, _ collector: DiagnosticCollector
    ) -> [Cell]? {
        let complaint = "the quotes of this row do not match; double a quote inside a text"
        guard record.text.count(where: { $0 == "\"" }).isMultiple(of: 2) else {
            collector.error(file.location(record.line), complaint)
            return nil
        }
        do {
            let csv = try EnumeratedCSV(
                string: "x\n" + record.text, delimiter: .character(delimiter), loadColumns: false)
            let columns = CSVRecords.columns(of: record.text, delimiter)
            return (csv.rows.first ?? []).enumerated().map { index, text in
                Cell(
                    text: text.trimmingSpaces,
                    location: file.location(record.line, index < columns.count ? columns[index] : nil))
            }
        } catch {
            collector.error(file.location(record.line), complaint)
            return nil
        }
    }
}

/// Where the records and cells of a CSV text begin, which the parser does not tell.
enum CSVRecords {
    struct Record {
        let line: Int
        let text: String
    }

    /// The records, blank ones left out; a line break inside quotes does not end one.
    static func split(_ text: String) -> [Record] {
        var records: [Record] = []
        var pending = ""
        var isOpen = false
        var start = 1
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if pending.isEmpty { start = index + 1 }
            pending += (pending.isEmpty ? "" : "\n") + line
            if !line.count(where: { $0 == "\"" }).isMultiple(of: 2) { isOpen.toggle() }
            guard !isOpen || index - start > 50 else { continue }
            isOpen = false
            if pending.contains(where: { !$0.isWhitespace && $0 != "," && $0 != ";" }) {
                records.append(Record(line: start, text: pending))
            }
            pending = ""
        }
        if !pending.isEmpty { records.append(Record(line: start, text: pending)) }
        return records
    }

    /// What `sep=;` says; nil for any other line.
    static func separator(_ line: String) -> Character? {
        line.lowercased().hasPrefix("sep=") && line.count == 5 ? line.last : nil
    }

    static func delimiter(of header: String) -> Character {
        let counts = [",", ";", "\t"].map {
            (delimiter: Character($0), count: header.split(separator: Character($0)).count)
        }
        return counts.max { $0.count < $1.count }?.delimiter ?? ","
    }

    /// The column at which each cell begins, from 1.
    static func columns(of record: String, _ delimiter: Character) -> [Int] {
        var columns = [1]
        var isQuoted = false
        for (index, character) in record.enumerated() {
            if character == "\"" { isQuoted.toggle() }
            if character == delimiter, !isQuoted { columns.append(index + 2) }
        }
        return columns
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

extension CSVTable.Cell {
    /// Whether a letter was replaced by a question mark, or by the mark of what could not be read.
    fileprivate var hasLostLetters: Bool {
        // Nearly all texts have neither, and there are many.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == 0xEF }) else { return false }
        let letters = Array(text)
        return letters.indices.contains { index in
            letters[index] == "\u{FFFD}"
                || letters[index] == "?" && index + 1 < letters.count && letters[index + 1].isLetter
                    && !text.contains("://")
        }
    }

    /// A day as `2027-01-14`, or as spreadsheets write it here: `14/01/2027`, day first.
    ///
    /// - Parameter isSpreadsheetDate: set where it is written in the second way.
    static func date(_ text: Substring, isSpreadsheetDate: inout Bool) -> CivilDate? {
        if let date = CivilDate(iso: String(text)) { return date }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let day = parts[0], let month = parts[1], let year = parts[2],
            (1...31).contains(day), (1...12).contains(month), (2000...2199).contains(year)
        else { return nil }
        isSpreadsheetDate = true
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return CivilDate(iso: "\(year)-\(padded(month))-\(padded(day))")
    }

    /// The items of a cell that holds several, separated by semicolons, bars or commas.
    var items: [CSVTable.Cell] {
        text.split { $0 == ";" || $0 == "|" || $0 == "," }.map { String($0).trimmingSpaces }.filter { !$0.isEmpty }
            .map { CSVTable.Cell(text: $0, location: location) }
    }

    /// The addresses of a cell that holds several: they may contain commas and semicolons themselves, so only such with
    /// a space behind them separate.
    var addresses: [CSVTable.Cell] {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "|") }) else { return [self] }
        return text.replacing("; ", with: "|").replacing(", ", with: "|").split { $0 == "|" }
            .map { String($0).trimmingSpaces }.filter { !$0.isEmpty }.map {
                CSVTable.Cell(text: $0, location: location)
            }
    }

    func integer(_ range: ClosedRange<Int>, _ collector: DiagnosticCollector) -> Int? {
        guard let value = Int(text), range.contains(value) else {
            collector.error(
                location, "\"\(text)\" should be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func zone(_ collector: DiagnosticCollector) -> ZoneName? {
        guard let zone = ZoneName(text) else {
            collector.error(location, "nobody knows the time zone \"\(text)\"; write a name such as Europe/London")
            return nil
        }
        return zone
    }
}
