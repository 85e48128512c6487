import CivilTime
import TextEncodings

/// A workbook of plain tables as spreadsheet programs read it (Office Open XML, ECMA-376): `.xlsx`.
public struct Workbook: Sendable {
    /// What stands in a cell.
    public enum Cell: Hashable, Sendable {
        /// A text, never a formula.
        case text(String)
        /// A whole number.
        case number(Int)
        /// A day, which the program shows in its own way and can sort.
        case date(CivilDate)
        /// Nothing.
        case empty
    }

    /// One table: its first row names the columns, and stays where it is when others are scrolled.
    public struct Sheet: Hashable, Sendable {
        /// What its tab says.
        public var name: String
        /// The names of the columns.
        public var columns: [String]
        /// The rows; short ones end in empty cells.
        public var rows: [[Cell]]

        /// A table; every field as described there.
        public init(name: String, columns: [String], rows: [[Cell]]) {
            self.name = name
            self.columns = columns
            self.rows = rows
        }
    }

    /// The tables, at least one for programs to open it.
    public var sheets: [Sheet]

    /// A workbook of tables.
    public init(sheets: [Sheet]) { self.sheets = sheets }

    /// The file's bytes: the same for the same tables.
    ///
    /// Names of tables are cut to 31 letters, freed of what programs refuse, and told apart where two are the same.
    public var bytes: [UInt8] {
        let names = sheetNames
        var archive = ZipArchive()
        archive.add("[Content_Types].xml", Self.contentTypes(sheets.count))
        archive.add("_rels/.rels", Self.packageRelations)
        archive.add("xl/workbook.xml", Self.workbook(names))
        archive.add("xl/_rels/workbook.xml.rels", Self.workbookRelations(sheets.count))
        archive.add("xl/styles.xml", Self.styles)
        for (index, sheet) in sheets.enumerated() {
            archive.add("xl/worksheets/sheet\(index + 1).xml", sheet.xml)
        }
        return archive.bytes
    }

    private var sheetNames: [String] {
        var used: Set<String> = []
        return sheets.map { sheet in
            let plain = String(sheet.name.map { "[]:*?/\\'".contains($0) ? " " : $0 }).xmlCharacters
            let base = plain.isEmpty ? "Sheet" : String(plain.prefix(31))
            var (name, number) = (base, 2)
            while !used.insert(name.lowercased()).inserted {
                name = "\(base.prefix(26)) (\(number))"
                number += 1
            }
            return name
        }
    }
}

extension Workbook.Sheet {
    /// Letters of the widest column at most.
    private static let widest = 60

    fileprivate var xml: String {
        let header = columns.map { Workbook.Cell.text($0) }
        let lines = ([header] + rows).enumerated().map { index, row in
            let cells = row.enumerated().map { column, cell in
                cell.xml(at: Self.reference(column, index), isHeader: index == 0)
            }
            return "<row r=\"\(index + 1)\">\(cells.joined())</row>"
        }
        let widths = columns.indices.map { column -> String in
            let longest = ([header] + rows).map { $0.indices.contains(column) ? $0[column].length : 0 }.max() ?? 0
            let width = min(Self.widest, max(8, longest + 2))
            return "<col min=\"\(column + 1)\" max=\"\(column + 1)\" width=\"\(width)\" customWidth=\"1\"/>"
        }
        return Workbook.declaration
            + "<worksheet xmlns=\"\(Workbook.namespace)\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
            + (widths.isEmpty ? "" : "<cols>\(widths.joined())</cols>") + "<sheetData>\(lines.joined())</sheetData>"
            + "<pageMargins left=\"0.4\" right=\"0.4\" top=\"0.5\" bottom=\"0.5\" header=\"0.3\" footer=\"0.3\"/>"
            + "<pageSetup paperSize=\"9\" orientation=\"landscape\"/></worksheet>"
    }

    /// `A1`, `AB12`.
    private static func reference(_ column: Int, _ row: Int) -> String {
        var (name, rest) = ("", column + 1)
        while rest > 0 {
            name = String(UnicodeScalar(UInt8(65 + (rest - 1) % 26))) + name
            rest = (rest - 1) / 26
        }
        return "\(name)\(row + 1)"
    }
}

extension Workbook.Cell {
    /// Letters in a cell at most.
    private static let longest = 32_767

    fileprivate func xml(at reference: String, isHeader: Bool) -> String {
        switch self {
        case .empty: ""
        case .number(let number): "<c r=\"\(reference)\"><v>\(number)</v></c>"
        case .date(let date): "<c r=\"\(reference)\" s=\"2\"><v>\(date.serialNumber)</v></c>"
        case .text(let text):
            "<c r=\"\(reference)\" s=\"\(isHeader ? 1 : 3)\" t=\"inlineStr\"><is><t xml:space=\"preserve\">\(Markup.escaped(String(text.xmlCharacters.prefix(Self.longest))))</t></is></c>"
        }
    }

    fileprivate var length: Int {
        switch self {
        case .empty: 0
        case .number(let number): "\(number)".count
        case .date: 12
        case .text(let text): text.split(separator: "\n").map(\.count).max() ?? 0
        }
    }
}

extension CivilDate {
    /// Days as spreadsheets count them: the first of March 1900 is 61.
    fileprivate var serialNumber: Int { CivilDate(year: 1900, month: 3, day: 1).map { self - $0 + 61 } ?? 0 }
}

extension String {
    /// The text without what XML cannot hold (XML 1.0 §2.2).
    fileprivate var xmlCharacters: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.filter {
                    $0 == "\t" || $0 == "\n" || $0.value >= 0x20 && $0.value != 0xFFFE && $0.value != 0xFFFF
                }))
    }
}
