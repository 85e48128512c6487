import Foundation
import MusterTestSupport
import Testing

@Suite struct `muster calendar` {
    private let text = """
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//school//EN
        BEGIN:VEVENT
        UID:a"b
        DTSTAMP:20270101T000000Z
        DTSTART:20270701T090000
        DURATION:PT1H
        RRULE:FREQ=DAILY;COUNT=2
        END:VEVENT
        BEGIN:VEVENT
        UID:plain
        DTSTAMP:20270101T000000Z
        DTSTART:20270701T083000Z
        DTEND:20270701T110000Z
        STATUS:TENTATIVE
        END:VEVENT
        BEGIN:VEVENT
        UID:free
        DTSTAMP:20270101T000000Z
        DTSTART;VALUE=DATE:20270702
        TRANSP:TRANSPARENT
        END:VEVENT
        BEGIN:VFREEBUSY
        UID:busy
        DTSTAMP:20270101T000000Z
        FREEBUSY;FBTYPE=FREE:20270705T090000Z/PT1H
        FREEBUSY:20270701T110000Z/PT30M
        END:VFREEBUSY
        END:VCALENDAR
        """

    private func run(_ arguments: String..., input: String, zone: String = "Europe/London") throws -> Subprocess.Result
    {
        try Subprocess.run(
            DaemonProcess.program, ["calendar"] + arguments, input: Data(input.utf8), environment: ["TZ": zone])
    }

    @Test func `expand prints a JSON object for each instance, by start, in the zone of TZ`() throws {
        let result = try run(
            "expand", "-", "--from", "2027-07-01", "--to", "2027-07-02T12:00:00Z", "--json", input: text)
        #expect(
            result.output == """
                {"uid":"a\\"b","start":"2027-07-01T08:00:00Z","end":"2027-07-01T09:00:00Z","recurrenceID":"2027-07-01T08:00:00Z"}
                {"uid":"plain","start":"2027-07-01T08:30:00Z","end":"2027-07-01T11:00:00Z","recurrenceID":null}
                {"uid":"free","start":"2027-07-01T23:00:00Z","end":"2027-07-02T23:00:00Z","recurrenceID":null}
                {"uid":"a\\"b","start":"2027-07-02T08:00:00Z","end":"2027-07-02T09:00:00Z","recurrenceID":"2027-07-02T08:00:00Z"}

                """)
        #expect(result.status == 0 && result.errors.isEmpty)
        let utc = try run("expand", "-", "--from", "2027-07-01", "--to", "2027-07-02", input: text, zone: "UTC")
        #expect(utc.output.contains("2027-07-01T09:00:00Z  2027-07-01T10:00:00Z  a\"b"))
    }

    @Test func `freebusy merges what takes time`() throws {
        let result = try run(
            "freebusy", "-", "--from", "2027-07-01T08:15:00Z", "--to", "2027-07-31", "--json", input: text)
        #expect(
            result.output == """
                {"start":"2027-07-01T08:15:00Z","end":"2027-07-01T11:30:00Z"}
                {"start":"2027-07-02T08:00:00Z","end":"2027-07-02T09:00:00Z"}

                """)
    }

    @Test func `check names lines, and fails with --strict only`() throws {
        let broken = text.replacing("COUNT=2", with: "COUNT=two")
        let result = try run("check", "-", input: broken)
        #expect(result.output.contains("standard input:9: the recurrence rule has COUNT=TWO"))
        #expect(result.status == 0)
        #expect(try run("check", "-", "--strict", input: broken).status == 1)
        #expect(try run("check", "-", "--strict", input: text).status == 0)
        #expect(try run("check", "-", "--json", input: broken).output.contains("\"line\" : 9"))
    }

    @Test func `says why there is nothing to read`() throws {
        let page = try run("expand", "-", "--from", "2027-01-01", "--to", "2028-01-01", input: "<html>")
        #expect(page.status == 65 && page.errors.contains("web page"))
        #expect(try run("check", "/nowhere.ics", input: "").status == 66)
        #expect(try run("expand", "-", "--from", "soon", "--to", "2028-01-01", input: text).status == 64)
        #expect(try run("check", "-", input: text, zone: "Mars/Olympus").status == 64)
    }

    @Test func `reads the calendar that a mail brings, and says what an answer means`() throws {
        let object = """
            BEGIN:VCALENDAR
            METHOD:COUNTER
            VERSION:2.0
            PRODID:Microsoft Exchange Server 2010
            BEGIN:VEVENT
            UID:1@partnership.example
            DTSTAMP:20270108T090000Z
            SEQUENCE:3
            DTSTART:20270113T150000Z
            DTEND:20270113T160000Z
            ATTENDEE;PARTSTAT=TENTATIVE:MAILTO:A.Marsh@school.example
            END:VEVENT
            END:VCALENDAR
            """
        let head = "From: Ann <a.marsh@school.example>\nContent-Type: text/calendar; method=COUNTER\n"
        let encoded = Data(object.utf8).base64EncodedString(options: .lineLength76Characters)
        let mail = head + "Content-Transfer-Encoding: base64\n\n" + encoded
        let check = try run("check", "-", input: mail)
        #expect(
            check.output == """
                standard input: a.marsh@school.example answers TENTATIVE to revision 3 of 1@partnership.example, and \
                proposes 2027-01-13T15:00:00Z to 2027-01-13T16:00:00Z
                standard input: 1 event · 0 remarks

                """)
        let expand = try run("expand", "-", "--from", "2027-01-13", "--to", "2027-01-14", input: mail)
        #expect(expand.output == "2027-01-13T15:00:00Z  2027-01-13T16:00:00Z  1@partnership.example\n")
        let plain = try run("check", "-", input: "From: Ann <a.marsh@school.example>\n\nI cannot come on Thursday.")
        #expect(plain.status == 65 && plain.errors.contains("standard input is a mail without a calendar in it"))
        let outlook = try run("check", "-", input: "Subject: x\nContent-Type: application/ms-tnef\n\nx")
        #expect(outlook.status == 65 && outlook.errors.contains("winmail.dat"))
    }

    @Test func `bounds bombs, nests and lines of 100 MB`() throws {
        let bomb = text.replacing("FREQ=DAILY;COUNT=2", with: "FREQ=SECONDLY")
        let result = try run("freebusy", "-", "--from", "2027-07-01", "--to", "2100-01-01", input: bomb)
        #expect(result.status == 0 && result.errors.contains("more often than can be followed"))
        let nest = String(repeating: "BEGIN:X\n", count: 100_000)
        let long = "X:" + String(repeating: "y", count: 100_000_000) + "\n"
        let deep = text.replacing("BEGIN:VFREEBUSY", with: nest + long + "BEGIN:VFREEBUSY")
        let check = try run("check", "-", input: deep)
        #expect(check.status == 0 && check.output.contains("components lie more than 16 deep"))
        #expect(check.output.contains("the line is longer than"))
    }
}
