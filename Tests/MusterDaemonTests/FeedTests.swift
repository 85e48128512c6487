import CivilTime
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterDaemon
@testable import MusterOperations

@Suite struct `A feed` {
    private static let everyone: [FeedOwner] = [
        .person("a.marsh"), .person("s.ellis"), .person("m.khan"), .person("j.patel"), .person("k.o"),
        .school("900001"), .school("900002"), .school("900003"), .school("900004"), .partnership("tamar"),
    ]
    private let files: ProgrammeFiles
    private let clock: Clock
    private let workspace: Workspace

    init() async throws {
        files = try ProgrammeFiles(operator: "feeds: { listen: 127.0.0.1:9618 }")
        let clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
        self.clock = clock
        workspace = try Workspace(config: files.config, state: files.folder.path + "/state", now: { clock.now })
        try await publish()
    }

    private func publish() async throws {
        _ = try await workspace.publish(try await workspace.propose(), note: "", isApproved: true)
    }

    /// The lines of a feed, unfolded.
    private func lines(_ subject: FeedOwner) throws -> [Substring] {
        try workspace.calendarFeed(of: subject).text.replacing("\r\n ", with: "").split(separator: "\r\n")
    }

    private func values(_ name: String, _ subject: FeedOwner) throws -> [String] {
        try lines(subject).filter { $0.hasPrefix(name + ":") }.map { String($0.dropFirst(name.count + 1)) }
    }

    private func tags() throws -> [FeedOwner: String] {
        Dictionary(
            uniqueKeysWithValues: try Self.everyone.map { ($0, try workspace.calendarFeed(of: $0).entityTag) })
    }

