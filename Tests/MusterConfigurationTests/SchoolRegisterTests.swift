import Foundation
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterConfiguration

@Suite struct `The register of schools` {
    private let files: ProgrammeFiles

    init() throws { files = try ProgrammeFiles() }

    /// A download with so many columns as the real one, of these schools.
    private static func download(_ rows: [[String: String]], columns: Int = 139) -> String {
        let known = [
            "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "EstablishmentStatus (name)",
            "CloseDate", "PhaseOfEducation (name)", "NumberOfPupils", "Trusts (name)", "Federations (name)", "Street",
            "Town", "Postcode", "GOR (name)",
        ]
        let names = known + (known.count..<columns).map { "Other \($0)" }
        func line(_ cells: [String]) -> String {
            cells.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
        }
        return ([line(names)] + rows.map { row in line(names.map { row[$0] ?? "" }) }).joined(separator: "\r\n")
            + "\r\n"
    }

    private static let oakford = [
        "URN": "900001", "LA (code)": "878", "LA (name)": "Devon", "EstablishmentName": "Oakford Primary",
        "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": "Primary", "GOR (name)": "South West",
        "NumberOfPupils": "180", "Trusts (name)": "",
    ]
    private static let new = [
        "URN": "100001", "LA (code)": "878", "LA (name)": "Devon", "EstablishmentName": "St Mary, \"The\" Hill",
        "EstablishmentStatus (name)": "Open, but proposed to close", "PhaseOfEducation (name)": "Not applicable",
        "NumberOfPupils": "", "Trusts (name)": "Über Trust", "Federations (name)": "Not applicable", "Town": "Ely",
    ]
    private static let closed = [
        "URN": "100002", "LA (name)": "Devon", "EstablishmentName": "Gone", "EstablishmentStatus (name)": "Closed",
        "CloseDate": "31-08-2026", "Trusts (name)": "Über Trust",
    ]

    private func read(
        _ text: String, _ choice: SchoolRegister.Choice, encoding: String.Encoding = .utf8
    ) throws -> SchoolRegister {
        try SchoolRegister(Array(try #require(text.data(using: encoding))), named: "edubase.csv", choice: choice)
    }

    @Test(arguments: [
        (SchoolRegister.Choice(urns: ["100001", "100002", "5"]), ["100001", "100002"]),
        (SchoolRegister.Choice(urns: [], authorities: ["devon"]), ["900001", "100001"]),
        (SchoolRegister.Choice(urns: [], authorities: ["878"]), ["900001", "100001"]),
        (SchoolRegister.Choice(urns: [], trusts: ["über trust"]), ["100001"]),
        (SchoolRegister.Choice(urns: ["100002"], authorities: ["Cornwall"]), ["100002"]),
    ])
    func `gives those that are looked for, in any encoding`(choice: SchoolRegister.Choice, urns: [String]) throws {
        for encoding in [String.Encoding.utf8, .windowsCP1252] {
            let register = try read(Self.download([Self.oakford, Self.new, Self.closed]), choice, encoding: encoding)
            #expect(
                register.establishments.map(\.urn.rawValue) == urns && register.count == 3 && register.oddLines.isEmpty)
            for school in register.establishments where school.urn == "100001" {
                #expect(school.name == "St Mary, \"The\" Hill" && school.trust == "Über Trust")
                #expect(school.phase == nil && school.pupils == nil && school.federation == nil)
            }
        }
    }

    @Test func `reads each line in its own encoding, with stray bytes`() throws {
        let text = Self.download([Self.oakford, Self.new, Self.closed])
        var bytes = Array(text.data(using: .windowsCP1252) ?? Data())
        bytes += Array("\"100003\",\"878\",\"Devon\",\"\",\"Caf\u{E9} \u{2013} Ŵ\",\"Open\"".utf8)
        bytes += Array(String(repeating: ",\"\"", count: 133).utf8) + [0x0D, 0x0A]
        bytes += Array("\"100004\",\"878\",\"Devon\",\"\",\"A".utf8) + [0x81, 0x92] + Array("s\",\"Open\"".utf8)
        bytes += Array(String(repeating: ",\"\"", count: 133).utf8) + [0x0D, 0x0A]
        let register = try SchoolRegister(
            bytes, named: "edubase.csv", choice: SchoolRegister.Choice(urns: ["100001", "100003", "100004"]))
        #expect(register.establishments.map(\.name) == ["St Mary, \"The\" Hill", "Café – Ŵ", "A\u{FFFD}’s"])
    }

    @Test func `is refused where it is cut off, wherever that is, or is something else`() throws {
        let text = Self.download([Self.oakford, Self.new, Self.closed])
        let bytes = Array(text.utf8)
        let lines = text.split(separator: "\r\n").map { $0.utf8.count + 2 }
        let ends = lines.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        var refused = 0
        for length in stride(from: lines[0] + 3, to: bytes.count - 2, by: 7)
        where !ends.contains(where: { abs($0 - length) < 3 }) {
            do {
                _ = try SchoolRegister(
                    Array(bytes.prefix(length)), named: "half.csv", choice: SchoolRegister.Choice(urns: ["900001"]))
                Issue.record("\(length) bytes were taken")
            } catch {
                refused += 1
                #expect(error.description.contains("was not downloaded whole"))
            }
        }
        #expect(refused > 100)
        for other in ["", "urn,name\n1,A\n", "<!DOCTYPE html><html></html>", "PK\u{3}\u{4}"] {
            #expect(throws: SchoolRegister.Failure.self) {
                try read(other, SchoolRegister.Choice(urns: ["1"]))
            }
        }
    }

