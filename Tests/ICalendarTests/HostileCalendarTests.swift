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

    @Test func `name nobody by wrapping an address a hundred thousand times`() throws {
        let text = calendar(
            "ATTENDEE:<\(repeated("mailto:", 100_000))ann@school.example>", properties: "METHOD:REPLY\n")
        let read = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        #expect(SchedulingReply.read(read).replies[0].attendances.map(\.address) == ["ann@school.example"])
    }
}