    @Test func `says the same until what it shows is changed, and then something else`() async throws {
        let before = try tags()
        clock.later(3600)
        #expect(try tags() == before, "time alone changes nothing")
        _ = try await CancelTarget.run(
            CancelTarget.Request(target: "spring/900001/workshop", reason: ""), in: workspace
        ) { _ in }
        try await publish()
        let after = try tags()
        #expect(
            Self.everyone.filter { before[$0] == after[$0] } == [
                .person("j.patel"), .person("k.o"), .school("900003"),
            ],
            "who does not come to the workshop hears nothing of it")
        #expect(try values("UID", .person("m.khan")).isEmpty, "what is cancelled is not there")
    }

    @Test func `is stamped by the publication that changed a session last`() async throws {
        let published = clock.now
        let before = try tags()
        clock.later(600)
        let session = try #require(try workspace.store.publishedSessions().first { $0.details.stage == "Review" })
        let day = session.details.start.description.prefix(10)
        _ = try await MoveSession.run(
            MoveSession.Request(session: session.details.id.rawValue, time: "\(day)T11:00", reason: ""), in: workspace
        ) { _ in }
        try await publish()
        let stamps = Dictionary(
            uniqueKeysWithValues: try workspace.store.publishedSessions().map { ($0.details.stage, $0.modified) })
        let after = try tags()
        #expect(
            Self.everyone.filter { before[$0] == after[$0] } == [
                .person("m.khan"), .person("j.patel"), .school("900004"),
            ])
        #expect(stamps["Review"] == published + 600 && stamps["Pre-review meeting"] == published)
        #expect(try values("SEQUENCE", .person("a.marsh")).sorted() == ["0", "0", "1"])
        #expect(
            try values("LAST-MODIFIED", .person("a.marsh")).sorted() == [
                "20261124T090000Z", "20261124T090000Z", "20261124T091000Z",
            ])
    }

    @Test func `has the identifiers of the invitations, and nobody's address, answer or alarm`() throws {
        let uids = Set(try workspace.store.publishedSessions().map(\.uid))
        for subject in Self.everyone {
            #expect(Set(try values("UID", subject)).isSubset(of: uids))
            let text = try lines(subject).filter { !$0.hasPrefix("UID:") && !$0.hasPrefix("ORGANIZER;") }
            #expect(!text.contains { $0.contains("@") }, "\(subject)")
            #expect(!text.contains { $0.hasPrefix("ATTENDEE") || $0.hasPrefix("BEGIN:VALARM") })
            #expect(
                try values("REFRESH-INTERVAL;VALUE=DURATION", subject) == ["PT4H"]
                    && values("X-PUBLISHED-TTL", subject) == ["PT4H"] && values("METHOD", subject) == ["PUBLISH"])
        }
        #expect(try values("X-WR-CALNAME", .school("900002")) == ["Tâmar reviews: Ysgol Bryn Ŵyn"])
    }

    @Test func `of a person is what the invitations say`() throws {
        #expect(
            try values("SUMMARY", .person("m.khan")) == ["Improvement Workshop at Oakford Primary"])
        #expect(Set(try values("TRANSP", .person("a.marsh"))) == ["OPAQUE"])
        let text = try lines(.person("a.marsh")).joined(separator: "\n")
        #expect(text.contains("How well does blended learning keep up reading progress?"))
        #expect(text.contains("https://meet.example/abc") && text.contains("(lead reviewer\\, "))
    }

    @Test func `of a school shows who visits, and who is away, without what is another school's business`() throws {
        #expect(try values("SUMMARY", .school("900001")).count == 3)
        let host = try lines(.school("900001")).joined(separator: "\n")
        #expect(host.contains("Mo Khan (Improvement Champion\\, Dock Road Primary)") && host.contains("meet.example"))
        #expect(
            try values("SUMMARY", .school("900004")) == ["Improvement Workshop at Oakford Primary (Mo Khan)"])
        let away = try lines(.school("900004")).joined(separator: "\n")
        #expect(!away.contains("blended learning") && !away.contains("meet.example") && !away.contains("Ann Marsh"))
        #expect(Set(try values("TRANSP", .school("900001")) + values("TRANSP", .school("900004"))) == ["TRANSPARENT"])
    }

    @Test func `of a partnership names schools and times, neither people nor rooms`() throws {
        #expect(try values("SUMMARY", .partnership("tamar")).count == 3)
        let text = try lines(.partnership("tamar")).joined(separator: "\n")
        for word in ["Marsh", "Khan", "Ellis", "meet.example", "blended learning"] { #expect(!text.contains(word)) }
    }

    /// Google drops a whole file for one line that it cannot read.
    @Test func `is read by others without any complaint, full or empty`() throws {
        for subject in Self.everyone + [.person("nobody")] {
            let feed = try workspace.calendarFeed(of: subject)
            let output = try Subprocess.python(
                """
                import sys, icalendar, vobject
                data = sys.stdin.buffer.read()
                calendar = icalendar.Calendar.from_ical(data)
                for part in calendar.walk(): assert not part.errors, (part.name, part.errors)
                other = vobject.readOne(data.decode())
                other.validate(raiseException=True)
                events = calendar.walk('VEVENT')
                others = getattr(other, 'vevent_list', [])
                assert [str(e['UID']) for e in events] == [e.uid.value for e in others]
                assert [e['DTSTART'].dt.astimezone() for e in events] == [e.dtstart.value.astimezone() for e in others]
                assert calendar.subcomponents, 'a calendar without a component is none'
                assert all(len(line) <= 75 for line in data.split(b'\\r\\n')) and data.count(b'\\n') == data.count(b'\\r\\n')
                print(len(events))
                """, input: Data(feed.text.utf8))
            #expect(Int(output.trimmingCharacters(in: .newlines)) == (try values("UID", subject).count), "\(subject)")
        }
    }

    @Test func `is found by its secret, which is kept nowhere, and remembers who read it`() throws {
        let (feed, address) = try workspace.createFeed(of: .person("m.khan"))
        let secret = String(address.split(separator: "/").last?.dropLast(4) ?? "")
        #expect(address == "http://127.0.0.1:9618/feeds/\(secret).ics" && secret.count == 40)
        for name in files.folder.names(in: "state") {
            let data = FileManager.default.contents(atPath: files.folder.path + "/state/" + name)
            #expect(data?.range(of: Data(secret.utf8)) == nil, "\(name)")
        }
        let found = try #require(try workspace.findFeed(secret))
        let page = try workspace.read(found, by: "Thunderbird")
        #expect(
            page.calendar.text == (try workspace.calendarFeed(of: .person("m.khan")).text) && page.changed == clock.now)
        #expect(try workspace.store.feeds().first?.program == "Thunderbird")
        #expect(try workspace.findFeed(secret.uppercased()) == nil && workspace.findFeed("") == nil)
        let second = try workspace.createFeed(of: .person("m.khan"))
        #expect(second.address != address && second.feed.number == 2)
        _ = try workspace.revokeFeed(feed.number)
        #expect(try workspace.findFeed(secret) == nil)
        #expect(throws: Workspace.Failure.self) { try workspace.revokeFeed(feed.number) }
    }

    @Test func `is the same from all that is published, and from what the store finds for it`() throws {
        let organiser = workspace.configuration.organiser
        let composer = FeedComposer(
            programme: workspace.programme, organiser: (organiser.name, organiser.address))
        let sessions = try workspace.store.publishedSessions()
        for subject in Self.everyone {
            #expect(composer.feed(of: subject, sessions) == (try workspace.calendarFeed(of: subject)))
        }
        #expect(try workspace.store.publishedSessions(in: FeedScope(people: ["m.khan"])).count == 1)
        #expect(try workspace.store.publishedSessions(in: FeedScope(tracks: ["spring/900001"])).count == 3)
        #expect(try workspace.store.publishedSessions(in: FeedScope(tracks: ["spring/90000"])).isEmpty)
        #expect(try workspace.store.publishedSessions(in: FeedScope()).isEmpty)
    }

    @Test func `is shown all the same where nobody can write down that it was read`() throws {
        let feed = try workspace.createFeed(of: .person("m.khan")).feed
        let state = files.folder.path + "/state"
        let reading = try Workspace(
            config: files.config, state: state, now: { [clock] in clock.now }, store: try Store(readingFrom: state))
        #expect(
            try reading.read(feed, by: "Thunderbird").calendar.text == workspace.calendarFeed(of: feed.subject).text)
        #expect(try workspace.store.feeds().map(\.fetched) == [nil])
    }

    @Test func `is told to the person who asks what is kept`() throws {
        _ = try workspace.createFeed(of: .person("m.khan"))
        #expect(try workspace.exportPerson("m.khan").contains("\"subject\" : \"person:m.khan\""))
        #expect(try !workspace.exportPerson("a.marsh").contains("person:m.khan"))
    }

    @Test(arguments: [
        ("../../etc/passwd", "person-..%2F..%2Fetc%2Fpasswd.ics"), ("a b/Ŵ", "person-a%20b%2F%C5%B4.ics"),
        ("k@x.example", "person-k@x.example.ics"), ("\u{0}", "person-%00.ics"),
    ])
    func `has a file name that leads nowhere else`(id: String, name: String) {
        #expect(FeedOwner.person(PersonID(id)).fileName == name)
    }

    @Test(arguments: ["", "m.khan", "person", "person:", "person:nobody", "team:1", "school:1", "partnership:tamer"])
    func `is not made of what is not there`(word: String) {
        #expect(throws: Workspace.Failure.self) { try workspace.feedOwner(word) }
    }
}
