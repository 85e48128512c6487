import CivilTime
import Foundation
import ICalendar
import MusterTestSupport
import Testing

@Suite struct `Reading replies` {
    private func read(_ lines: String, method: String = "METHOD:REPLY\n", declared: String? = nil) throws
        -> SchedulingReply.Reading
    {
        let text = "BEGIN:VCALENDAR\n\(method)BEGIN:VEVENT\n\(lines)\nEND:VEVENT\nEND:VCALENDAR\n"
        let calendar = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        return SchedulingReply.read(calendar, declared: declared)
    }

    private static let exchange = """
        ATTENDEE;PARTSTAT=ACCEPTED;CN=Ann Marsh:mailto:A.Marsh@School.example
        COMMENT;LANGUAGE=en-GB:I may be five minutes late\\, sorry\\n
        UID:1@partnership.example
        SUMMARY;LANGUAGE=en-GB:Accepted: Pre-review
        DTSTART;TZID=GMT Standard Time:20270113T140000
        DTEND;TZID=GMT Standard Time:20270113T150000
        DTSTAMP:20270108T090000Z
        STATUS:CONFIRMED
        SEQUENCE:3
        X-MICROSOFT-CDO-APPT-SEQUENCE:3
        """

    @Test func `takes from a reply who comes, and nothing else`() throws {
        let reading = try read(Self.exchange)
        let reply = try #require(reading.replies.first)
        #expect(reading.replies.count == 1)
        #expect(reading.diagnostics.isEmpty)
        #expect(reply.method == .reply)
        #expect(reply.uid == "1@partnership.example")
        #expect(reply.sequence == 3)
        #expect(reply.stamp == Instant(iso: "2027-01-08T09:00:00Z"))
        #expect(reply.attendances.map(\.address) == ["a.marsh@school.example"])
        #expect(reply.attendances.map(\.name) == ["Ann Marsh"])
        #expect(reply.attendances.map(\.participationStatus) == ["ACCEPTED"])
        #expect(reply.comment == "I may be five minutes late, sorry")
        #expect(reply.proposal == nil)
    }

    @Test(arguments: [
        ("ATTENDEE:mailto:ann@school.example", "NEEDS-ACTION"),
        ("ATTENDEE;PARTSTAT=declined:MAILTO:ANN@SCHOOL.EXAMPLE", "DECLINED"),
        ("attendee;rsvp=TRUE;partstat=Tentative;cn=\"Marsh: Ann\":MailTo:<ann@school.example>", "TENTATIVE"),
        ("ATTENDEE;PARTSTAT=X-MAYBE:\"mailto:ann@school.example\"", "X-MAYBE"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann%40school.example?subject=x", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:ann@school.example", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=ann@school.example:/o=Exchange/cn=ann", "ACCEPTED"),
    ])
    func `knows people however their addresses are wrapped`(line: String, status: String) throws {
        let reply = try #require(try read("UID:1\n\(line)").replies.first)
        #expect(reply.attendances.map(\.address) == ["ann@school.example"])
        #expect(reply.attendances.map(\.participationStatus) == [status])
        #expect(reply.sequence == 0)
        #expect(reply.stamp == nil)
    }

    @Test func `keeps who comes instead of whom`() throws {
        let reply = try #require(
            try read(
                """
                UID:1
                ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bob@school.example":mailto:ann@school.example
                ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="MAILTO:Ann@school.example":mailto:bob@school.example
                ATTENDEE;PARTSTAT=ACCEPTED:urn:uuid:4
                """
            ).replies.first)
        #expect(reply.attendances.map(\.address) == ["ann@school.example", "bob@school.example"])
        #expect(reply.attendances.map(\.delegatedTo) == [["bob@school.example"], []])
        #expect(reply.attendances.map(\.delegatedFrom) == [[], ["ann@school.example"]])
    }

    @Test(arguments: [
        (
            "DTSTART;TZID=GMT Standard Time:20270714T140000\nDTEND;TZID=GMT Standard Time:20270714T150000",
            "2027-07-14T13:00:00Z", "2027-07-14T14:00:00Z"
        ),
        ("DTSTART:20270113T140000Z\nDURATION:PT90M", "2027-01-13T14:00:00Z", "2027-01-13T15:30:00Z"),
        (
            "DTSTART;TZID=W. Europe Standard Time:20270113T150000\nDTEND:20270113T150000Z\nX-MS-OLK-ORIGINALSTART:20270112T140000Z",
            "2027-01-13T14:00:00Z", "2027-01-13T15:00:00Z"
        ),
    ])
    func `reads the time that a COUNTER proposes`(lines: String, start: String, end: String) throws {
        let reading = try read(
            "UID:1\nSEQUENCE:1\n\(lines)\nATTENDEE;PARTSTAT=TENTATIVE:mailto:ann@school.example",
            method: "METHOD:COUNTER\n")
        #expect(reading.diagnostics.isEmpty)
        #expect(reading.replies.map(\.method) == [.counter])
        let proposal = try #require(reading.replies.first?.proposal)
        #expect(proposal.lowerBound.description == start)
        #expect(proposal.upperBound.description == end)
    }

