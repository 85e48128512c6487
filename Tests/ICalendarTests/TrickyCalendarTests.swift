import CivilTime
import ICalendar
import MusterTestSupport
import Testing

/// What feeds found in the wild hold, one line each; the article "Recurrence" says why it is read so.
@Suite struct `Tricky calendars` {
    private func starts(_ text: String, zone: String = "Europe/London") throws -> [String] {
        try CalendarReader().read(Array(text.utf8)).expanded(zone: zone).map { line in
            String(line.prefix(20)).replacing("2027-", with: "").replacing(":00Z", with: "Z")
        }
    }

    @Test(arguments: [
        // UNTIL of another form than DTSTART
        (
            "DTSTART;TZID=Europe/London:20270701T090000", "RRULE:FREQ=DAILY;UNTIL=20270703",
            ["07-01T08:00Z", "07-02T08:00Z"]
        ),
        (
            "DTSTART;TZID=Europe/London:20270701T090000", "RRULE:FREQ=DAILY;UNTIL=20270702T090000",
            ["07-01T08:00Z", "07-02T08:00Z"]
        ),
        ("DTSTART;VALUE=DATE:20270701", "RRULE:FREQ=DAILY;UNTIL=20270702T000000Z", ["06-30T23:00Z", "07-01T23:00Z"]),
        ("DTSTART;VALUE=DATE:20270701", "RRULE:FREQ=DAILY;UNTIL=20270701T230000Z", ["06-30T23:00Z", "07-01T23:00Z"]),
        ("DTSTART;VALUE=DATE:20270701", "RRULE:FREQ=DAILY;UNTIL=20270702T235959Z", ["06-30T23:00Z", "07-01T23:00Z"]),
        ("DTSTART:20270701T090000", "RRULE:FREQ=DAILY;UNTIL=20270702T090000Z", ["07-01T08:00Z", "07-02T08:00Z"]),
        ("DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;UNTIL=2027-07-02", ["07-01T09:00Z"]),
        (
            "DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;UNTIL=20270702T090000.000Z",
            ["07-01T09:00Z", "07-02T09:00Z"]
        ),
        (
            "DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;UNTIL=2027-07-02T11:00:00+02:00",
            ["07-01T09:00Z", "07-02T09:00Z"]
        ),
        ("DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;UNTIL=20270601T090000Z", []),
        // COUNT: what is taken out counts, a start that the rule does not make does not
        (
            "DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270702T090000Z",
            ["07-01T09:00Z", "07-03T09:00Z"]
        ),
        (
            "DTSTART:20270701T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=2",
            ["07-01T09:00Z", "07-02T09:00Z", "07-09T09:00Z"]
        ),
        // Exceptions of another form
        (
            "DTSTART;TZID=Europe/London:20270701T090000", "RRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20270702",
            ["07-01T08:00Z"]
        ),
        ("DTSTART;VALUE=DATE:20270701", "RRULE:FREQ=DAILY;COUNT=2\nEXDATE:20270702T000000Z", ["06-30T23:00Z"]),
        ("DTSTART;VALUE=DATE:20270701", "RRULE:FREQ=DAILY;COUNT=2\nEXDATE:20270701T230000Z", ["06-30T23:00Z"]),
        ("DTSTART:20270701T090000", "RRULE:FREQ=DAILY;COUNT=2\nEXDATE:20270702T090000Z", ["07-01T08:00Z"]),
        ("DTSTART:20270701T090000Z", "EXDATE:20270701T090000Z", []),
        (
            "DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;COUNT=4\nEXRULE:FREQ=DAILY;INTERVAL=2",
            ["07-02T09:00Z", "07-04T09:00Z"]
        ),
        // Additional dates
        ("DTSTART:20270701T090000Z", "RDATE;VALUE=DATE:20270703", ["07-01T09:00Z", "07-03T00:00Z"]),
        ("DTSTART;VALUE=DATE:20270701", "RDATE:20270703T120000Z", ["06-30T23:00Z", "07-03T12:00Z"]),
        ("DTSTART:20270701T090000Z", "RDATE:20270701T090000Z,20270630T090000Z", ["06-30T09:00Z", "07-01T09:00Z"]),
        // Rules
        (
            "DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;BYDAY=FR, SA;COUNT=2",
            ["07-01T09:00Z", "07-02T09:00Z", "07-03T09:00Z"]
        ),
        ("DTSTART:20270701T090000Z", "RRULE:FREQ=YEARLY;RSCALE=GREGORIAN;SKIP=OMIT", ["07-01T09:00Z"]),
        // Odd parts of a rule cost no more than themselves
        ("DTSTART:20271230T090000Z", "RRULE:RRULE:FREQ=DAILY;INTERVAL=0", ["12-30T09:00Z", "12-31T09:00Z"]),
        (
            "DTSTART:20270701T090000Z", "RRULE:FREQ=DAILY;COUNT=-1;UNTIL=20270702T235959Z",
            ["07-01T09:00Z", "07-02T09:00Z"]
        ),
        (
            "DTSTART:20270930T090000Z", "RRULE:FREQ=MONTHLY;BYYEARDAY=-1;BYMONTHDAY=-1",
            ["09-30T09:00Z", "10-31T09:00Z", "11-30T09:00Z", "12-31T09:00Z"]
        ),
        ("DTSTART:20270701T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=TH,XX;COUNT=2", ["07-01T09:00Z", "07-08T09:00Z"]),
        (
            "DTSTART:16010101T090000Z", "RRULE:FREQ=DAILY;INTERVAL=100;COUNT=1559",
            ["01-08T09:00Z", "04-18T09:00Z", "07-27T09:00Z"]
        ),
        ("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY;INTERVAL=15552000", ["03-03T00:00Z", "08-30T00:00Z"]),
        (
            "DTSTART:20270301T090000Z", "RRULE:FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;COUNT=2",
            ["03-01T09:00Z", "03-02T09:00Z"]
        ),
        // Gaps and folds: the offset before the gap, the first of two
        ("DTSTART;TZID=Europe/London:20270328T013000", "SUMMARY:x", ["03-28T01:30Z"]),
        ("DTSTART;TZID=Europe/London:20271031T013000", "SUMMARY:x", ["10-31T00:30Z"]),
        (
            "DTSTART;TZID=Europe/London:20270328T000000", "RRULE:FREQ=HOURLY;COUNT=4",
            ["03-28T00:00Z", "03-28T01:00Z", "03-28T02:00Z"]
        ),
        (
            "DTSTART;TZID=Europe/London:20271031T000000", "RRULE:FREQ=HOURLY;COUNT=4",
            ["10-30T23:00Z", "10-31T00:00Z", "10-31T02:00Z", "10-31T03:00Z"]
        ),
        // Names of zones
        ("DTSTART;TZID=/Europe/Paris:20270701T090000", "SUMMARY:x", ["07-01T07:00Z"]),
        ("DTSTART;TZID=GMT+05:30:20270701T090000", "SUMMARY:x", ["07-01T03:30Z"]),
        ("DTSTART;TZID=\"(UTC+10:00) Brisbane\":20270701T090000", "SUMMARY:x", ["06-30T23:00Z"]),
        ("DTSTART;TZID=(UTC+10:00) Brisbane:20270701T090000", "SUMMARY:x", ["06-30T23:00Z"]),
        ("DTSTART;TZID=UTC+1:20270701T090000", "SUMMARY:x", ["07-01T08:00Z"]),
        ("DTSTART;TZID=utc-0330:20270701T090000", "SUMMARY:x", ["07-01T12:30Z"]),
        // Times as other programs write them
        ("DTSTART:2027-07-01T09:00:00Z", "SUMMARY:x", ["07-01T09:00Z"]),
        ("DTSTART:20270701T0900", "SUMMARY:x", ["07-01T08:00Z"]),
        ("DTSTART:20270701T090000.500Z", "SUMMARY:x", ["07-01T09:00Z"]),
        ("DTSTART:2027-07-01 11:00:00+02:00", "SUMMARY:x", ["07-01T09:00Z"]),
        ("DTSTART:2027-07-01", "SUMMARY:x", ["06-30T23:00Z"]),
        ("DTSTART;TZID=\"Europe/Paris\":20270701T090000Z", "SUMMARY:x", ["07-01T09:00Z"]),
    ])
    func `hold these instances`(start: String, rest: String, expected: [String]) throws {
        #expect(try starts(calendar(start, rest)) == expected)
    }

