import Foundation
import ICalendar
import Testing

@Suite struct `Reading calendars` {
    private func read(_ text: String) throws -> CalendarReader.Result { try CalendarReader().read(Array(text.utf8)) }

    @Test(arguments: ["\r\n", "\n", "\r"])
    func `takes every kind of line end and unfolds`(end: String) throws {
        let lines = [
            "BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY;LANGUAGE=en:Staff", "  meet", "\ting", "END:VEVENT",
            "END:VCALENDAR",
        ]
        let result = try read(lines.joined(separator: end))
        #expect(result.calendars.first?.components.first?.text("SUMMARY") == "Staff meeting")
        #expect(result.diagnostics.isEmpty)
    }

    @Test func `understands quoted parameters, lists of them and the escapes of RFC 6868`() throws {
        let result = try read(
            "BEGIN:VCALENDAR\nX-A;CN=\"Marsh; Ann: head\";MEMBER=\"a\",b;NOTE=^'x^'^n:v\\, w\nEND:VCALENDAR\n")
        let property = try #require(result.calendars.first?.properties.first)
        #expect(property.parameter("CN") == "Marsh; Ann: head")
        #expect(property.parameters[1].values == ["a", "b"])
        #expect(property.parameter("NOTE") == "\"x\"\n")
        #expect(property.text == "v, w")
    }

    @Test(arguments: [
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VCALENDAR\n", "no END"),
        ("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\n", "no BEGIN"),
        ("BEGIN:VCALENDAR\nthis is no property\nEND:VCALENDAR\n", "no property"),
        ("BEGIN:VCALENDAR\nX:1\n", "may be cut off"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\nX:1\n", "outside any component"),
    ])
    func `lives with what is broken and says so`(text: String, expected: String) throws {
        let result = try read(text)
        #expect(!result.calendars.isEmpty)
        #expect(result.diagnostics.contains { $0.message.contains(expected) && $0.line > 0 })
    }

    @Test(arguments: [
        ("", "is empty"), ("   \n\n", "is empty"), ("<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("{\"error\": 403}", "JSON"), ("Forbidden", "something else"),
    ])
    func `names what stands in place of a calendar`(text: String, expected: String) {
        let error = #expect(throws: CalendarReader.Failure.self) { try CalendarReader().read(Array(text.utf8)) }
        #expect(error?.description.contains(expected) == true)
    }

    @Test func `keeps the name of a component nobody knows, but for its case and what surrounds it`() throws {
        let result = try read("BEGIN:VCALENDAR\nBEGIN: X my Folder \nY:kept\nEND:x MY folder\nEND:VCALENDAR\n")
        #expect(result.calendars.first?.components.map(\.name) == ["X MY FOLDER"])
        #expect(result.diagnostics.isEmpty)
    }

    @Test func `bounds lines, depth and remarks`() throws {
        let deep = String(repeating: "BEGIN:X\n", count: 5000) + String(repeating: "END:X\n", count: 5000)
        let long = "X:" + String(repeating: "y", count: 18 << 20) + "\n"
        let broken = String(repeating: "?\n", count: 100_000)
        let result = try read("BEGIN:VCALENDAR\n" + deep + long + broken + "Y:kept\nEND:VCALENDAR\n")
        #expect(result.calendars.first?.text("Y") == "kept")
        #expect(result.calendars.first?.first("X")?.value.utf8.count ?? 0 == (16 << 20) - 2)
        #expect(result.diagnostics.count <= 101)
    }

    @Test func `takes bytes that are no UTF-8, and NUL, without loss of the rest`() throws {
        var bytes = Array("BEGIN:VCALENDAR\nSUMMARY:caf".utf8)
        bytes += [0xE9, 0x00, 0x0A]
        bytes += Array("X:1\nEND:VCALENDAR\n".utf8)
        let result = try CalendarReader().read(bytes)
        #expect(result.calendars.first?.text("X") == "1")
    }
}

@Suite struct `Writing calendars` {
    @Test func `folds at 75 octets, never inside a character`() {
        let text = String(repeating: "Ysgol Gymraeg ŵyl 🎓 ", count: 20)
        let output = CalendarWriter.write(Component("VCALENDAR", properties: [Property("SUMMARY", text: text)]))
        let lines = output.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 75 })
        #expect(output.hasSuffix("END:VCALENDAR\r\n"))
    }

