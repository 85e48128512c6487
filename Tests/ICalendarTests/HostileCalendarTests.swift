import CivilTime
import ICalendar
import Testing

/// What a stranger could write to stop whoever reads it, to keep it busy, or to fill its memory.
@Suite struct `Hostile calendars` {
    private let window = Instant(seconds: 1_798_761_600)..<Instant(seconds: 1_798_761_600 + 365 * 86_400)

    private func expand(_ text: String) throws -> CalendarExpander.Result {
        let calendar = try #require(try CalendarReader(scope: .times).read(Array(text.utf8)).calendars.first)
        return CalendarExpander(window: window, floatingZone: .utc).expand(calendar)
    }

    private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: [
        "FREQ=MONTHLY;BYDAY=-9223372036854775808MO", "FREQ=DAILY;INTERVAL=9223372036854775807",
        "FREQ=DAILY;COUNT=99999999999999999999", "FREQ=YEARLY;BYMONTHDAY=-9223372036854775808",
        "FREQ=YEARLY;BYSETPOS=9223372036854775807",
    ])
    func `lose the part of a rule that has a number beyond all bounds, and nothing else`(rule: String) throws {
        let found = try expand(calendar("DTSTART:20270101T090000Z", "RRULE:\(rule)"))
        #expect(found.occurrences.first?.start.description == "2027-01-01T09:00:00Z")
        #expect(found.diagnostics.count == 1 && found.diagnostics[0].message.hasSuffix("left out"))
    }

    @Test(arguments: ["9999999W", "9999999999999999999999D", "1DT9999999999999999H"])
    func `have no event that is longer than all of time`(amount: String) throws {
        let found = try expand(calendar("DTSTART:20270101T090000Z", "DURATION:P\(repeated(amount, 1000))"))
        let length = try #require(found.occurrences.first.map { $0.end - $0.start })
        #expect(length > 9_000 * 365 * 86_400 && length < 30_000 * 365 * 86_400)
    }

    @Test func `have no revision beyond all others`() throws {
        let text = calendar(
            "SEQUENCE:-9223372036854775808\nMETHOD:REPLY",
            others: "BEGIN:VEVENT\nUID:2\nSEQUENCE:99999999999999999999999\nEND:VEVENT\n", properties: "METHOD:REPLY\n")
        let read = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        #expect(SchedulingReply.read(read).replies.map(\.sequence) == [0, Int(Int32.max)])
    }

    @Test func `say no more than a hundred times that an answer is about nothing`() throws {
        let text = "BEGIN:VCALENDAR\nMETHOD:REPLY\n\(repeated("BEGIN:VEVENT\nEND:VEVENT\n", 1000))END:VCALENDAR\n"
        let read = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        let remarks = SchedulingReply.read(read).diagnostics
        #expect(remarks.count == 101 && remarks.last?.message == "there are more such remarks, which are left out")
    }

    @Test func `name nobody by wrapping an address a hundred thousand times`() throws {
        let text = calendar(
            "ATTENDEE:<\(repeated("mailto:", 100_000))ann@school.example>", properties: "METHOD:REPLY\n")
        let read = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        #expect(SchedulingReply.read(read).replies[0].attendances.map(\.address) == ["ann@school.example"])
    }

    // MARK: Time

    @Test func `end lines with a hundred thousand carriage returns`() throws {
        let text = "BEGIN:VCALENDAR" + repeated("\r", 100_000) + "NAME:a\r\nEND:VCALENDAR" + repeated("\r", 100_000)
        let calendar = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        #expect(calendar.first("NAME")?.line == 100_001)
    }

    @Test func `go on behind a hundred thousand equals signs`() throws {
        let lines =
            "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:\(repeated("a=\n", 100_000))b\nNAME\(repeated("=\n a", 100_000)):c\n"
        let result = try CalendarReader().read(Array("BEGIN:VCALENDAR\n\(lines)END:VCALENDAR\n".utf8))
        #expect(result.calendars.first?.text("DESCRIPTION")?.count == 100_001)
        #expect(result.diagnostics.map(\.line) == [2, 100_003])
    }

    @Test func `hide a hundred thousand line breaks in one value`() throws {
        let text = "BEGIN:VCALENDAR\nNAME;ENCODING=QUOTED-PRINTABLE:\(repeated("=0D=0A", 100_000))\nEND:VCALENDAR\n"
        let calendar = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        #expect(calendar.text("NAME") == repeated("\n", 100_000))
    }

    @Test(arguments: [
        "FREQ=DAILY;COUNT=99999999;BYSETPOS=LIST", "FREQ=YEARLY;COUNT=99999999;BYYEARDAY=LIST;BYWEEKNO=-53",
        "FREQ=YEARLY;COUNT=99999999;BYSETPOS=366;BYYEARDAY=LIST", "FREQ=MONTHLY;COUNT=99999999;BYDAY=DAYS",
    ])
    func `are followed as far as the work allows and not as far as the periods go`(rule: String) throws {
        let list = (-366...366).filter { $0 != 0 }.map(String.init).joined(separator: ",")
        let days = (1...53).flatMap { number in ["MO", "TU", "FR"].map { "\(number)\($0)" } }.joined(separator: ",")
        let rule = try RecurrenceRule(rule.replacing("LIST", with: list).replacing("DAYS", with: days))
        let start = try #require(CalendarTime("00010101T000000")).local
        let window = start + 9000 * 365 * 86_400..<start + 9001 * 365 * 86_400
        let budget = RecurrenceRule.Budget(steps: 20_000)
        let expansion = rule.expand(from: start, until: nil, window: window, budget: budget)
        #expect(expansion.isCut && expansion.steps < 25_000 && expansion.times.isEmpty)
    }

    @Test func `pay for the times of day that a rule lists before they are made`() throws {
        func list(_ count: Int) -> String { (0..<count).map(String.init).joined(separator: ",") }
        let rule = try RecurrenceRule("FREQ=YEARLY;BYHOUR=\(list(24));BYMINUTE=\(list(60));BYSECOND=\(list(60))")
        let start = try #require(CalendarTime("20270101T000000")).local
        let expansion = rule.expand(from: start, until: nil, window: start..<start + 60, budget: .init(steps: 80_000))
        #expect(expansion.isCut && expansion.steps == 0)
    }

    @Test func `say each day of a rule once`() throws {
        #expect(try RecurrenceRule("FREQ=MONTHLY;BYDAY=" + repeated("5MO,", 4000)).byDay.count == 1)
        #expect(throws: RecurrenceRule.Failure.self) {
            try RecurrenceRule("FREQ=MONTHLY;BYDAY=" + repeated("5MO,", 100_000))
        }
    }

    @Test func `share one budget over all calendars of a file`() throws {
        let one = calendar("DTSTART:20270101T000000Z", "RRULE:FREQ=MINUTELY")
        let calendars = try CalendarReader(scope: .times).read(Array(repeated(one, 300).utf8)).calendars
        let budget = RecurrenceRule.Budget(occurrences: 1000)
        let expander = CalendarExpander(window: window, floatingZone: .utc, budget: budget)
        let results = calendars.map(expander.expand)
        #expect(results.reduce(0) { $0 + $1.occurrences.count } < 1400)
        let remarks = results.flatMap(\.diagnostics)
        #expect(remarks.count == 201 && remarks[0].message.contains("more often than can be followed"))
        #expect(remarks.last?.message == "there are more such remarks, which are left out")
    }

    private func changes(_ count: Int, _ parameter: String = "") -> String {
        (0..<count).map { index in
            let time = CalendarTime.utc(window.lowerBound + index * 60).description
            return
                "BEGIN:VEVENT\nUID:1\nSEQUENCE:\(index % 7)\nRECURRENCE-ID\(parameter):\(time)\nDTSTART:\(time)\nEND:VEVENT\n"
        }.joined()
    }

    @Test func `change ten thousand instances of one series, some of them twice`() throws {
        let found = try expand("BEGIN:VCALENDAR\n\(changes(10_000))\(changes(2_000))END:VCALENDAR\n")
        #expect(found.occurrences.count == 10_000 && found.eventCount == 12_000)
    }

    @Test func `change all later instances five thousand times`() throws {
        let found = try expand(
            calendar(
                "DTSTART:20270101T000000Z", "RRULE:FREQ=MINUTELY;COUNT=6000",
                others: changes(5000, ";RANGE=THISANDFUTURE")))
        #expect(found.occurrences.count == 6000)
    }

    @Test func `look for a thousand names of time zones and not for more`() throws {
        let events = (0..<2000).map {
            "BEGIN:VEVENT\nUID:\($0)\nDTSTART;TZID=Nowhere \($0):20270101T000000\nEND:VEVENT\n"
        }
        let last = "BEGIN:VEVENT\nUID:z\nDTSTART;TZID=Europe/London:20270701T000000\nEND:VEVENT\n"
        let found = try expand("BEGIN:VCALENDAR\n\(last)\(events.joined())\(last)END:VCALENDAR\n")
        #expect(found.occurrences.count == 2001)
        #expect(found.diagnostics.first?.message.contains("more time zones than are looked up") == true)
    }

    // MARK: Memory

    @Test func `change the clocks of all their time zones no more often than one file may`() throws {
        let zones = (0..<20).map { number in
            """
            BEGIN:VTIMEZONE
            TZID:Z\(number)
            BEGIN:STANDARD
            DTSTART:16010101T000000
            TZOFFSETFROM:+0100
            TZOFFSETTO:+0200
            RRULE:FREQ=SECONDLY
            END:STANDARD
            END:VTIMEZONE
            BEGIN:VEVENT
            DTSTART;TZID=Z\(number):20270701T000000
            END:VEVENT

            """
        }
        let found = try expand("BEGIN:VCALENDAR\n\(zones.joined())END:VCALENDAR\n")
        #expect(found.occurrences.count == 20)
        #expect(found.diagnostics.count { $0.message.contains("more often than can be followed") } == 20)
    }

    @Test(arguments: ["BEGIN:A\nEND:A\n", "A:\n", "B;C=d,e:\n"])
    func `hold no more pieces than one file may`(piece: String) throws {
        var limits = CalendarReader.Limits()
        limits.properties = 1000
        let text = "BEGIN:VCALENDAR\n\(repeated(piece, 1500))END:VCALENDAR\n"
        let result = try CalendarReader(limits: limits).read(Array(text.utf8))
        let calendar = try #require(result.calendars.first)
        #expect(calendar.properties.count + calendar.components.count <= 1000 && !result.isCutOff)
        #expect(result.diagnostics.count == 1)
        #expect(result.diagnostics[0].message.contains("more than 1000 properties, components and parameters"))
    }

    @Test(arguments: [";A", ";A=1,2,3"])
    func `give no property more parameters than it may have`(parameter: String) throws {
        let text = "BEGIN:VCALENDAR\nNAME\(repeated(parameter, 20_000)):x\nEND:VCALENDAR\n"
        let result = try CalendarReader().read(Array(text.utf8))
        let property = try #require(result.calendars.first?.first("NAME"))
        #expect(property.value == "x" && property.parameters.count <= 1000)
        #expect(
            result.diagnostics.map(\.message) == [
                "NAME: it has more than 1000 parameters and values of them; the rest is left out"
            ])
    }
}