    @Test(
        arguments: [
            ("METHOD:REPLY\n", nil, .reply, nil), ("method:reply\n", "REPLY", .reply, nil),
            ("", "reply", .reply, nil),
            ("METHOD:COUNTER\n", "REPLY", .counter, "METHOD is COUNTER, but the mail says REPLY"),
            ("METHOD:REFRESH\n", nil, .refresh, nil), ("METHOD:REQUEST\n", nil, nil, "REQUEST is no reply"),
            ("METHOD:CANCEL\n", "CANCEL", nil, "CANCEL is no reply"),
            ("", nil, nil, "nothing says what the calendar is for"),
        ] as [(String, String?, SchedulingReply.Method?, String?)])
    func `believes the calendar before the mail about what it is`(
        method: String, declared: String?, expected: SchedulingReply.Method?, remark: String?
    ) throws {
        let reading = try read(
            "UID:1\nDTSTART:20270113T140000Z\nDURATION:PT1H\nATTENDEE:mailto:ann@school.example", method: method,
            declared: declared)
        #expect(reading.replies.first?.method == expected)
        #expect(reading.diagnostics.count == (remark == nil ? 0 : 1))
        if let remark { #expect(reading.diagnostics.first?.message.contains(remark) == true) }
    }

    @Test(arguments: [
        ("SUMMARY:x", "METHOD:REPLY\n", "has no UID"),
        ("UID:1\nDTSTART:tomorrow", "METHOD:COUNTER\n", "proposes no time"),
        ("UID:1\nDTSTART:20270113T140000Z\nDTEND:20270113T140000Z", "METHOD:COUNTER\n", "proposes no time"),
    ])
    func `says what it cannot make out`(lines: String, method: String, remark: String) throws {
        #expect(try read(lines, method: method).diagnostics.contains { $0.message.contains(remark) })
    }

    @Test func `believes the answer to the later revision, and then the later one`() throws {
        let answers = try [
            "SEQUENCE:1", "SEQUENCE:2\nDTSTAMP:20270108T090000Z", "SEQUENCE:2\nDTSTAMP:20270108T100000Z",
            "SEQUENCE:3\nDTSTAMP:20270101T000000Z",
        ].map { try #require(try read("UID:1\n\($0)\nATTENDEE:mailto:ann@school.example").replies.first) }
        for (index, earlier) in answers.enumerated() {
            #expect(!earlier.supersedes(earlier))
            for later in answers[(index + 1)...] {
                #expect(later.supersedes(earlier))
                #expect(!earlier.supersedes(later))
            }
        }
    }

    /// What others read of a `DECLINECOUNTER`.
    private static let reader = """
        import sys, json, icalendar, vobject
        data = sys.stdin.buffer.read()
        event = icalendar.Calendar.from_ical(data).walk('VEVENT')[0]
        assert not event.errors
        other = vobject.readOne(data.decode())
        assert other.method.value == 'DECLINECOUNTER'
        print(json.dumps([str(event['UID']), int(event['SEQUENCE']), str(event['ORGANIZER']), str(event['COMMENT']), other.vevent.uid.value, other.vevent.organizer.value]))
        """

    @Test func `a refusal of another time says which event stays, and no more`() throws {
        let start = try #require(Instant(iso: "2027-01-13T14:00:00Z"))
        let message = SchedulingMessage(
            method: .declineCounter, uid: "1@partnership.example", sequence: 3, stamp: start, created: start,
            start: start, end: start + 3600, zone: try #require(TimeZoneDatabase.system["Europe/London"]),
            summary: "Pre-review", description: "Siân cannot come then; it stays on Wednesday",
            organizer: (name: "Reviews", address: "reviews@partnership.example"),
            attendees: [.init(name: "Ann", address: "ann@school.example", role: .required)])
        let text = CalendarWriter.write(message.calendar(productIdentifier: "-//example//EN"))
        #expect(["DTSTART", "ATTENDEE", "VTIMEZONE", "VALARM"].allSatisfy { !text.contains($0) })
        let seen = try JSONSerialization.jsonObject(
            with: Data(Subprocess.python(Self.reader, input: Data(text.utf8)).utf8))
        let organizer = "mailto:reviews@partnership.example"
        #expect(
            seen as? [AnyHashable] == [
                message.uid, 3, organizer, message.description, message.uid, organizer,
            ] as [AnyHashable])
    }
}
