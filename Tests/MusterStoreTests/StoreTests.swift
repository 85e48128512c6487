import CivilTime
import Foundation
import GRDB
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterStore

@Suite struct `The store` {
    private let folder: TemporaryDirectory
    private let store: Store
    private let now = Instant(seconds: 1_795_000_000)

    init() throws {
        folder = try TemporaryDirectory()
        store = try Store(directory: folder.path + "/state")
    }

    private var details: SessionDetails {
        SessionDetails(
            id: "c/1/r", stage: "Review", host: nil, purpose: "", question: nil, checklist: [], start: now,
            end: now + 60,
            zone: "UTC", place: nil, link: nil, mode: .online, participants: [], showsParticipants: true,
            partnership: "",
            cycle: "", contact: nil, alarms: [])
    }

    private func message(
        _ id: String, of session: SessionID = "s", uid: String = "u@x", recipient: String = "a@b.example",
        at: Instant? = nil
    ) -> OutboxMessage {
        OutboxMessage(
            messageID: id,
            topic: .scheduling(
                .invitation, of: OutboxMessage.SessionReference(id: session, uid: uid), details: details),
            reason: "new",
            person: "p", recipient: recipient, sender: "r@x.example", subject: "Invitation", content: [1, 2, 3],
            due: at ?? now,
            created: now)
    }

    private func publish(_ messages: [OutboxMessage], basis: Int? = nil) throws -> Int {
        var publication = Publication(basis: basis, plan: Plan(), note: "", at: now)
        publication.announcements = [Announcement(.test(at: now), messages: messages)]
        return try store.publish(publication).revision
    }

    /// Takes messages for sending, and settles others.
    private func claim(limit: Int, at now: Instant, settling results: [DeliveryResult] = []) throws -> [OutboxMessage] {
        try store.recordAndClaim(results, of: Destination(name: OutboxMessage.mail), claiming: limit, at: now)
    }

    private func settle(_ outcome: DeliveryOutcome, of number: Int) throws {
        _ = try claim(limit: 0, at: now, settling: [DeliveryResult(outcome, of: number)])
    }

    private func states() throws -> [String: OutboxMessage.State] {
        Dictionary(uniqueKeysWithValues: try store.messages().map { ($0.messageID, $0.state) })
    }

    @Test func `reads the sessions of a large season in their order`() throws {
        let publication = Publication(basis: nil, plan: Plan(), note: "", at: now)
        let all = (100..<500).map { number in
            var details = details
            details.id = "c/\(number)/r"
            details.question = "Question \(number)"
            return details
        }
        try store.publish(publication, ChangeSet(published: [], next: all).changes) { [now, details] change, _ in
            let session = PublishedSession(
                uid: "\(change.id)@x", sequence: 0, created: now, details: change.after ?? details)
            return SessionUpdate(change: change, session: session, announcements: [Announcement(.test(at: now))])
        }
        #expect(try store.publishedSessions().map(\.details) == all)
        #expect(try store.publishedSessions().allSatisfy { $0.uid == "\($0.details.id)@x" })
        try store.write { try $0.execute(sql: "UPDATE session SET details = '{}' WHERE id = 'c/300/r'") }
        #expect(throws: StoreError.self, "one that cannot be read is not left out") { try store.publishedSessions() }
    }

