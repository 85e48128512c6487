import TextEncodings

/// The parts of a workbook beside its tables (ECMA-376 part 1, §§12 and 18; part 2 for the package).
extension Workbook {
    static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
    static let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    static func contentTypes(_ sheets: Int) -> String {
        let parts = (0..<sheets).map { part("xl/worksheets/sheet\($0 + 1).xml", "worksheet+xml") }
        return declaration
            + "<Types xmlns=\"\(package)/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
            + part("xl/workbook.xml", "sheet.main+xml") + part("xl/styles.xml", "styles+xml") + parts.joined()
            + "</Types>"
    }

    private static func part(_ path: String, _ type: String) -> String {
        "<Override PartName=\"/\(path)\" ContentType=\"\(contentType).\(type)\"/>"
    }

    static let packageRelations =
        declaration
        + "<Relationships xmlns=\"\(package)/relationships\"><Relationship Id=\"rId1\" Type=\"\(relations)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"

    static func workbook(_ names: [String]) -> String {
        let sheets = names.enumerated().map {
            "<sheet name=\"\(Markup.escaped($1))\" sheetId=\"\($0 + 1)\" r:id=\"rId\($0 + 1)\"/>"
        }
        return declaration
            + "<workbook xmlns=\"\(namespace)\" xmlns:r=\"\(relations)\"><sheets>\(sheets.joined())</sheets></workbook>"
    }

    static func workbookRelations(_ sheets: Int) -> String {
        let targets = (1...max(1, sheets)).map {
            "<Relationship Id=\"rId\($0)\" Type=\"\(relations)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>"
        }
        return declaration + "<Relationships xmlns=\"\(package)/relationships\">\(targets.joined())"
            + "<Relationship Id=\"styles\" Type=\"\(relations)/styles\" Target=\"styles.xml\"/></Relationships>"
    }

    /// 0 plain, 1 the names of columns, 2 days, 3 texts that wrap.
    static let styles =
        declaration
            + """
            <styleSheet xmlns="\(namespace)"><numFmts count="1"><numFmt numFmtId="164" formatCode="ddd d mmm yyyy"/></numFmts>\
            <fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
            <fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
            <borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>\
            <cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"><alignment horizontal="left" vertical="top"/></xf>\
            <xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>\
            <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
            """
}
