import CivilTime
import ICalendar
import Testing

@Suite struct `Expanding calendars` {
    private func expand(
        _ events: String, zone: String = "Europe/London", from: String = "2027-01-01", to: String = "2027-12-31"
    ) throws -> CalendarExpander.Result {
        let text = "BEGIN:VCALENDAR\n\(events)\nEND:VCALENDAR\n"
        let calendar = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        let window = try #require(Instant(iso: from))..<(#require(Instant(iso: to)))
        return CalendarExpander(window: window, floatingZone: try #require(TimeZoneDatabase.system[zone])).expand(
            calendar)
    }

    private func event(_ lines: String...) -> String {
        (["BEGIN:VEVENT", "UID:1"] + lines + ["END:VEVENT"]).joined(separator: "\n")
    }

    @Test(arguments: [
        ("DTSTART:20270701T090000Z", "DTEND:20270701T100000Z", "2027-07-01T09:00:00Z", "2027-07-01T10:00:00Z"),
        ("DTSTART:20270701T090000", "DTEND:20270701T100000", "2027-07-01T08:00:00Z", "2027-07-01T09:00:00Z"),
        (
            "DTSTART;TZID=GMT Standard Time:20270701T090000", "DURATION:PT45M", "2027-07-01T08:00:00Z",
            "2027-07-01T08:45:00Z"
        ),
        (
            "DTSTART;TZID=Greenwich Standard Time:20270701T090000", "DURATION:PT1H", "2027-07-01T09:00:00Z",
            "2027-07-01T10:00:00Z"
        ),
        (
            "DTSTART;TZID=/mozilla.org/20070129_1/Europe/Paris:20270701T090000", "DURATION:PT1H",
            "2027-07-01T07:00:00Z", "2027-07-01T08:00:00Z"
        ),
        (
            "DTSTART;TZID=\"(UTC+00:00) Dublin, Edinburgh, Lisbon, London\":20270701T090000", "DURATION:PT1H",
            "2027-07-01T08:00:00Z", "2027-07-01T09:00:00Z"
        ),
        ("DTSTART;VALUE=DATE:20270701", "DTEND;VALUE=DATE:20270703", "2027-06-30T23:00:00Z", "2027-07-02T23:00:00Z"),
        ("DTSTART;VALUE=DATE:20270701", "SUMMARY:a day", "2027-06-30T23:00:00Z", "2027-07-01T23:00:00Z"),
        ("DTSTART;TZID=Europe/London:20270328T003000", "DURATION:P1D", "2027-03-28T00:30:00Z", "2027-03-28T23:30:00Z"),
    ])
    func `gives the moments of one event`(start: String, end: String, from: String, to: String) throws {
        let occurrence = try #require(try expand(event(start, end)).occurrences.first)
        #expect(occurrence.start.description == from)
        #expect(occurrence.end.description == to)
    }

