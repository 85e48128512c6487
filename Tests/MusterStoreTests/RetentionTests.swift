import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@Suite struct `What is kept` {
    private let folder: TemporaryDirectory
    private let store: Store
    private let now = Instant(seconds: 1_795_000_000)

    init() throws {
        folder = try TemporaryDirectory()
        store = try Store(directory: folder.path + "/state")
    }

    private func participant(_ id: String) -> SessionDetails.Participant {
        SessionDetails.Participant(
            person: PersonID(id), name: id.capitalized, address: "\(id)@school.example", role: "lead", school: nil,
            isRequired: true)
    }

    private func details(_ id: String, start: Instant, _ people: [String]) -> SessionDetails {
        SessionDetails(
            id: SessionID(id), stage: "Review", host: nil, purpose: "", question: nil, checklist: [], start: start,
            end: start + 3600, zone: "UTC", place: nil, link: nil, mode: .online, participants: people.map(participant),
            showsParticipants: true, partnership: "", cycle: "", contact: nil, alarms: [])
    }

    /// Publishes a session with a mail for each of its people, and delivers them.
    private func publish(_ id: String, start: Instant, _ people: [String]) throws {
        let details = details(id, start: start, people)
        let session = PublishedSession(uid: id, sequence: 0, created: now, details: details)
        let plan = Plan(tracks: [
            Plan.PlannedTrack(
                id: "c/1", sessions: [Plan.PlannedSession(stage: "r", start: start, end: start + 3600)],
                team: ["lead": people.map { PersonID($0) }])
        ])
        let change = try #require(ChangeSet(published: [], next: [details]).changes.first)
        let publication = Publication(basis: try store.latestRevision()?.number, plan: plan, note: "", at: now)
        let mails = people.enumerated().map { index, person in
            OutboxMessage(
                messageID: "\(id) \(index)",
                topic: .scheduling(
                    .invitation, of: OutboxMessage.SessionReference(id: SessionID(id), uid: id), details: details),
                reason: "new", person: PersonID(person), recipient: "\(person)@school.example", subject: "Invitation",
                content: Array("Dear \(people)".utf8), due: now, created: now)
        }
        try store.publish(publication, [change]) { [now] change, _ in
            SessionUpdate(
                change: change, session: session, announcements: [Announcement(.test(at: now))], mails: mails)
        }
        let mail = Destination(name: OutboxMessage.mail)
        let claimed = try store.recordAndClaim([], of: mail, claiming: 100, at: now)
        _ = try store.recordAndClaim(
            claimed.map { DeliveryResult(.delivered, of: $0.number) }, of: mail, claiming: 0, at: now)
    }

    @Test func `is forgotten when its time has come, and nothing that is to come`() throws {
        try publish("c/1/old", start: now - 500 * 86_400, ["ann"])
        try publish("c/1/recent", start: now - 30 * 86_400, ["ann"])
        try publish("c/1/next", start: now + 86_400, ["ann"])
        let later = now + 100 * 86_400
        _ = try store.purge(past: now - 400 * 86_400, contents: later - 90 * 86_400, copies: later - 30 * 86_400)
        #expect(try store.publishedSessions().map(\.details.id) == ["c/1/next", "c/1/recent"])
        #expect(try store.messages().map(\.session?.id) == ["c/1/next", "c/1/recent"])
        #expect(try store.messages().allSatisfy { $0.content.isEmpty && $0.details != nil })
        #expect(try store.recipientKnowledge(uid: "c/1/next").count == 1, "who was invited is still known to be")
        #expect(try store.purge(past: now - 400 * 86_400, contents: later, copies: later) == 0)
    }

    @Test func `of parts in sessions stays longer for those who are still there, and has no name of who was erased`()
        throws
    {
        let held = [now - 500 * 86_400, now - 86_400]
        for (number, start) in held.enumerated() {
            var publication = Publication(
                basis: try store.latestRevision()?.number, plan: Plan(), note: "", at: start - 86_400)
            publication.duties = ["ann", "ben"].map {
                Duty(session: "c/\(number)/r", person: $0, role: "lead", start: start, end: start + 3600)
            }
            try store.publish(publication)
        }
        #expect(try store.ledger(at: now).tracks == ["c/0", "c/1"], "what has begun is never called off")
        _ = try store.purge(past: now - 400 * 86_400, contents: now, copies: now, dutiesOf: ["ann"])
        #expect(try store.duties(of: "ann").count == 2 && store.duties(of: "ben").count == 1)
        try store.erase("ben", as: "person-7f3a", at: now, keeping: [])
        #expect(try store.duties(of: "ben").isEmpty && store.duties(of: "person-7f3a").count == 1)
        #expect(try store.ledger(at: now).sessions(of: "c/1")[0].team == ["ann", "person-7f3a"])
    }

    @Test func `of a person is a name that says nothing once they are erased, and numbers stay`() throws {
        try publish("c/1/r", start: now - 86_400, ["ann", "ben"])
        #expect(try store.sessions(of: "ben").count == 1 && store.mails(to: "ben").map(\.kind) == ["invitation"])
        try store.erase("ben", as: "person-7f3a", at: now, keeping: [])
        #expect(try store.sessions(of: "ben").isEmpty && store.mails(to: "ben").isEmpty)
        let people = try #require(try store.sessions(of: "ann").first).participants
        #expect(people.map(\.name) == ["Ann", "person-7f3a"])
        #expect(try store.latestRevision()?.plan.tracks.first?.team == ["lead": ["ann", "person-7f3a"]])
        let messages = try store.messages()
        #expect(messages.count == 2 && messages.allSatisfy { !"\($0)".lowercased().contains("ben") })
    }

    /// The bytes of the database and its log, as whoever gets the disk reads them.
    private func files() throws -> String {
        try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").sorted().map { name in
            let data = FileManager.default.contents(atPath: "\(folder.path)/state/\(name)") ?? Data()
            return String(decoding: data, as: UTF8.self)
        }.joined()
    }

    @Test func `of an erased person is nowhere on the disk, whatever told of them`() throws {
        try publish("c/1/r", start: now - 86_400, ["ann", "ben"])
        let unscheduled = Plan.UnscheduledTrack(
            id: "c/2", reasons: ["Ben is never free"], codes: ["free"], remedies: ["Ben could do Monday"],
            isVerified: true)
        let plan = Plan(tracks: try #require(try store.latestRevision()?.plan).tracks, unscheduled: [unscheduled])
        try store.publish(Publication(basis: 1, plan: plan, note: "", at: now))
        let (own, shared) = (CalendarSource(location: "https://cal.example/ben"), CalendarSource(location: "/ann.ics"))
        try store.save(
            [own, shared].map { source in
                CalendarCopy(
                    source: source, attempted: now, succeeded: now, window: now..<now + 1, eventCount: 0, busy: [])
            })
        #expect(try files().contains("Ben"))
        try store.erase("ben", as: "person-7f3a", at: now, keeping: [shared])
        #expect(try store.calendarCopies().keys.map(\.location) == ["/ann.ics"])
        let left = try files()
        for trace in ["Ben", "ben@school.example", "\"ben\"", "cal.example/ben"] {
            #expect(!left.contains(trace), "\(trace)")
        }
        #expect(try store.latestRevision()?.plan.unscheduled.first?.codes == ["free"])
    }

    @Test func `of an erased person leaves what waits for others as it is`() throws {
        try publish("c/1/r", start: now - 86_400, ["ann", "ben"])
        let details = details("c/1/r", start: now + 86_400, ["ann", "ben"])
        try store.enqueue([
            OutboxMessage(
                messageID: "waits",
                topic: .scheduling(
                    .update, of: OutboxMessage.SessionReference(id: "c/1/r", uid: "c/1/r"), details: details),
                reason: "changed", person: "ann", recipient: "ann@school.example", subject: "Updated", content: [1],
                due: now,
                created: now)
        ])
        try store.erase("ben", as: "person-7f3a", at: now, keeping: [])
        #expect(try store.messages([.due]).first?.content == [1])
        #expect(try store.purge(past: now - 10, contents: now + 10, copies: now) >= 0)
        #expect(try store.messages([.due]).first?.content == [1])
    }

    @Test func `is not sent again once its text has been forgotten`() throws {
        try publish("c/1/r", start: now + 86_400, ["ann"])
        _ = try store.purge(past: now, contents: now + 10, copies: now)
        #expect(try store.move(nil, from: [.delivered], to: .due, due: now) == 0)
    }

    @Test func `of lives of a session outlives it, so that no UID comes back`() throws {
        try publish("c/1/old", start: now - 500 * 86_400, ["ann"])
        _ = try store.purge(past: now - 86_400, contents: now, copies: now)
        #expect(try store.publishedSessions().isEmpty && store.identity().lives["c/1/old"] == 1)
    }

    @Test func `is not erased while a mail still waits for the person`() throws {
        try store.enqueue([
            OutboxMessage(
                messageID: "1", topic: .scheduling(.invitation, of: OutboxMessage.SessionReference(id: "")),
                reason: "new",
                person: "ben", recipient: "ben@school.example",
                subject: "Invitation", content: [], due: now, created: now)
        ])
        #expect(throws: StoreError.self) { try store.erase("ben", as: "person-1", at: now, keeping: []) }
    }
}