    @Test func `lists every mail of a full mailbox`() throws {
        try store.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE mail (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM mail WHERE number < 3000)
                    INSERT INTO incoming (at, digest, sender, subject, session, state, reason)
                    SELECT 0, number, '', number, '', iif(number % 3, 'ignored', 'waiting'), '' FROM mail
                    """)
        }
        #expect(try store.incomingMails().count == 3000)
        #expect(try store.incomingMails(.waiting).count == 1000)
    }

    @Test func `has each change on disk before it goes on`() throws {
        #expect(try store.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2, "FULL")
        #expect(try store.write { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
    }

    @Test func `gives a plan back as it was published`() throws {
        let plan = Plan(
            tracks: [
                Plan.PlannedTrack(
                    id: "c/1", sessions: [Plan.PlannedSession(stage: "r", start: now, end: now + 60)],
                    team: ["lead": ["a"]])
            ],
            unscheduled: [Plan.UnscheduledTrack(id: "c/2", reasons: ["none"], remedies: [], isVerified: false)])
        let number = try store.publish(
            Publication(basis: nil, plan: plan, note: "why", at: now)
        ).revision
        #expect(try store.latestRevision()?.plan == plan)
        #expect(try store.revision(number)?.note == "why")
        #expect(try store.revision(99) == nil)
    }

    @Test func `publishes all or nothing`() throws {
        _ = try publish([message("1")])
        #expect(throws: StoreError.self) { try publish([message("2"), message("1")], basis: 1) }
        #expect(try store.latestRevision()?.number == 1)
        #expect(try store.messages().map(\.messageID) == ["1"])
    }

    @Test func `refuses to publish on a basis that is not the newest`() throws {
        _ = try publish([])
        let error = #expect(throws: StoreError.self) { try publish([], basis: nil) }
        #expect(error?.kind == .conflict)
    }

    @Test func `supersedes what was not sent yet, of the same session and recipient alone`() throws {
        _ = try publish([message("1"), message("2", uid: "v@x"), message("3", recipient: "c@d.example")])
        _ = try publish([message("4", recipient: "A@b.example")], basis: 1)
        #expect(try states() == ["1": .superseded, "2": .due, "3": .due, "4": .due])
    }

    @Test func `never supersedes what may have been seen`() throws {
        _ = try publish([message("1")])
        let claimed = try #require(try claim(limit: 1, at: now).first)
        try settle(.delivered, of: claimed.number)
        _ = try publish([message("2")], basis: 1)
        #expect(try states() == ["1": .delivered, "2": .due])
        #expect(try store.recipientKnowledge(uid: "u@x")["a@b.example"]?.firstMessageID == "1")
    }

    @Test func `gives out one message of a recipient and session at a time, in order`() throws {
        _ = try publish([message("1"), message("2", uid: "v@x")])
        let first = try claim(limit: 10, at: now)
        #expect(first.map(\.messageID) == ["1", "2"])
        _ = try publish([message("3")], basis: 1)
        #expect(try claim(limit: 10, at: now).isEmpty)
        try settle(.delivered, of: first[0].number)
        #expect(try claim(limit: 10, at: now).map(\.messageID) == ["3"])
    }

    @Test func `waits until a message is due, and gives back what a dead program held`() throws {
        _ = try publish([message("1", at: now + 60)])
        #expect(try claim(limit: 1, at: now).isEmpty)
        #expect(try claim(limit: 1, at: now + 60).count == 1)
        #expect(try claim(limit: 1, at: now + 60).isEmpty)
        try store.releaseClaims(of: OutboxMessage.mail)
        #expect(try claim(limit: 1, at: now + 60).count == 1)
        #expect(try store.recipientKnowledge(uid: "u@x").count == 1)
    }

    @Test func `leaves alone what is being sent, whatever becomes of the plan or somebody wants by hand`() throws {
        _ = try publish([message("1")])
        let number = try #require(try claim(limit: 1, at: now).first).number
        _ = try publish([message("2")], basis: 1)
        #expect(try store.move(nil, from: [.due, .held, .dead], to: .discarded, due: now) == 1)
        #expect(try states() == ["1": .claimed, "2": .discarded])
        #expect(try store.outboxCounts() == [.claimed: 1, .discarded: 1])
        #expect(try store.messages([.claimed]).map(\.number) == [number])
        #expect(try store.messages([.due]).isEmpty)
        try settle(.retry(due: now, mayHaveArrived: false, error: "451"), of: number)
        #expect(try store.message(number)?.state == .due)
        #expect(try store.message(number)?.attempts == 1)
    }

    @Test func `knows whether a refused message can have been seen`() throws {
        _ = try publish([message("1"), message("2", uid: "v@x")])
        let claimed = try claim(limit: 2, at: now)
        try settle(.retry(due: now + 60, mayHaveArrived: false, error: "452"), of: claimed[0].number)
        try settle(.retry(due: now + 60, mayHaveArrived: true, error: "timeout"), of: claimed[1].number)
        #expect(try store.recipientKnowledge(uid: "u@x").isEmpty)
        #expect(try store.recipientKnowledge(uid: "v@x").count == 1)
    }

    @Test func `keeps calendars, decisions and sessions over a restart`() throws {
        let busy = [
            BusyInterval(start: Instant(seconds: -30), end: now),
            BusyInterval(start: now, end: now + 30, isTentative: true),
        ]
        let contents = CalendarContents(eventCount: 2, busy: busy, remarks: ["line 1: odd"])
        let copy = CalendarCopy(
            source: CalendarSource(location: "/x.ics"), attempted: now, succeeded: now, failure: "gone",
            entityTag: "\"e\"", window: now..<now + 60, eventCount: 2, busy: busy, remarks: contents.remarks,
            collections: ["https://cal.example/a/": CollectionCopy(version: "v", objects: ["/a/1.ics": contents])])
        try store.save([copy])
        let pin = Decision(
            number: 1, subject: "c/1", kind: .pin(start: now, team: ["lead": ["a"]]), at: now, author: "kim",
            reason: "agreed by phone")
        try store.save(pin, title: "c/1 stays")
        let again = try Store(directory: folder.path + "/state")
        let read = try #require(try again.calendarCopies()[copy.source])
        #expect("\(read)" == "\(copy)")
        #expect(try again.decisions() == [pin])
        #expect(try again.removeDecisions(about: "c/1", by: "lee", at: now) == [pin])
        #expect(try again.removeDecisions(about: "c/1", by: "lee", at: now).isEmpty)
        #expect(try again.events().map(\.kind) == ["decision.reverted", "decision.made"])
        #expect(try again.events().map(\.actor) == ["lee", "kim"])
        #expect(try again.events().last?.title == "c/1 stays: agreed by phone")
    }

    @Test func `finds calendars that need somebody by their index as by looking at each`() throws {
        let window = now..<now + 60
        let copies = (0..<24).map { number in
            CalendarCopy(
                source: CalendarSource(location: "/\(number).ics"), attempted: now,
                succeeded: number % 2 == 0 ? now - number : nil, failure: number % 3 == 0 ? "gone" : nil,
                window: window, busy: [BusyInterval(start: now, end: now + 30)],
                remarks: number % 4 < 2 ? [] : ["line \(number): odd"])
        }
        try store.save(copies)
        let odd = copies.filter { $0.freshness != .fresh || !$0.remarks.isEmpty }
        #expect(odd.count < copies.count)
        let some = copies[4..<15].map(\.source)
        #expect(try Set(store.calendarCopies(.odd).keys) == Set(odd.map(\.source)))
        #expect(
            try Set(store.calendarCopies(.odd, of: some).keys) == Set(odd.map(\.source)).intersection(some))
        for (source, copy) in try store.calendarCopies(.odd) {
            let whole = try #require(copies.first { $0.source == source })
            #expect(copy.remarks == whole.remarks && copy.failure == whole.failure && copy.busy.isEmpty)
        }
        let states = try store.calendarStates()
        for copy in copies {
            #expect(states[copy.source]?.succeeded == copy.succeeded)
            #expect(states[copy.source]?.isFailing == (copy.failure != nil))
        }
    }

    @Test func `keeps several decisions about one session, and takes one or all of them back`() throws {
        let store = try Store(directory: folder.path + "/decisions")
        let pin = Decision.Kind.pin(start: now, team: ["lead": ["a"]])
        for kind in [pin, .move(start: now + 900), .move(start: now + 1800)] {
            try store.save(Decision(subject: "c/1/r", kind: kind, at: now), title: "")
        }
        #expect(try store.decisions().map(\.number) == [1, 3], "a move replaces a move and leaves people pinned")
        #expect(try store.removeDecisions(about: "c/1/r", number: 3, by: "", at: now).map(\.number) == [3])
        #expect(try store.decisions().map(\.kind) == [pin])
        try store.save(Decision(subject: "c/1/r", kind: .cancel, at: now), title: "")
        #expect(try store.decisions().map(\.kind) == [.cancel])
        #expect(try store.events(about: ["c/1"]).count == 5 && store.events(about: ["c/10"]).isEmpty)
    }

    /// Ids that begin alike, hold what sorts beside a slash, or are part of one another.
    private static let cycles: Set<String> = ["c", "c0", "c-1", "c.1", "ć", "d"]

    @Test func `finds mails and events of some cycles by their index as by looking at each`() throws {
        let cycles = Self.cycles.sorted()
        let sessions = cycles.flatMap { cycle in ["1", "10"].map { SessionID(rawValue: "\(cycle)/\($0)/r") } }
        _ = try publish(
            sessions.enumerated().map { number, session in
                message("\(number)", of: session, uid: "u\(number)")
            })
        for session in sessions {
            try store.save(Decision(subject: session.rawValue, kind: .cancel, at: now), title: "")
        }
        for wanted in [[], ["c"], ["c0", "ć"], ["d", "none"], cycles.map { CycleID($0) }] as [[CycleID]] {
            let found = Set(try store.messageHeads(about: Set(wanted)).compactMap(\.session?.id))
            #expect(found == Set(sessions.filter { wanted.contains($0.track.cycle) }), "\(wanted)")
            let subjects = try store.events(about: wanted.map(\.rawValue)).map(\.subject).filter { $0.contains("/") }
            #expect(
                subjects.sorted()
                    == sessions.map(\.rawValue).filter { id in
                        wanted.contains { id.hasPrefix($0.rawValue + "/") }
                    }.sorted(), "\(wanted)")
        }
        #expect(try store.messageHeads(limit: 3).count == 3 && store.messageHeads(about: ["c"], limit: 1).count == 1)
        #expect(try store.events(about: ["c/1"]).map(\.subject).filter { $0.contains("/") } == ["c/1/r"])
    }

    @Test func `gives a whole copy of itself while it is in use, and never over another file`() throws {
        _ = try publish([message("1")])
        let copy = folder.path + "/copy/muster.sqlite"
        try FileManager.default.createDirectory(atPath: folder.path + "/copy", withIntermediateDirectories: true)
        try store.backup(to: copy, at: now)
        #expect(try Store(directory: folder.path + "/copy").messages().map(\.messageID) == ["1"])
        #expect(throws: StoreError.self) { try store.backup(to: copy, at: now) }
    }

    // MARK: What can go wrong with the file

    @Test func `can be looked at where it cannot be written, while another writes or nobody does`() throws {
        _ = try publish([message("1")])
        let copy = folder.path + "/copy/muster.sqlite"
        try FileManager.default.createDirectory(atPath: folder.path + "/copy", withIntermediateDirectories: true)
        try store.backup(to: copy, at: now)
        do { _ = try Store(directory: folder.path + "/copy") }
        for state in ["/state", "/copy"] {
            let reading = try Store(readingFrom: folder.path + state)
            #expect(try reading.messages().map(\.messageID) == ["1"])
            let error = #expect(throws: StoreError.self) { try reading.checkSpace() }
            #expect(error?.kind == .readOnly)
        }
        #expect(throws: StoreError.self) { try Store(readingFrom: folder.path + "/nowhere") }
    }

    @Test func `refuses a database that a newer muster wrote, and leaves it alone`() throws {
        let path = folder.path + "/newer/muster.sqlite"
        do { _ = try Store(directory: folder.path + "/newer") }
        _ = try Subprocess.python(
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(\"INSERT INTO grdb_migrations VALUES ('9999 the future')\"); db.commit()",
            [path])
        let error = #expect(throws: StoreError.self) { try Store(directory: folder.path + "/newer") }
        #expect(error?.kind == .newer)
    }

    @Test func `names a damaged file`() throws {
        try folder.write(String(repeating: "no database ", count: 1000), to: "damaged/muster.sqlite")
        let error = #expect(throws: StoreError.self) { try Store(directory: folder.path + "/damaged") }
        #expect(error?.kind == .corrupt)
    }

    @Test func `names a state directory that cannot be made`() throws {
        try folder.write("a file", to: "file")
        let error = #expect(throws: StoreError.self) { try Store(directory: folder.path + "/file/state") }
        #expect(error?.kind == .readOnly)
    }

    @Test func `lets one program at a time change a state, and says which one has it`() throws {
        let path = folder.path + "/state"
        do {
            let lock = try StateLock(directory: path, name: "test.lock")
            let error = #expect(throws: StoreError.self) { try StateLock(directory: path, name: "test.lock") }
            #expect(error?.description.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
            withExtendedLifetime(lock) {}
        }
        _ = try StateLock(directory: path, name: "test.lock")
    }
}