    @Test(arguments: [
        ("DTSTART;TZID=Europe/London:20270327T220000", "DURATION:P1D", "2027-03-28T21:00:00Z"),
        ("DTSTART;TZID=Europe/London:20270327T220000", "DURATION:PT24H", "2027-03-28T22:00:00Z"),
        ("DTSTART;TZID=Europe/London:20270327T220000", "DURATION:P1DT1H", "2027-03-28T22:00:00Z"),
        ("DTSTART;TZID=Europe/London:20270327T220000", "DURATION:-PT1H", "2027-03-27T22:00:00Z"),
        ("DTSTART:20270701T090000Z", "DURATION:P45M", "2027-07-01T09:45:00Z"),
        ("DTSTART:20270701T090000Z", "DURATION:PT1D", "2027-07-02T09:00:00Z"),
        ("DTSTART:20270701T090000Z", "DURATION:PT1.5H", "2027-07-01T10:30:00Z"),
        ("DTSTART:20270701T090000Z", "DURATION:PT3600", "2027-07-01T10:00:00Z"),
        ("DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270328", "2027-03-28T00:00:00Z"),
        ("DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270320", "2027-03-28T23:00:00Z"),
        ("DTSTART:20270701T090000Z", "DTEND:20270701T080000Z", "2027-07-01T09:00:00Z"),
    ])
    func `end then`(start: String, end: String, expected: String) throws {
        let found = try CalendarReader().read(Array(calendar(start, end).utf8)).expanded()
        #expect(found.map { $0.split(separator: " ")[1] } == [Substring(expected)])
    }