    @Test(arguments: [
        "plain", "comma, semicolon; backslash \\ colon :", "two\nlines", "quote \" and caret ^", "Siân Ó Murchú اردو",
        "\t tab ", "",
    ])
    func `is undone by reading, for texts and parameters`(text: String) throws {
        let property = Property("X-TEST", [Parameter("CN", text), Parameter("B", "1", text)], text: text)
        let component = Component("VCALENDAR", properties: [property])
        let result = try CalendarReader().read(Array(CalendarWriter.write(component).utf8))
        let read = try #require(result.calendars.first?.properties.first)
        #expect(read.text == text)
        #expect(read.parameters == property.parameters)
        #expect(result.diagnostics.isEmpty)
    }

    @Test func `lets no value begin a line of its own`() {
        let output = CalendarWriter.write(
            Component(
                "VCALENDAR",
                properties: [Property("X", [Parameter("CN", "a\r\nATTENDEE:b")], value: "c\r\nMETHOD:CANCEL")]))
        #expect(output.components(separatedBy: "\r\n").count == 4)
    }
}

@Suite struct `Reading what is hardly a calendar` {
    private func read(_ bytes: [UInt8]) throws -> CalendarReader.Result { try CalendarReader().read(bytes) }

    @Test func `takes UTF-16, a byte order mark, and a fold inside a character`() throws {
        let text = "BEGIN:VCALENDAR\r\nNAME:ŵyl\r\nEND:VCALENDAR\r\n"
        let units: [[UInt8]] = text.utf16.map { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let little: [UInt8] = [0xFF, 0xFE] + units.flatMap(\.self)
        #expect(try read(little).calendars.first?.text("NAME") == "ŵyl")
        #expect(try read([0xEF, 0xBB, 0xBF] + Array(text.utf8)).calendars.first?.text("NAME") == "ŵyl")
        let bytes =
            Array("BEGIN:VCALENDAR\r\nNAME:".utf8) + [0xC5, 0x0D, 0x0A, 0x20, 0xB5]
            + Array("yl\r\nEND:VCALENDAR\r\n".utf8)
        #expect(try read(bytes).calendars.first?.text("NAME") == "ŵyl")
        #expect(try read(bytes).diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("SUMMARY;CHARSET=ISO-8859-1:caf", [0xE9], "café"), ("SUMMARY:caf", [0xE9], "café"),
        ("SUMMARY;ENCODING=QUOTED-PRINTABLE:caf=C3=A9=\n", Array(" au lait".utf8), "café au lait"),
        ("SUMMARY:a", [0x00], "a"),
    ])
    func `takes what is no UTF-8 and says so`(line: String, bytes: [UInt8], expected: String) throws {
        let text = Array("BEGIN:VCALENDAR\n\(line)".utf8) + bytes + Array("\nEND:VCALENDAR\n".utf8)
        let result = try read(text)
        #expect(result.calendars.first?.text("SUMMARY") == expected)
        #expect(result.diagnostics.map(\.line) == [2])
    }

    @Test func `ends an event where the next begins`() throws {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VCALENDAR\n"
        let result = try read(Array(text.utf8))
        #expect(result.calendars.first?.components.compactMap { $0.text("UID") } == ["1", "2"])
        #expect(result.diagnostics.contains { $0.line == 2 && $0.message.contains("no END") })
    }

    @Test(arguments: ["\r\r\n", "\r\n", "\n"])
    func `goes on after a line end that was doubled`(end: String) throws {
        let lines = ["BEGIN:VCALENDAR", "NAME:Staff", "  meeting", "END:VCALENDAR", ""]
        #expect(try read(Array(lines.joined(separator: end).utf8)).calendars.first?.text("NAME") == "Staff meeting")
    }

    @Test func `takes events without a calendar around them, and several calendars`() throws {
        #expect(try read(Array("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n".utf8)).calendars.first?.components.count == 1)
        let two = String(repeating: "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n", count: 2)
        #expect(try read(Array(two.utf8)).calendars.count == 2)
        #expect(try read(Array("From: x\n\n\(two)".utf8)).calendars.count == 2)
    }
}
