/// A spreadsheet: rows of named cells that know where they stand.
struct CSVTable {
    struct Cell {
        let text: String
        let location: Diagnostic.Location
    }

    struct Row {
        let location: Diagnostic.Location
        /// Where the cell of each column stands; the same for all rows of a file.
        fileprivate let places: [String: Int]
        fileprivate let cells: [Cell]

        /// The cell of a column; nil where it is empty or the column is not there.
        subscript(column: String) -> Cell? {
            guard let place = places[column], place < cells.count, !cells[place].text.isEmpty else { return nil }
            return cells[place]
        }
    }

    /// The columns that are there and known.
    let columns: Set<String>
    let rows: [Row]

    /// Reads a file.
    ///
    /// A column is found under any of its names; a name that is nearly one of them is reported, others are left alone,
    /// since spreadsheets hold more than muster needs.
    ///
    /// - Parameter names: for each column the names that it goes by, the first the one to recommend.
    init?(
        _ file: SourceFile, names: KeyValuePairs<String, [String]>, required: [String], _ collector: DiagnosticCollector
    ) {
        let records = CSVRecords.split(file.text)
        guard let first = records.first else {
            collector.error(file.location(1), "the file is empty; its first line should name the columns")
            collector.leftOut(file.path)
            return nil
        }
        let header = CSVHeader(first.cells.map(\.text), names: names, at: file.location(first.line))
        header.report(missing: required, to: collector)
        guard required.allSatisfy(header.columns.contains) else {
            collector.leftOut(file.path)
            return nil
        }
        columns = Set(header.columns.compactMap(\.self))
        let reader = RowReader(file: file, header: header, collector: collector)
        rows = reader.rows(records.dropFirst())
    }
}

/// The line that names the columns.
private struct CSVHeader {
    /// The column at each position; nil for one that muster does not know, or that stood before.
    let columns: [String?]
    /// Where each of those columns stands.
    let places: [String: Int]
    private let names: [String]
    private let known: [String]
    private let location: Diagnostic.Location

    init(_ header: [String], names: KeyValuePairs<String, [String]>, at location: Diagnostic.Location) {
        self.names = header
        self.location = location
        known = names.flatMap { [$0.key] + $0.value }
        var seen: Set<String> = []
        columns = header.map { name in
            let column = names.first { ([$0.key] + $0.value).contains { $0.lowercased() == name.lowercased() } }?.key
            return column.flatMap { seen.insert($0).inserted ? $0 : nil }
        }
        places = columns.enumerated().reduce(into: [:]) { places, entry in
            if let column = entry.element { places[column] = entry.offset }
        }
    }

    var count: Int { names.count }

    func report(missing required: [String], to collector: DiagnosticCollector) {
        // What is downloaded from GIAS has a hundred other columns, and nobody has misspelt them.
        if !names.contains("EstablishmentName") {
            for name in names where name.count > 3 && !known.contains(where: { $0.lowercased() == name.lowercased() }) {
                guard let near = Suggestion.nearest(to: name, among: known) else { continue }
                collector.warning(location, "the column \"\(name)\" is not known; did you mean \"\(near)\"?")
            }
        }
        for column in required where !columns.contains(column) {
            // A file in which nothing is known may be anything, and is not shown to whoever named it.
            let names = columns.allSatisfy { $0 == nil } ? [] : names.filter { !$0.isEmpty }.prefix(8)
            let found = names.isEmpty ? " none that is known here" : ": " + names.joined(separator: ", ")
            collector.error(location, "there is no column \"\(column)\"; the first line names\(found)")
        }
    }
}

/// Makes rows of records, and reports those that have slipped.
private struct RowReader {
    let file: SourceFile
    let header: CSVHeader
    let collector: DiagnosticCollector

    func rows(_ records: ArraySlice<CSVRecords.Record>) -> [CSVTable.Row] {
        // Spreadsheets end every row with the empty cells of columns that were used once; a row alone has slipped.
        let isPadded = records.allSatisfy { $0.cells.count > header.count }
        return records.compactMap { record in
            guard !record.hasStrayQuotes else {
                collector.error(
                    file.location(record.line), "the quotes of this row do not match; double a quote inside a text")
                collector.leftOut(file.path)
                return nil
            }
            let surplus = record.cells.dropFirst(header.count)
            if !surplus.isEmpty, !isPadded || surplus.contains(where: { !$0.text.isEmpty }) {
                collector.error(
                    file.location(record.line),
                    "the row has \(record.cells.count) cells and the first line names \(header.count) columns; a text with a comma needs quotes"
                )
            }
            return row(record)
        }
    }

    private func row(_ record: CSVRecords.Record) -> CSVTable.Row {
        let cells = record.cells.map { CSVTable.Cell(text: $0.text, location: file.location($0.line, $0.column)) }
        for (column, cell) in zip(header.columns, cells) where column != nil && cell.hasLostLetters {
            collector.warning(
                cell.location,
                "\"\(cell.text)\" has lost letters on its way; write them again, and save the spreadsheet as \"CSV UTF-8\""
            )
        }
        return CSVTable.Row(location: file.location(record.line), places: header.places, cells: cells)
    }
}
