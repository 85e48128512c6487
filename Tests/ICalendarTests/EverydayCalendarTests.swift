import CivilTime
import ICalendar
import Testing

@Suite struct `Calendars as people have them` {
    private func times(_ text: String, owners: Set<String> = []) throws -> (busy: [String], remarks: [String]) {
        let result = try CalendarReader(scope: .times, owners: owners).read(Array(text.utf8))
        let window = try #require(Instant(iso: "2027-07-01"))..<(#require(Instant(iso: "2027-08-01")))
        let expansions = CalendarExpander(window: window, floatingZone: .utc, owners: owners).expand(result.calendars)
        let busy = BusyTime.merged(expansions.flatMap(\.busyTimes), in: window)
        return (
            busy.map {
                "\($0.lowerBound.description.dropFirst(5).dropLast(4))+\(($0.upperBound - $0.lowerBound) / 60)"
            },
            expansions.flatMap(\.diagnostics).map(\.description)
        )
    }

    @Test(arguments: [
        (["DTSTART:20270705T090000Z", "DURATION:P45M"], "07-05T09:00+45"),
        (["DTSTART:20270705T090000Z", "DURATION:PT1D"], "07-05T09:00+1440"),
        (["DTSTART:20270705T090000Z", "DURATION:PT1.5H"], "07-05T09:00+90"),
        (["DTSTART:20270705T090000Z", "DURATION:PT3600"], "07-05T09:00+60"),
        (["DTSTART:20270705T090000Z", "DURATION:P0Y0M0DT1H0M0S"], "07-05T09:00+60"),
        (["DTSTART:2027-07-05T09:00:00", "DURATION:PT1H"], "07-05T09:00+60"),
        (["DTSTART:20270705T0900", "DURATION:PT1H"], "07-05T09:00+60"),
        (["DTSTART:20270705T090000.000Z", "DURATION:PT1H"], "07-05T09:00+60"),
        (["DTSTART:2027-07-05T09:00:00+01:00", "DURATION:PT1H"], "07-05T08:00+60"),
        (["DTSTART:20270705T"], "07-05T00:00+1440"),
        (["DTSTART:20270705T240000", "DURATION:PT1H"], "07-06T00:00+60"),
        (["DTSTART:20270705T090000Z", "DTEND:20270705T2400Z"], "07-05T09:00+900"),
    ])
    func `mean what they say in other words than the RFC's, and are remarked upon`(lines: [String], busy: String) throws
    {
        let text = calendar(lines[0], lines.count > 1 ? lines[1] : "SEQUENCE:0")
        let found = try times(text)
        #expect(found.busy == [busy])
        #expect(
            found.remarks.contains { $0.contains("is not written as RFC 5545 has it; read as") }, "\(found.remarks)")
    }

    @Test(arguments: [
        ("GMT+05:30", "07-05T03:30"), ("tzone://Microsoft/Utc", "07-05T09:00"), ("\"(GMT +01:00)\"", "07-05T08:00"),
        ("\"(UTC+10:00) Brisbane\"", "07-04T23:00"), ("\"(UTC) Koordinierte Weltzeit\"", "07-05T09:00"),
        ("UTC+1", "07-05T08:00"), ("W. Europe Standard Time 1", "07-05T07:00"), ("UTC-05:00", "07-05T14:00"),
        ("\"(UTC-03:30) Newfoundland\"", "07-05T12:30"), ("Etc/GMT-3", "07-05T06:00"), ("GMT", "07-05T09:00"),
        ("Romance Standard Time 12", "07-05T07:00"),
    ])
    func `are in the zone that a name states, however it is written`(id: String, start: String) throws {
        let found = try times(calendar("DTSTART;TZID=\(id):20270705T090000", "DURATION:PT1H"))
        #expect(found.busy == [start + "+60"] && found.remarks.isEmpty, "\(found)")
    }

    @Test(arguments: [
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:Me@x.example", "", ""),
        ("ATTENDEE;EMAIL=me@x.example;PARTSTAT=declined:urn:uuid:1", "", ""),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:other@x.example", "", "busy"),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:notme@x.example", "", "busy"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@x.example", "", "busy"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@x.example\nATTENDEE;PARTSTAT=DECLINED:mailto:me@x.example", "", "busy"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@x.example", "BUSY", "busy"),
        ("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:me@x.example", "BUSY", "tentative"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@x.example", "TENTATIVE", "tentative"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:other@x.example", "BUSY", "tentative"),
    ])
    func `keep their owner busy as the owner's own answer says`(attendees: String, intended: String, claim: String)
        throws
    {
        let outlook =
            intended.isEmpty ? "" : "\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\nX-MICROSOFT-CDO-INTENDEDSTATUS:\(intended)"
        let text = calendar("DTSTART:20270705T090000Z", "DURATION:PT1H", attendees + outlook)
        let result = try CalendarReader(scope: .times, owners: ["me@x.example"]).read(Array(text.utf8))
        let window = try #require(Instant(iso: "2027-07-01"))..<(#require(Instant(iso: "2027-08-01")))
        let expansion = CalendarExpander(window: window, floatingZone: .utc, owners: ["Me@x.example"]).expand(
            result.calendars)
        #expect(expansion[0].occurrences.map { $0.claim == .free ? "" : "\($0.claim)" } == [claim])
    }

    @Test func `claim the time that people are on the way, at the edges of the window too`() throws {
        let text = calendar(
            "DTSTART:20270705T090000Z", "DURATION:PT1H", "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT45M",
            "RRULE:FREQ=DAILY;COUNT=2")
        #expect(try times(text).busy == ["07-05T08:15+105", "07-06T08:15+105"])
        let late = calendar("DTSTART:20270801T001500Z", "DURATION:PT1H", "X-APPLE-TRAVEL-DURATION:PT45M")
        #expect(try times(late).busy == ["07-31T23:30+30"])
        #expect(try times(late.replacing("PT45M", with: "soon")).busy == [])
    }

    @Test func `of which each stands in a calendar of its own change their series there`() throws {
        let zone = timeZone("Own", "+0200")
        let series = calendar(
            "DTSTART;TZID=Own:20270705T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", properties: zone)
        let change = calendar(
            "RECURRENCE-ID;TZID=Own:20270706T090000", "DTSTART;TZID=Own:20270706T130000", "DURATION:PT1H",
            properties: zone)
        let other = calendar("DTSTART:20270710T090000Z", "DURATION:PT1H").replacing("UID:1", with: "UID:2")
        for text in [series + other + change, change + series + other] {
            #expect(
                try times(text).busy == ["07-05T07:00+60", "07-06T11:00+60", "07-07T07:00+60", "07-10T09:00+60"])
        }
        #expect(try times(change + other).busy == ["07-06T11:00+60", "07-10T09:00+60"])
    }

    @Test func `are read in UTF-16 without a mark`() throws {
        let text = calendar("DTSTART:20270705T090000Z", "SUMMARY:Jürgen")
        let units = Array(text.utf16)
        for bytes in [
            units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
        ] {
            let result = try CalendarReader().read(bytes)
            #expect(result.calendars.first?.components.first?.first("SUMMARY")?.text == "Jürgen")
        }
    }
}
