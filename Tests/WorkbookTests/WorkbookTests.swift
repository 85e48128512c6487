import CivilTime
import Foundation
import MusterTestSupport
import Testing
import Workbook

@Suite struct `A workbook` {
    /// What openpyxl reads: the tables, each with its name and rows as texts.
    private func read(_ workbook: Workbook) throws -> [[String]] {
        let folder = try TemporaryDirectory()
        let path = try folder.write(Data(workbook.bytes), to: "book.xlsx")
        let output = try Subprocess.python(
            """
            import sys, json, openpyxl, zipfile
            assert zipfile.ZipFile(sys.argv[1]).testzip() is None
            book = openpyxl.load_workbook(sys.argv[1])
            print(json.dumps([[sheet.title] + ['|'.join('' if v is None else str(v) for v in row) for row in sheet.iter_rows(values_only=True)] for sheet in book]))
            """, [path])
        return try JSONDecoder().decode([[String]].self, from: Data(output.utf8))
    }

    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(iso: text[...])) }

    @Test func `is read by another program as it was written, texts, numbers and days`() throws {
        let sheet = Workbook.Sheet(
            name: "Tamar", columns: ["School", "Hosts", "Day"],
            rows: [
                [.text("Ysgol Bryn Ŵyn"), .number(-3), .date(try day("2027-01-14"))],
                [.text("<b>&\"'</b>\n=1+1"), .empty, .date(try day("2024-02-29"))],
            ])
        #expect(
            try read(Workbook(sheets: [sheet])) == [
                [
                    "Tamar", "School|Hosts|Day", "Ysgol Bryn Ŵyn|-3|2027-01-14 00:00:00",
                    "<b>&\"'</b>\n=1+1||2024-02-29 00:00:00",
                ]
            ])
    }

    @Test func `names its tables so that programs open it, whatever they are called`() throws {
        let long = String(repeating: "Long ", count: 20)
        let names = ["", "a/b", "A b", long, long, "[x]:*?\\'", "null\u{0}\u{1F}\u{FFFF}", "🏫é"]
        let book = Workbook(sheets: names.map { Workbook.Sheet(name: $0, columns: ["A"], rows: []) })
        let read = try read(book).map { $0[0] }
        #expect(read.count == names.count && Set(read.map { $0.lowercased() }).count == names.count)
        #expect(read.allSatisfy { !$0.isEmpty && $0.count <= 31 && !$0.contains { "[]:*?/\\".contains($0) } })
    }

    @Test func `holds any text, and many columns, and is the same for the same tables`() throws {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("aŵ\"'<>&=\t\n\u{0}\u{8}\u{1F}\u{301}\u{FFFE}🏫]")
        let columns = (0..<60).map { "C\($0)" }
        let rows = (0..<20).map { _ in
            columns.map { _ in
                Workbook.Cell.text(
                    String(
                        (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                            alphabet.randomElement(using: &generator) ?? "a"
                        }))
            }
        }
        let book = Workbook(sheets: [Workbook.Sheet(name: "x", columns: columns, rows: rows)])
        #expect(try read(book)[0].count == 22)
        #expect(book.bytes == book.bytes)
    }
}
