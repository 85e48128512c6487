import CivilTime
import Foundation
import GRDB
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterStore

@Suite struct `A backup` {
    private let folder: TemporaryDirectory
    private let now = Instant(seconds: 1_795_000_000)
    private var state: String { folder.path + "/state" }

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func details(_ id: String) -> SessionDetails {
        SessionDetails(
            id: SessionID(id), stage: "Review", host: nil, purpose: "", question: nil, checklist: [],
            start: now + 86_400,
            end: now + 90_000, zone: "UTC", place: nil, link: nil, mode: .online, participants: [],
            showsParticipants: true, partnership: "", cycle: "", contact: nil, alarms: [])
    }

    private func message(_ id: String, _ kind: OutboxMessage.Scheduling) -> OutboxMessage {
        OutboxMessage(
            messageID: id,
            topic: .scheduling(
                kind, of: OutboxMessage.SessionReference(id: "c/1/r", uid: "u"), details: details("c/1/r")),
            reason: "new", person: "p", recipient: id + "@b.example", subject: "Invitation", content: [1, 2, 3],
            due: now, created: now)
    }

    private func publish(_ store: Store, basis: Int?, sequence: Int, messages: [OutboxMessage]) throws {
        let session = PublishedSession(uid: "u", sequence: sequence, created: now, details: details("c/1/r"))
        let change = try #require(ChangeSet(published: [], next: [session.details]).changes.first)
        let now = now
        try store.publish(Publication(basis: basis, plan: Plan(), note: "", at: now), [change]) { change, _ in
            SessionUpdate(
                change: change, session: session, announcements: [Announcement(.test(at: now))], mails: messages)
        }
    }

    @Test func `that is restored never falls behind a SEQUENCE that somebody has seen`() throws {
        let backup = folder.path + "/backup"
        do {
            let store = try Store(directory: state)
            try publish(
                store, basis: nil, sequence: 3, messages: [message("1", .invitation), message("2", .cancellation)])
            try store.backup(to: backup, at: now)
            for revision in 1...5 { try publish(store, basis: revision, sequence: 3 + revision, messages: []) }
        }
        let aside = try Store.restore(backup, to: state, at: now)
        #expect(aside != nil && FileManager.default.fileExists(atPath: aside ?? ""))
        let store = try Store(directory: state)
        let session = try #require(try store.publishedSessions().first)
        #expect(session.sequence > 8 && session.needsRenotification)
        #expect(try store.identity().leastSequence > 8 && store.latestRevision()?.number == 1)
        #expect(try store.messages([.due]).map(\.messageID) == ["2"], "only cancellations may still go")
        #expect(try store.recipientKnowledge(uid: "u").count == 1, "who may have got an invitation counts as told")
        #expect(try #require(FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? Int) == 0o600)
        let again = try Store(directory: state)
        #expect(try again.publishedSessions().first?.sequence == session.sequence, "the second opening changes nothing")
    }

    @Test func `that is restored twice goes higher the second time`() throws {
        let backup = folder.path + "/backup"
        do {
            let store = try Store(directory: state)
            try publish(store, basis: nil, sequence: 0, messages: [])
            try store.backup(to: backup, at: now)
        }
        _ = try Store.restore(backup, to: state, at: now)
        let first = try #require(try Store(directory: state).publishedSessions().first).sequence
        _ = try Store.restore(backup, to: state, at: now + 3600)
        #expect(try #require(try Store(directory: state).publishedSessions().first).sequence > first + 30)
    }

    @Test func `knows that it is one, and nothing else is taken for it`() throws {
        _ = try Store(directory: state)
        let other = try Store(directory: folder.path + "/other")
        try other.backup(to: folder.path + "/sound", at: now)
        #expect(throws: StoreError.self) {
            try Store.restore(state + "/muster.sqlite", to: folder.path + "/other", at: now)
        }
        try folder.write("SQLite format 3 and then something else", to: "damaged")
        #expect(throws: StoreError.self) { try Store.restore(folder.path + "/damaged", to: state, at: now) }
        #expect(throws: StoreError.self) { try Store.restore(folder.path + "/missing", to: state, at: now) }
        #expect(throws: StoreError.self) { try other.backup(to: folder.path + "/sound", at: now) }
        #expect(folder.names(in: "state").contains("muster.sqlite"))
    }

    @Test func `is set aside before an older database is brought up to date, and nothing is lost`() throws {
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        let old = try DatabasePool(path: state + "/muster.sqlite")
        try Migrations.migrator.migrate(old, upTo: "0002 reminders")
        let told = String(decoding: try JSONEncoder().encode(details("c/1/r")), as: UTF8.self)
        try old.write { database in
            try database.execute(
                sql: """
                    INSERT INTO revision (at, plan, note) VALUES (1, '{"tracks":[],"unscheduled":[]}', '');
                    INSERT INTO session (uid, id, sequence, created, details, revision) VALUES ('u', 'c/1/r', 2, 1, :told, 1);
                    INSERT INTO message (messageID, revision, session, uid, sequence, kind, reason, person, recipient, sender,
                        subject, details, mail, state, due, created)
                    VALUES ('m', 1, 'c/1/r', 'u', 2, 'invitation', 'new', 'p', 'a@b.example', 'r@b.example', 'Invitation',
                        :told, x'010203', 'due', 5, 5),
                        ('n', 1, 'c/1/r', 'u', 2, 'invitation', 'new', 'q', 'c@b.example', 'r@b.example', 'Invitation',
                        :told, x'04', 'claimed', 5, 5);
                    """, arguments: ["told": told])
        }
        try old.close()
        let store = try Store(directory: state)
        let message = try #require(try store.messages().last)
        #expect(message.content == [1, 2, 3] && message.details == details("c/1/r"))
        #expect(message.destination == OutboxMessage.mail && message.state == .due && message.due.seconds == 5)
        // What was under way when the older program ended is still in doubt.
        #expect(try store.messages().map(\.state) == [.claimed, .due])
        try store.releaseClaims(of: OutboxMessage.mail)
        #expect(try store.messages().map(\.state) == [.due, .due])
        #expect(try store.messages().map(\.attempts) == [1, 0])
        let recipientKnowledge = try store.recipientKnowledge(uid: "u")
        #expect(
            recipientKnowledge.keys.sorted() == ["c@b.example"] && recipientKnowledge["c@b.example"]?.isCertain == false
        )
        #expect(try store.publishedSessions().first?.sequence == 2)
        #expect(try store.identity().name.count == 32)
        #expect(folder.names(in: "state").contains { $0.hasPrefix("muster.sqlite.before-") })
    }
}
