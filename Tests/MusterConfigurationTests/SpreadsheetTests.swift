import CivilTime
import Foundation
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterConfiguration

@Suite struct `Reading spreadsheets` {
    @Test func `takes them as they come: cp1252, semicolons, GIAS names, a byte order mark`() throws {
        let files = try ProgrammeFiles()
        var bytes = Data(
            "URN;EstablishmentName;PhaseOfEducation (name);GOR (name);Trusts (name);NumberOfPupils;terms;FaxNum\r\n"
                .utf8)
        bytes +=
            Data("900001;Oakford Primary;Primary;South West;Not applicable;180;county;1\r\n900002;Ysgol Bryn ".utf8)
            + Data([0xD4])
        bytes += Data(
            "n;Primary;South West;;240;county;\r\n900003;Hillside;Primary;North West;;90;county;\r\n900004;Dock Road;Primary;North West;;310;county;\r\n"
                .utf8)
        try files.folder.write(bytes, to: "config/programme/schools.csv")
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(!result.hasErrors, "\(result.diagnostics)")
        #expect(result.programme.school("900002")?.name == "Ysgol Bryn Ôn")
        #expect(result.programme.school("900001")?.trust == nil)
        try files.folder.write(
            Data([0xEF, 0xBB, 0xBF]) + Data("urn,name,terms\n900001,A,county\n900002,B,\n900003,C,\n900004,D,\n".utf8),
            to: "config/programme/schools.csv")
        #expect(ProgrammeLoader(directory: files.config).load().programme.school("900001")?.name == "A")
        try files.folder.write(Data([0xFF, 0xFE, 0x41, 0x00]), to: "config/programme/schools.csv")
        #expect(
            ProgrammeLoader(directory: files.config).load().diagnostics.contains {
                $0.message.contains("save it as \"CSV UTF-8\"")
            })
    }

    @Test(
        arguments: [
            ("sep=;\r\nurn;name;terms\r\n900001;Oakford;county\r\n", nil),
            ("urn,name,terms,,\n900001,Oakford,county,,\n", nil), ("urn,name,terms\n900001,Oakford,county,,\n", nil),
            ("urn,name,terms\n900001,Oakford,county,more\n", "the row has 4 cells"),
            ("urn,name,terms\n900001,Szko?a Oakford,county\n", "has lost letters"),
            ("urn,name,terms\n900001,Szko\u{FFFD}a Oakford,county\n", "has lost letters"),
            ("URN,EstablishmentName,terms,TypeOfEstablishment (name),Trusts (code)\n900001,Oakford,county,x,1\n", nil),
        ] as [(String, String?)])
    func `reads schools as spreadsheets write them`(text: String, message: String?) throws {
        let files = try ProgrammeFiles()
        let rest = (text.contains(";") ? "90000X;Y;county" : "90000X,Y,county") + (text.contains(",,") ? ",,\n" : "\n")
        let others = ["2", "3", "4"].map { rest.replacing("X", with: $0) }.joined()
        try files.folder.write(text + others, to: "config/programme/schools.csv")
        let result = ProgrammeLoader(directory: files.config).load()
        let own = result.diagnostics.filter { $0.description.contains("schools.csv") }.map(\.message)
        #expect(own.count == (message == nil ? 0 : 1) && own.allSatisfy { $0.contains(message ?? "") }, "\(own)")
        #expect(result.programme.school("900001")?.name.contains("Oakford") == true)
    }

    @Test func `reads days as spreadsheets write them here, and says so once`() throws {
        let files = try ProgrammeFiles()
        try files.replace("hours", with: "away", in: "programme/people.csv")
        try files.replace(
            "Mon-Thu 08:00-17:00", with: "04/01/2027; 25/01/2027 to 26/01/2027", in: "programme/people.csv")
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(result.diagnostics.map(\.message).filter { $0.contains("day first") }.count == 1)
        let away = try #require(result.programme.person("j.patel")?.away.map(\.dates.description))
        #expect(away == ["2027-01-04...2027-01-04", "2027-01-25...2027-01-26"])
        try files.replace("04/01/2027", with: "13/13/2027", in: "programme/people.csv")
        #expect(ProgrammeLoader(directory: files.config).load().hasErrors)
    }

    @Test func `says what it says once at the first row of many`() throws {
        let files = try ProgrammeFiles()
        let rows = (1...2000).map { "p\($0),P \($0),p\($0)@x.example,900001,\($0 < 40 ? "" : "04/01/2027")" }
        try files.folder.write(
            "id,name,email,school,away\n" + rows.joined(separator: "\n") + "\n", to: "config/programme/people.csv")
        let said = ProgrammeLoader(directory: files.config).load().diagnostics.filter {
            $0.message.contains("day first")
        }
        #expect(said.map(\.location.line) == [41])
    }

    @Test func `reads the days of a school from its own row`() throws {
        let files = try ProgrammeFiles()
        try files.replace("pupils,terms", with: "pupils,terms,inset,closed", in: "programme/schools.csv")
        try files.replace(
            "240,county", with: "240,county,08/02/2027; 2027-02-15,2027-03-01 to 2027-03-02",
            in: "programme/schools.csv")
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(!result.hasErrors, "\(result.diagnostics)")
        #expect(result.diagnostics.map(\.message).filter { $0.contains("day first") }.count == 1)
        let school = try #require(result.programme.school("900002"))
        let other = try #require(result.programme.school("900001"))
        for (day, kind) in [
            ("2027-02-08", DayKind.inset), ("2027-02-15", .inset), ("2027-03-01", .closed), ("2027-03-02", .closed),
            ("2027-03-03", .open),
        ] {
            let date = try #require(CivilDate(iso: day))
            #expect(school.days.kind(of: date) == kind, "\(day)")
        }
        #expect(other.days.kind(of: try #require(CivilDate(iso: "2027-03-01"))) == .open)
    }

    @Test func `shows nothing of a file that is no list of people`() throws {
        let files = try ProgrammeFiles()
        try files.folder.write("hunter2-secret\nmore\n", to: "config/programme/people.csv")
        let said = ProgrammeLoader(directory: files.config).load().diagnostics.map(\.description)
        #expect(said.contains { $0.contains("the first line names none that is known here") })
        #expect(!said.contains { $0.contains("hunter2") })
    }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a;b\n1,5;2", [["a", "b"], ["1,5", "2"]]),
        ("sep=|\na|b\n1|2\n", [["a", "b"], ["1", "2"]]), ("a\tb\n 1 \t\"2\t3\"\n", [["a", "b"], ["1", "2\t3"]]),
        ("a,b\n\"1\n2\",\"say \"\"x\"\"\"\n", [["a", "b"], ["1\n2", "say \"x\""]]),
        ("a,b\n6\" pipe,2\n,\n\n3, \"4\" \n", [["a", "b"], ["6\" pipe", "2"], ["3", "4"]]),
        ("", []), ("\n\n", []), ("Ŵ,b\n", [["Ŵ", "b"]]), ("a,b,\n1,2,\n", [["a", "b", ""], ["1", "2", ""]]),
    ])
    func `splits a spreadsheet into cells`(text: String, cells: [[String]]) {
        #expect(CSVRecords.split(text).map { $0.cells.map(\.text) } == cells)
    }

    @Test func `loses one row and no other where a quote is never closed`() {
        let rows = (1...200).map { "\($0),\"x\($0)\"\n" }
        let text = rows.prefix(50).joined() + "51,\"y\n" + rows.suffix(150).joined()
        let records = CSVRecords.split(text)
        #expect(records.filter(\.hasStrayQuotes).count <= 2 && records.count >= 199)
        #expect(records.last?.cells.map(\.text) == ["200", "x200"] && records.last?.line == 201)
    }

    /// As they leave Excel and Get Information about Schools: a byte order mark or cp1252, semicolons, empty columns at
    /// the end, days first, a hundred columns with long names.
    @Test func `understands a programme whose spreadsheets were never touched by an editor`() throws {
        let files = try ProgrammeFiles()
        let extra = (1...60).map { "Column \($0) (name)" }.joined(separator: ",")
        let gias =
            "URN,LA (code),EstablishmentName,EstablishmentStatus (name),PhaseOfEducation (name),NumberOfPupils,"
            + "Trusts (name),GOR (name),\(extra),terms\r\n"
        let names = ["Oakford Primary", "Ysgol Bryn Ŵyn", "Hillside Infants", "Dock Road Primary"]
        let rows = names.enumerated().map { index, name in
            "90000\(index + 1),878,\"\(name)\",Open,Primary,210,Not applicable,South West,"
                + String(repeating: ",", count: 60) + "county\r\n"
        }
        try files.folder.write("\u{FEFF}" + gias + rows.joined(), to: "config/programme/schools.csv")
        let people = """
            id;name;email;school;roles;calendars;hours;away;;\r
            a.marsh;Ann Marsh;a.marsh@example.test;900001;head;calendars/head.ics;;04/01/2027;;\r
            s.ellis;Si\u{E2}n Ellis;s.ellis@example.test;900002;head, lead;;;;;\r
            j.patel;Patel, Jay;j.patel@example.test;900002;reviewer;;Mon-Thu 08:00-17:00;;;\r
            k.o;Kerry O\u{92}Neill;k.o@example.test;900003;reviewer | lead;;;;;\r
            m.khan;Mo Khan;m.khan@example.test;900004;champion;;;;;\r
            """
        let cp1252 = Data(people.unicodeScalars.map { UInt8($0.value) })
        try cp1252.write(to: URL(fileURLWithPath: files.config + "/programme/people.csv"))
        let result = ProgrammeLoader(directory: files.config).load()
        let said = result.diagnostics.filter {
            $0.location.file.hasSuffix(".csv") && !$0.message.contains("without a cal")
        }
        #expect(!result.hasErrors && said.count == 1 && said[0].message.contains("day first"), "\(result.diagnostics)")
        #expect(
            result.programme.people.map(\.name) == [
                "Ann Marsh", "Siân Ellis", "Patel, Jay", "Kerry O’Neill", "Mo Khan",
            ])
        #expect(
            result.programme.schools.map(\.name) == names && result.programme.schools.allSatisfy { $0.trust == nil })
        #expect(result.programme.person("s.ellis")?.roles == ["head", "lead"])
    }
}
