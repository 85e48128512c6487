import CivilTime
import ICalendar
import Testing

@Suite struct `Checking calendars` {
    private func remarks(_ text: String) throws -> [String] {
        CalendarCheck.diagnostics(try CalendarReader().read(Array(text.utf8)), zone: .utc).map(\.description)
    }

    @Test func `finds nothing in one that is right`() throws {
        let text = """
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//x//EN
            BEGIN:VEVENT
            UID:1
            DTSTAMP:20270101T000000Z
            DTSTART:20270701T090000Z
            DURATION:PT1H
            RRULE:FREQ=DAILY;UNTIL=20270801T090000Z
            PRIORITY:5
            ATTENDEE:mailto:ann@school.example
            CATEGORIES:a,b\\,c
            END:VEVENT
            END:VCALENDAR
            """
        #expect(try remarks(text).isEmpty)
    }

    @Test(arguments: [
        ("PRIORITY:high", "line 5: PRIORITY \"high\" is no INTEGER"),
        ("DTEND:20270701T100000Z\nDURATION:PT1H", "line 6: the event has DTEND and DURATION; DTEND counts"),
        ("DTSTART:20270702T090000Z", "line 5: DTSTART stands here again; the first one counts"),
        ("RRULE:FREQ=DAILY;UNTIL=20270801", "line 5: UNTIL is not of the form that DTSTART asks for"),
        (
            "RRULE:FREQ=DAILY;UNTL=20270801T090000Z;X-OWN=1",
            "line 5: the recurrence rule has a part UNTL, which nobody knows"
        ),
        ("RRULE:FREQ=DAILY;COUNT=1;UNTIL=20270801T090000Z", "line 5: the rule has COUNT and UNTIL"),
        (
            "RRULE:FREQ=DAILY;RSCALE=CHINESE",
            "line 5: the recurrence rule cannot be followed: it follows the calendar CHINESE"
        ),
        ("RRULE:FREQ=WEEKLY;BYDAY=1MO", "line 5: BYDAY numbers its days"),
        ("EXDATE;VALUE=DATE:20270702", "line 5: EXDATE is a whole day where DTSTART is a time"),
        ("DTEND;TZID=Europe/London:20270701T110000", "line 5: the calendar has no VTIMEZONE for \"Europe/London\""),
        ("NOTE;ENCODING=QUOTED-PRINTABLE:a=20b", "line 5: NOTE: the value is quoted-printable"),
        ("RECURRENCE-ID:20270701T090000Z", "line 5: this changes an instance of a series that is not in the calendar"),
        ("BEGIN:VALARM\nEND:VALARM\nno property", "line 7: this is no property"),
    ])
    func `names the line and what is wrong in it`(line: String, expected: String) throws {
        let found = try remarks(calendar("DTSTART:20270701T090000Z\n\(line)"))
        #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
    }

    @Test(arguments: [
        (Property("X", [Parameter("VALUE", "BINARY")], value: "AQI="), [PropertyValue.binary([1, 2])]),
        (Property("X", [Parameter("VALUE", "BOOLEAN")], value: "true"), [.boolean(true)]),
        (Property("X", [Parameter("VALUE", "FLOAT")], value: "-1.5"), [.float(-1.5)]),
        (Property("X", [Parameter("VALUE", "TIME")], value: "083000"), [.timeOfDay(secondOfDay: 30_600, isUTC: false)]),
        (Property("X", [Parameter("VALUE", "TIME")], value: "083000Z"), [.timeOfDay(secondOfDay: 30_600, isUTC: true)]),
        (Property("ATTENDEE", value: "mailto:a@b"), [.calendarAddress("mailto:a@b")]),
        (Property("CATEGORIES", value: "a\\,b,c"), [.text("a,b"), .text("c")]),
        (Property("TZOFFSETTO", value: "-0330"), [.utcOffset(UTCOffset(seconds: -12_600))]),
        (Property("TRIGGER", value: "-PT15M"), [.duration(CalendarDuration(seconds: -900))]),
        (Property("URL", value: "https://school.example"), [.uri("https://school.example")]),
        (Property("SEQUENCE", value: "7"), [.integer(7)]),
    ])
    func `reads every type of value`(property: Property, expected: [PropertyValue]) {
        #expect(property.values == expected)
    }

    @Test(arguments: [
        Property("SEQUENCE", value: "seven"), Property("X", [Parameter("VALUE", "BINARY")], value: "?"),
        Property("DTSTART", [Parameter("VALUE", "DATE")], value: "20270101T000000"),
        Property("FREEBUSY", value: "20270101"),
        Property("X-UNKNOWN", value: "x"), Property("TZOFFSETTO", value: "+2500"),
    ])
    func `reads no value of another type`(property: Property) {
        #expect(property.values == nil)
    }
}