    @Test func `keep the exact length of DTEND and the nominal one of DURATION when clocks change`() throws {
        func ends(_ line: String) throws -> [String] {
            let text = calendar("DTSTART;TZID=Europe/London:20270326T220000", line, "RRULE:FREQ=DAILY;COUNT=3")
            return try CalendarReader().read(Array(text.utf8)).expanded().map { String($0.split(separator: " ")[1]) }
        }
        #expect(
            try ends("DTEND;TZID=Europe/London:20270327T080000") == [
                "2027-03-27T08:00:00Z", "2027-03-28T08:00:00Z", "2027-03-29T07:00:00Z",
            ])
        #expect(
            try ends("DURATION:P1D") == ["2027-03-27T22:00:00Z", "2027-03-28T21:00:00Z", "2027-03-29T21:00:00Z"])
    }

    private let series = [
        "DTSTART;TZID=Europe/London:20270322T090000", "DTEND;TZID=Europe/London:20270322T100000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
    ].joined(separator: "\n")

    private func changed(_ lines: String...) -> String {
        (["BEGIN:VEVENT", "UID:1"] + lines + ["END:VEVENT\n"]).joined(separator: "\n")
    }

    @Test func `move every later instance by the same wall time with THISANDFUTURE`() throws {
        let change = changed(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20270329T090000",
            "DTSTART;TZID=Europe/London:20270330T110000", "DURATION:PT30M")
        let found = try CalendarReader().read(Array(calendar(series, others: change).utf8)).expanded()
        #expect(
            found == [
                "2027-03-22T09:00:00Z 2027-03-22T10:00:00Z 2027-03-22T09:00:00Z",
                "2027-03-30T10:00:00Z 2027-03-30T10:30:00Z 2027-03-29T08:00:00Z",
                "2027-04-06T10:00:00Z 2027-04-06T10:30:00Z 2027-04-05T08:00:00Z",
                "2027-04-13T10:00:00Z 2027-04-13T10:30:00Z 2027-04-12T08:00:00Z",
            ])
    }

    @Test func `move instances into the window and out of it`() throws {
        let change = changed("RECURRENCE-ID:20270329T080000Z", "DTSTART:20260101T090000Z", "DURATION:PT1H")
        let result = try CalendarReader().read(Array(calendar(series, others: change).utf8))
        #expect(try result.expanded().count == 3)
        #expect(
            try result.expanded(from: "2026-01-01", to: "2026-01-02") == [
                "2026-01-01T09:00:00Z 2026-01-01T10:00:00Z 2027-03-29T08:00:00Z"
            ])
    }

    @Test func `keep an instance without its series, and not one that EXDATE takes out`() throws {
        let orphan = changed("RECURRENCE-ID:20270330T080000Z", "DTSTART:20270330T120000Z", "DURATION:PT1H")
        #expect(try starts(calendar(series, others: orphan)).contains("03-30T12:00Z"))
        let excluded = changed("RECURRENCE-ID:20270329T080000Z", "DTSTART:20270330T120000Z", "DURATION:PT1H")
        let text = calendar(series, "EXDATE:20270329T080000Z", others: excluded)
        #expect(try starts(text) == ["03-22T09:00Z", "04-05T08:00Z", "04-12T08:00Z"])
    }

    @Test func `list a cancelled instance, which keeps nobody busy`() throws {
        let cancelled = changed(
            "RECURRENCE-ID:20270329T080000Z", "DTSTART:20270329T080000Z", "DURATION:PT1H", "STATUS:CANCELLED")
        let result = try CalendarReader().read(Array(calendar(series, others: cancelled).utf8))
        #expect(try result.expanded().count == 4)
        let window = try #require(Instant(iso: "2027-01-01"))..<(#require(Instant(iso: "2028-01-01")))
        let expansion = CalendarExpander(window: window, floatingZone: .utc).expand(
            try #require(result.calendars.first))
        #expect(BusyTime.merged(expansion.busyTimes, in: window).count == 3)
    }

    @Test func `mean their own VTIMEZONE, whatever it is called`() throws {
        let text = calendar(
            "DTSTART;TZID=Europe/London:20270701T090000", properties: timeZone("Europe/London", "+0500"))
        #expect(try starts(text) == ["07-01T04:00Z"])
    }

    @Test func `mean the zone of that name where their own ends before the event`() throws {
        func change(_ kind: String, _ start: String, _ before: String, _ after: String) -> String {
            "BEGIN:\(kind)\nDTSTART:\(start)\nTZOFFSETFROM:\(before)\nTZOFFSETTO:\(after)\nEND:\(kind)\n"
        }
        let changes =
            change("DAYLIGHT", "20200329T010000", "+0000", "+0100")
            + change("STANDARD", "20201025T020000", "+0100", "+0000")
        let zone = "BEGIN:VTIMEZONE\nTZID:Europe/London\n\(changes)END:VTIMEZONE\n"
        let text = calendar("DTSTART;TZID=Europe/London:20270701T090000", properties: zone)
        #expect(try starts(text) == ["07-01T08:00Z"])
    }

    @Test func `mean the zone of that name where their own cannot be read`() throws {
        let text = calendar("DTSTART;TZID=Europe/London:20270701T090000", properties: timeZone("Europe/London", "soon"))
        #expect(try starts(text) == ["07-01T08:00Z"])
        let result = try CalendarReader().read(Array(text.utf8))
        let remarks = CalendarCheck.diagnostics(result, zone: .utc).map(\.description)
        #expect(remarks.contains { $0.contains("cannot be read as it is; it is read as Europe/London") })
    }

    @Test func `tell an offset from a longer one that begins with it`() throws {
        let other = changed("DTSTART;TZID=UTC+05:30:20270702T090000").replacing("UID:1", with: "UID:2")
        let text = calendar("DTSTART;TZID=UTC+05:20270701T090000", others: other)
        #expect(try starts(text) == ["07-01T04:00Z", "07-02T03:30Z"])
    }

    @Test func `float in X-WR-TIMEZONE, whole days in the zone of the reader`() throws {
        let head = "X-WR-TIMEZONE:America/New_York\n"
        #expect(try starts(calendar("DTSTART:20270701T090000", properties: head)) == ["07-01T13:00Z"])
        #expect(try starts(calendar("DTSTART;VALUE=DATE:20270701", properties: head)) == ["06-30T23:00Z"])
    }

    @Test func `hold the events inside components that nobody knows`() throws {
        let text =
            "BEGIN:X-FOLDER\nBEGIN:X-FOLDER\n"
            + calendar("DTSTART:20270701T090000Z").split(separator: "\n")[1...4]
            .joined(separator: "\n") + "\nEND:X-FOLDER\nEND:X-FOLDER\n"
        #expect(try starts(text) == ["07-01T09:00Z"])
    }

    @Test func `claim a whole day that ends where it begins`() throws {
        let text = calendar("DTSTART;VALUE=DATE:20270701", "DTEND;VALUE=DATE:20270701")
        let window = try #require(Instant(iso: "2027-07-01T12:00:00Z"))..<(#require(Instant(iso: "2027-07-03")))
        let read = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        let expansion = CalendarExpander(window: window, floatingZone: .utc).expand(read)
        #expect(BusyTime.merged(expansion.busyTimes, in: window).map { $0.upperBound - $0.lowerBound } == [43_200])
    }

    @Test func `keep two events of one UID where neither is newer, else the newer`() throws {
        func twice(_ first: String, _ second: String) -> String {
            calendar("DTSTART:20270701T090000Z", first, others: changed("DTSTART:20270702T090000Z", second))
        }
        #expect(try starts(twice("SEQUENCE:1", "SEQUENCE:1")).count == 2)
        #expect(try starts(twice("SEQUENCE:2", "SEQUENCE:1")) == ["07-01T09:00Z"])
        #expect(try starts(twice("DTSTAMP:20270101T000000Z", "DTSTAMP:20270102T000000Z")) == ["07-02T09:00Z"])
    }

    @Test func `keep all of many events that have one UID`() throws {
        let others = (2...5).map { changed("DTSTART:2027070\($0)T090000Z", "SEQUENCE:\($0 % 3)") }.joined()
        let text = calendar("DTSTART:20270701T090000Z", others: others)
        #expect(try starts(text) == (1...5).map { "07-0\($0)T09:00Z" })
        let same = changed("DTSTART:20270701T090000Z", "SEQUENCE:1") + changed("DTSTART:20270701T090000Z", "SEQUENCE:2")
        #expect(try starts(calendar("DTSTART:20270701T090000Z", others: same)) == ["07-01T09:00Z"])
    }

    @Test func `hold in a part of a window what the whole window holds there`() throws {
        var random = SeededGenerator(seed: 19)
        let rules = [
            "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,SA;COUNT=90", "FREQ=MONTHLY;BYDAY=-1FR",
            "FREQ=HOURLY;INTERVAL=37",
            "FREQ=YEARLY;BYYEARDAY=1,100,-1", "FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=-1;UNTIL=20270901T000000Z",
        ]
        for round in 0..<120 {
            let start = CivilDate(dayNumber: Int.random(in: 20_400..<21_000, using: &random))
            let day = CalendarTime.date(start + 30).description
            let change = changed(
                "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:\(day)T093000",
                "DTSTART;TZID=Europe/London:\(CalendarTime.date(start + Int.random(in: 0..<90, using: &random)))T110000",
                "DURATION:P\(Int.random(in: 0...4, using: &random))DT2H")
            let text = calendar(
                "DTSTART;TZID=Europe/London:\(CalendarTime.date(start))T093000",
                "DURATION:P\(Int.random(in: 0...9, using: &random))DT1H", "RRULE:\(rules[round % rules.count])",
                "EXDATE;VALUE=DATE:\(CalendarTime.date(start + 14))", others: round.isMultiple(of: 2) ? change : "")
            let calendar = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
            func expand(_ window: Range<Instant>) -> [Occurrence] {
                Array(CalendarExpander(window: window, floatingZone: .utc).expand(calendar).occurrences)
            }
            let whole = Instant(seconds: 20_400 * 86_400)..<Instant(seconds: 21_400 * 86_400)
            let from = whole.lowerBound + Int.random(in: 0..<900 * 86_400, using: &random)
            let part = from..<from + Int.random(in: 1..<100 * 86_400, using: &random)
            #expect(expand(part) == expand(whole).filter { $0.overlaps(part) }, "\(text)")
        }
    }
}