    @Test func `follows rules, exceptions and changed instances`() throws {
        let result = try expand(
            event(
                "DTSTART;TZID=Europe/London:20270301T090000", "DTEND;TZID=Europe/London:20270301T100000",
                "RRULE:FREQ=WEEKLY;COUNT=6", "EXDATE;TZID=Europe/London:20270315T090000", "RDATE:20270320T120000Z")
                + "\n"
                + event(
                    "RECURRENCE-ID;TZID=Europe/London:20270329T090000", "DTSTART;TZID=Europe/London:20270330T110000",
                    "DURATION:PT30M"))
        #expect(
            result.occurrences.map(\.start.description) == [
                "2027-03-01T09:00:00Z", "2027-03-08T09:00:00Z", "2027-03-20T12:00:00Z", "2027-03-22T09:00:00Z",
                "2027-03-30T10:00:00Z",
                "2027-04-05T08:00:00Z",
            ])
        #expect(result.diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("TRANSP:TRANSPARENT", Occurrence.Claim.free), ("STATUS:CANCELLED", .free), ("STATUS:TENTATIVE", .tentative),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", .busy), ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", .free),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", .tentative), ("SUMMARY:x", .busy),
    ])
    func `knows what claims the time`(line: String, claim: Occurrence.Claim) throws {
        #expect(try expand(event("DTSTART:20270701T090000Z", "DURATION:PT1H", line)).occurrences.first?.claim == claim)
    }

    @Test func `reads free/busy times but for the free ones`() throws {
        let result = try expand(
            "BEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY:20270701T090000Z/20270701T100000Z,20270702T090000Z/PT30M\nFREEBUSY;FBTYPE=FREE:20270703T090000Z/PT1H\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20270704T090000Z/PT1H\nEND:VFREEBUSY"
        )
        #expect(result.busyPeriods.map(\.claim) == [.busy, .busy, .tentative])
        #expect(result.occurrences.isEmpty)
    }

    @Test func `uses the calendar's own zone where nobody else knows it`() throws {
        let zone = """
            BEGIN:VTIMEZONE
            TZID:Head office
            BEGIN:STANDARD
            DTSTART:16010101T020000
            RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
            TZOFFSETFROM:+0300
            TZOFFSETTO:+0200
            END:STANDARD
            BEGIN:DAYLIGHT
            DTSTART:16010101T020000
            RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
            TZOFFSETFROM:+0200
            TZOFFSETTO:+0300
            END:DAYLIGHT
            END:VTIMEZONE
            """
        let result = try expand(zone + "\n" + event("DTSTART;TZID=Head office:20270701T090000", "DURATION:PT1H"))
        #expect(result.occurrences.first?.start.description == "2027-07-01T06:00:00Z")
        #expect(result.diagnostics.isEmpty)
    }

    @Test func `knows an instance that changed from a time to a whole day, and the other way`() throws {
        let timed = try expand(
            event("DTSTART;TZID=Europe/London:20270301T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2") + "\n"
                + event("RECURRENCE-ID;VALUE=DATE:20270302", "DTSTART;VALUE=DATE:20270302", "TRANSP:TRANSPARENT"))
        #expect(timed.occurrences.filter { $0.claim == .busy }.map(\.start.description) == ["2027-03-01T09:00:00Z"])
        let whole = try expand(
            event("DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=DAILY;COUNT=2") + "\n"
                + event(
                    "RECURRENCE-ID;TZID=Europe/London:20270302T000000", "DTSTART;TZID=Europe/London:20270302T100000",
                    "DURATION:PT1H"))
        #expect(whole.occurrences.map(\.start.description) == ["2027-03-01T00:00:00Z", "2027-03-02T10:00:00Z"])
    }

    @Test func `bounds a thousand rules together`() throws {
        let bombs = (0..<1000).map {
            "BEGIN:VEVENT\nUID:\($0)\nDTSTART:20270101T000000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT"
        }
        let list = (0..<60).map(String.init).joined(separator: ",")
        let wide =
            "BEGIN:VEVENT\nUID:w\nDTSTART:18000101T000000Z\nRRULE:FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=\(list);BYSECOND=\(list)\nEND:VEVENT"
        let result = try expand((bombs + [wide]).joined(separator: "\n"))
        #expect(
            result.occurrences.count <= 101_000
                && result.diagnostics.contains { $0.message.contains("more often than can be followed") })
    }

    @Test(arguments: [
        ("DTSTART:yesterday", "no date or time"), ("SUMMARY:x", "no DTSTART"),
        ("DTSTART;TZID=Mars/Olympus:20270701T090000", "nobody knows the time zone"),
        ("DTSTART:20270701T090000Z\nRRULE:FREQ=NEVER", "only its first time is kept"),
        ("DTSTART:20270701T090000Z\nRRULE:FREQ=SECONDLY", "more often than can be followed"),
        ("DTSTART:20270701T090000Z\nDTEND:20270701T080000Z", "ends before it begins"),
    ])
    func `turns what cannot be read into a remark and keeps the others`(broken: String, remark: String) throws {
        let result = try expand(
            event(broken) + "\nBEGIN:VEVENT\nUID:2\nDTSTART:20270801T090000Z\nDURATION:PT1H\nEND:VEVENT")
        #expect(result.diagnostics.contains { $0.message.contains(remark) })
        #expect(result.occurrences.contains { $0.uid == "2" })
    }
}
