import CivilTime
import Foundation
import ICalendar
import Testing

/// The examples of the articles: they run here, and the last test holds the articles to them.
@Suite struct `The articles` {
    @Test func `on reading are right about the model`() throws {
        let bytes = Array(
            calendar(
                "DTSTART:20270101T090000Z", "SUMMARY:Governors\\, full board", "CATEGORIES:school,north\\, south",
                "ATTENDEE;CN=\"Marsh; Ann\":mailto:ann@school.example"
            ).utf8)
        let result = try CalendarReader().read(bytes)
        let event = try #require(result.calendars.first?.components.first)
        #expect(event.text("SUMMARY") == "Governors, full board")
        #expect(event.first("ATTENDEE")?.parameter("CN") == "Marsh; Ann")
        #expect(event.first("CATEGORIES")?.values == [.text("school"), .text("north, south")])
    }

    @Test func `on reading are right about what is broken`() throws {
        let broken = try CalendarReader().read(Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VCALENDAR\n".utf8))
        #expect(broken.diagnostics.map(\.description) == ["line 2: VEVENT has no END"])
    }

    @Test func `on writing are right`() throws {
        let calendar = Component(
            "VCALENDAR",
            properties: [
                Property("PRODID", text: "-//example//EN"), Property("VERSION", value: "2.0"),
                Property("X-NOTE", [Parameter("CN", "Ann \"the head\"")], text: "one, two;\nthree"),
            ])
        let text = CalendarWriter.write(calendar)
        #expect(text.contains("X-NOTE;CN=Ann ^'the head^':one\\, two\\;\\nthree\r\n"))
        #expect(try CalendarReader().read(Array(text.utf8)).calendars == [calendar])
    }

    @Test func `on recurrence are right about rules`() throws {
        let rule = try RecurrenceRule("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")
        let start = try #require(CalendarTime("20270129T160000")).local
        let times = rule.expand(from: start, until: nil, window: start..<start + 365 * 86_400).times
        #expect(times.map(\.description) == ["2027-01-29T16:00:00", "2027-02-26T16:00:00", "2027-03-26T16:00:00"])
    }

    @Test func `on recurrence are right about series`() throws {
        let text = calendar("DTSTART;TZID=Europe/London:20270322T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")
        let series = try #require(try CalendarReader().read(Array(text.utf8)).calendars.first)
        let window = try #require(Instant(iso: "2027-01-01"))..<(#require(Instant(iso: "2028-01-01")))
        let london = try #require(TimeZoneDatabase.system["Europe/London"])
        let occurrences = CalendarExpander(window: window, floatingZone: london).expand(series).occurrences
        #expect(occurrences.map(\.start.description) == ["2027-03-22T09:00:00Z", "2027-03-29T08:00:00Z"])
        #expect(occurrences.map(\.recurrenceID) == occurrences.map(\.start))
    }

    @Test func `on time zones are right`() throws {
        let zones = ZoneResolver(calendar: Component("VCALENDAR"))
        #expect(zones.zone("GMT Standard Time")?.name == "Europe/London")
        #expect(zones.zone("/mozilla.org/20070129_1/Europe/Paris")?.name == "Europe/Paris")
        #expect(zones.zone("Mars/Olympus")?.name == nil)
        let newYork = try #require(TimeZoneDatabase.system["America/New_York"])
        let skipped = try #require(CalendarTime("20270314T023000")).local
        #expect(newYork.instant(skipped).description == "2027-03-14T07:30:00Z")
        let twice = try #require(CalendarTime("20271107T013000")).local
        #expect(newYork.instant(twice).description == "2027-11-07T05:30:00Z")
    }

    @Test func `on scheduling are right`() throws {
        let london = try #require(TimeZoneDatabase.system["Europe/London"])
        let start = try #require(Instant(iso: "2027-01-11T14:00:00Z"))
        let message = SchedulingMessage(
            method: .request, uid: "1@example", sequence: 2, stamp: start, created: start, start: start,
            end: start + 3600,
            zone: london, summary: "Pre-review meeting", description: "To agree the question",
            organizer: (name: "Reviews", address: "reviews@example.org"),
            attendees: [.init(name: "Ann", address: "ann@example.org", role: .required)])
        let object = message.calendar(productIdentifier: "-//example//EN")
        let invitation = try #require(object.components.first { $0.name == "VEVENT" })
        #expect(object.text("METHOD") == "REQUEST")
        #expect(invitation.first("DTSTART")?.parameter("TZID") == "Europe/London")
        #expect(invitation.first("ATTENDEE")?.parameter("RSVP") == "TRUE")

        let counter = Component(
            "VCALENDAR",
            properties: [Property("METHOD", value: "COUNTER")],
            components: [
                Component(
                    "VEVENT",
                    properties: [
                        Property("UID", value: "1@example"), Property("SEQUENCE", value: "2"),
                        Property("DTSTART", [Parameter("TZID", "GMT Standard Time")], value: "20270111T100000"),
                        Property("DURATION", value: "PT1H"),
                        Property("ATTENDEE", [Parameter("PARTSTAT", "TENTATIVE")], value: "MAILTO:Ann@example.org"),
                    ])
            ])
        let answer = try #require(SchedulingReply.read(counter).replies.first)
        #expect(answer.attendances.map(\.address) == ["ann@example.org"])
        #expect(answer.proposal?.lowerBound.description == "2027-01-11T10:00:00Z")
        var refusal = message
        refusal.method = .declineCounter
        #expect(refusal.event.properties.map(\.name) == ["UID", "DTSTAMP", "SEQUENCE", "ORGANIZER", "COMMENT"])
    }

    @Test(arguments: ["Reading", "Writing", "Recurrence", "TimeZones", "Scheduling"])
    func `show what is run here`(article: String) throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "../../Sources/ICalendar/Documentation.docc")
        let text = try String(contentsOf: folder.appending(path: "\(article).md"), encoding: .utf8)
        let examples = text.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(!examples.isEmpty)
        for example in examples { #expect(squeezed(source).contains(squeezed(example)), "\(example)") }
    }

    /// The text with all white space alike, since the test is indented and wrapped in its own way.
    private func squeezed(_ text: String) -> String { text.filter { !$0.isWhitespace } }
}