    @Test func `leaves out a line with another number of cells, and says which`() throws {
        let text = Self.download([Self.oakford, Self.closed]).replacing("\"Gone\"", with: "\"Gone\",\"more\"")
        let whole = text + Self.download([Self.new]).split(separator: "\r\n")[1] + "\r\n"
        let register = try read(whole, SchoolRegister.Choice(urns: ["900001", "100001", "100002"]))
        #expect(register.establishments.map(\.urn) == ["900001", "100001"] && register.oddLines == [3])
    }

    @Test(arguments: [
        "urn,name,phase,region,trust,pupils,terms\n900001,Oakford Primary,Primary,South West,,180,county\n",
        "\u{FEFF}URN;EstablishmentName;pupils\r\n900001;Oakford Primary;180",
        "sep=;\nname;urn\nOakford Primary;900001\n",
    ])
    func `is added to the schools under their own columns, and what stands there stays`(own: String) throws {
        try files.folder.write(own, to: "config/programme/schools.csv")
        let register = try read(
            Self.download([Self.oakford, Self.new]), SchoolRegister.Choice(urns: [], authorities: ["devon"]))
        let addition = SchoolImport(register, into: files.config)
        #expect(addition.new.map(\.urn) == ["100001"] && addition.known == ["900001"])
        let (path, content) = try addition.file()
        #expect(path == files.config + "/programme/schools.csv" && content.starts(with: Array(own.utf8)))
        try Data(content).write(to: URL(fileURLWithPath: path))
        let schools = SchoolImport.schools(of: files.config)
        #expect(schools.map(\.id) == ["900001", "100001"] && schools[1].name == "St Mary, \"The\" Hill")
        #expect(SchoolImport(register, into: files.config).new.isEmpty, "once")
    }

    @Test func `makes a file where there is none, which is read as it was written`() throws {
        try FileManager.default.removeItem(atPath: files.config + "/programme/schools.csv")
        let register = try read(
            Self.download([Self.oakford, Self.new]), SchoolRegister.Choice(urns: ["900001", "100001"]))
        let (path, content) = try SchoolImport(register, into: files.config).file()
        try Data(content).write(to: URL(fileURLWithPath: path))
        let schools = SchoolImport.schools(of: files.config)
        #expect(schools.map(\.name) == ["Oakford Primary", "St Mary, \"The\" Hill"])
        #expect(schools[0].phase == "Primary" && schools[0].pupils == 180 && schools[1].trust == "Über Trust")
        #expect(SchoolImport.differences(register, schools).map(\.change) == ["is “Open, but proposed to close”"])
    }

    @Test func `says what is otherwise than in the config`() throws {
        var renamed = Self.oakford
        renamed["EstablishmentName"] = "Oakford Academy"
        renamed["Trusts (name)"] = "Über Trust"
        renamed["NumberOfPupils"] = "140"
        let gone = Self.closed.merging(["URN": "900002", "EstablishmentName": "Ysgol Bryn Ŵyn"]) { $1 }
        let schools = SchoolImport.schools(of: files.config)
        let register = try read(Self.download([renamed, gone]), SchoolRegister.Choice(urns: schools.map(\.id)))
        let found = SchoolImport.differences(register, schools).map { "\($0.urn) \($0.change)" }
        #expect(
            found == [
                "900001 is called “Oakford Academy” now", "900001 trust: none has become “Über Trust”",
                "900001 has 140 pupils now, no longer 180", "900002 has closed (31-08-2026)",
                "900002 trust: none has become “Über Trust”", "900002 phase: “Primary” has become none",
                "900002 region: “South West” has become none", "900003 is not in the register",
                "900004 is not in the register",
            ], "\(found)")
    }
}
