import CalDAV
import CivilTime
import Foundation
import MusterCalendars
import MusterConfiguration
import MusterModel
import Testing

@Suite struct `A calendar's copy` {
    private let source = CalendarSource(location: "https://calendar.example/private-1234/basic.ics?token=secret")
    private let now = Instant(seconds: 1_795_000_000)
    private var window: Range<Instant> { now..<now + 400 * 86_400 }

    private func reading(own: Set<String> = []) throws -> CopyUpdater {
        CopyUpdater(
            window: window, zone: try #require(TimeZoneDatabase.system["Europe/London"]),
            schedule: PollSchedule(interval: 14_400)
        ) { own.contains($0) }
    }

    private func document(_ count: Int, extra: String = "") -> FetchResult {
        let events = (0..<count).map { index in
            "BEGIN:VEVENT\nUID:\(index)\nDTSTART:202701\(11 + index % 15)T090000Z\nDURATION:PT1H\nSUMMARY:Secret\nEND:VEVENT\n"
        }
        return .document(
            Array("BEGIN:VCALENDAR\n\(events.joined())\(extra)END:VCALENDAR\n".utf8), entityTag: "\"1\"",
            lastModified: nil)
    }

    @Test func `is fresh after a good answer, and holds no title`() throws {
        let copy = try reading().copy(of: source, after: document(10), previous: nil, at: now)
        #expect(copy.freshness == .fresh && copy.eventCount == 10 && copy.busy.count == 10)
        #expect(!"\(copy)".contains("Secret"))
    }

    @Test(arguments: [
        FetchResult.failed("answered with status 403"),
        .document(Array("<html>Sign in</html>".utf8), entityTag: nil, lastModified: nil),
        .document([], entityTag: nil, lastModified: nil),
        .document(Array("BEGIN:VCALENDAR\nEND:VCALENDAR\n".utf8), entityTag: nil, lastModified: nil),
        .document(
            Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20270111T090000Z\nEND:VEVENT\nEND:VCALENDAR\n".utf8),
            entityTag: nil, lastModified: nil),
    ])
    func `stays the last good one when the calendar fails, is none, or lost most of its events`(answer: FetchResult)
        throws
    {
        let good = try reading().copy(of: source, after: document(10), previous: nil, at: now)
        let copy = try reading().copy(of: source, after: answer, previous: good, at: now + 86_400)
        #expect(copy.freshness == .stale && copy.busy == good.busy && copy.succeeded == now && copy.failure != nil)
        let recovered = try reading().copy(of: source, after: document(9), previous: copy, at: now + 2 * 86_400)
        #expect(recovered.freshness == .fresh && recovered.eventCount == 9)
    }

    @Test func `is unknown, not free, when no attempt ever succeeded`() throws {
        let copy = try reading().copy(of: source, after: .failed("answered with status 500"), previous: nil, at: now)
        #expect(copy.freshness == .unknown)
    }

    @Test func `is believed when it did not change since`() throws {
        let good = try reading().copy(of: source, after: document(10), previous: nil, at: now)
        let copy = try reading().copy(of: source, after: .unchanged, previous: good, at: now + 3600)
        #expect(copy.freshness == .fresh && copy.succeeded == now + 3600 && copy.busy == good.busy)
    }

    @Test func `leaves out our own sessions, free and cancelled events, and keeps tentative ones apart`() throws {
        let extra =
            "BEGIN:VEVENT\nUID:t\nDTSTART:20270201T090000Z\nDURATION:PT1H\nSTATUS:TENTATIVE\nEND:VEVENT\nBEGIN:VEVENT\nUID:f\nDTSTART:20270202T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\nEND:VEVENT\n"
        let copy = try reading(own: ["0"]).copy(of: source, after: document(3, extra: extra), previous: nil, at: now)
        #expect(copy.busy.filter { !$0.isTentative }.count == 2 && copy.busy.filter(\.isTentative).count == 1)
    }

    @Test func `leaves out our own sessions in calendars that give busy times alone`() throws {
        let start = try #require(Instant(iso: "2027-01-20T09:00:00Z"))
        let reading = CopyUpdater(
            window: window, zone: .utc, schedule: PollSchedule(interval: 0), ownTimes: [start..<start + 3600]
        ) { _ in false }
        let text =
            "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:20270120T090000Z/PT1H,20270121T090000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR\n"
        let copy = reading.copy(
            of: source, after: .document(Array(text.utf8), entityTag: nil, lastModified: nil), previous: nil, at: now)
        #expect(copy.busy.map(\.start.description) == ["2027-01-21T09:00:00Z"])
    }

    private func object(_ name: String, _ day: String) -> CalendarObject {
        let text =
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:\(name)\nDTSTART:\(day)T090000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
        return CalendarObject(path: "/\(name).ics", data: Array(text.utf8))
    }

    @Test func `of a server follows what changes there, one resource after the other`() throws {
        let server = CalendarSource(location: "caldavs://cal.example/alice/")
        func copy(_ changes: [String: CollectionChanges], _ previous: CalendarCopy?) throws -> CalendarCopy {
            try reading().copy(of: server, after: .changes(changes), previous: previous, at: now)
        }
        func days(_ copy: CalendarCopy) -> [String] { copy.busy.map { String($0.start.description.prefix(10)) } }

        let first = try copy(
            [
                "a": CollectionChanges(
                    isEverything: true, objects: [object("1", "20270111"), object("2", "20270112")], version: "v1"),
                "b": CollectionChanges(isEverything: true, objects: [object("3", "20270113")]),
            ], nil)
        #expect(days(first) == ["2027-01-11", "2027-01-12", "2027-01-13"] && first.eventCount == 3)
        #expect(first.collections["a"]?.version == "v1" && first.collections["b"]?.version == nil)

        let second = try copy(
            [
                "a": CollectionChanges(
                    isEverything: false, objects: [object("2", "20270120")], removed: ["/1.ics"], version: "v2"),
                "b": CollectionChanges(isEverything: true, objects: [object("3", "20270113")]),
            ], first)
        #expect(days(second) == ["2027-01-13", "2027-01-20"] && second.failure == nil)

        // An event that cannot be read takes nothing from the others, nor what was known of it.
        let broken = CalendarObject(path: "/2.ics", data: Array("<html>".utf8))
        let third = try copy(
            [
                "a": CollectionChanges(isEverything: false, objects: [broken], version: "v3"),
                "b": CollectionChanges(isEverything: true, objects: [object("3", "20270113")]),
            ], second)
        #expect(days(third) == days(second) && third.remarks.first?.hasPrefix("2.ics is ") == true)
        #expect(third.freshness == .fresh)
    }

    @Test func `of a server may become empty where the server says so, not where it says nothing`() throws {
        let server = CalendarSource(location: "caldavs://cal.example/alice/")
        func copy(_ changes: CollectionChanges, _ previous: CalendarCopy?) throws -> CalendarCopy {
            try reading().copy(of: server, after: .changes(["a": changes]), previous: previous, at: now)
        }
        let full = try copy(CollectionChanges(isEverything: true, objects: [object("1", "20270111")]), nil)
        let silent = try copy(CollectionChanges(isEverything: true), full)
        #expect(silent.freshness == .stale && silent.busy == full.busy)
        let told = try copy(CollectionChanges(isEverything: false, removed: ["/1.ics"]), full)
        #expect(told.freshness == .fresh && told.busy.isEmpty)
    }

    @Test func `is named without what is secret in its address`() {
        #expect(source.label == "calendar.example/…4b1")
        #expect(!source.label.contains("1234") && !source.label.contains("secret"))
    }
}
