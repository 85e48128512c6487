import CivilTime
import Foundation
import GRDB
import MusterModel
import Synchronization

/// A plan that was published.
public struct Revision: Sendable {
    /// Its number, from 1.
    public let number: Int
    /// When it was published.
    public let at: Instant
    /// The plan.
    public let plan: Plan
    /// Why, in a few words.
    public let note: String
}

extension Store {
    /// The setting that is another after each erasure of somebody in plans.
    static let erasureMark = "plansErased"

    /// The newest revision; nil before anything was published.
    ///
    /// A plan of a nation takes long to read, and pages ask for it all the time: the last one is remembered. A plan never
    /// changes but by an erasure, which leaves another mark each time.
    public func latestRevision() throws(StoreError) -> Revision? {
        let known = newestRevision.withLock { $0 }
        let found: (mark: String, revision: Revision)? = try read { database in
            let newest = try Row.fetchOne(
                database,
                sql: """
                    SELECT max(number) AS number,
                        coalesce((SELECT value FROM setting WHERE name = '\(Self.erasureMark)'), '') AS mark FROM revision
                    """)
            guard let newest, let number: Int = newest["number"] else { return nil }
            let mark: String = newest["mark"]
            if let known, known.revision.number == number, known.mark == mark { return known }
            let row = try Row.fetchOne(database, sql: "SELECT * FROM revision WHERE number = ?", arguments: [number])
            return try row.map { (mark, try Revision($0)) }
        }
        newestRevision.withLock { $0 = found }
        return found?.revision
    }

    /// The revision with that number; nil where there is none.
    public func revision(_ number: Int) throws(StoreError) -> Revision? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM revision WHERE number = ?", arguments: [number]).map(
                Revision.init)
        }
    }

    /// All sessions that participants know and that are not cancelled.
    public func publishedSessions() throws(StoreError) -> [PublishedSession] {
        try read { database in
            try PublishedSession.fetchAll(database, where: "isCancelled = 0 ORDER BY session.id")
        }
    }

    /// The published session that has an address to join at; nil for none.
    public func session(linked link: String) throws(StoreError) -> PublishedSession? {
        try read { database in
            try PublishedSession.fetchAll(
                database, where: "isCancelled = 0 AND json_extract(details, '$.link') = ?", arguments: [link]
            ).first
        }
    }

    /// The sessions that are published, and those to come that are called off though nobody can have heard so: one that
    /// returns is the same to everybody.
    public func sessionsAsKnown(at now: Instant) throws(StoreError) -> [PublishedSession] {
        try read { database in
            try PublishedSession.fetchAll(
                database,
                where: """
                    isCancelled = 0 OR start > ?
                        AND session.rowid IN (SELECT max(rowid) FROM session GROUP BY id)
                        AND NOT EXISTS (
                            SELECT 1 FROM message
                            WHERE message.uid = session.uid AND kind = 'cancellation' AND reason = 'cancelled'
                                AND \(Self.mayBeKnown))
                    ORDER BY isCancelled, session.id
                    """, arguments: [now.seconds])
        }
    }

    /// Those of the published sessions that are in a scope; only they are read.
    public func publishedSessions(in scope: FeedScope) throws(StoreError) -> [PublishedSession] {
        try read { database in
            try PublishedSession.fetchAll(
                database,
                where: """
                    isCancelled = 0 AND uid IN (
                        SELECT uid FROM json_each(:people) CROSS JOIN attendee ON person = value
                        UNION ALL
                        -- A track's sessions begin with its id and "/", after which "0" comes.
                        SELECT uid FROM json_each(:tracks) CROSS JOIN session AS own
                            ON \(Self.isPart("own.id", of: "value")) AND own.isCancelled = 0)
                    ORDER BY session.id
                    """,
                arguments: [
                    "people": try Self.jsonList(scope.people.sorted()),
                    "tracks": try Self.jsonList(scope.tracks.sorted()),
                ])
        }
    }

    /// How many published sessions are to come, and have begun.
    public func sessionCounts(at now: Instant) throws(StoreError) -> (toCome: Int, begun: Int) {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), coalesce(sum(start <= ?), 0) FROM session WHERE isCancelled = 0
                    """, arguments: [now.seconds])
            let (all, begun) = (row?[0] as Int? ?? 0, row?[1] as Int? ?? 0)
            return (all - begun, begun)
        }
    }

    /// The published session that begins next; nil where none is to come.
    public func nextSession(after now: Instant) throws(StoreError) -> SessionDetails? {
        try read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT details FROM session WHERE isCancelled = 0 AND start > ? ORDER BY start, id LIMIT 1
                    """, arguments: [now.seconds]
            ).map { try JSONDecoder().decode(SessionDetails.self, from: Data($0.utf8)) }
        }
    }

    /// The identifiers of all sessions that were ever published.
    public func sessionUIDs() throws(StoreError) -> Set<String> {
        try read { database in try String.fetchSet(database, sql: "SELECT uid FROM session") }
    }

    /// When the sessions that are published begin and end.
    public func publishedTimes() throws(StoreError) -> Set<Range<Instant>> {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT start, end FROM session WHERE isCancelled = 0")
            return Set(rows.map { Instant(seconds: $0["start"])..<Instant(seconds: $0["end"]) })
        }
    }

    // MARK: Decisions

    /// What coordinators decided, in the order in which they did.
    public func decisions() throws(StoreError) -> [Decision] {
        try read { try decisions($0) }
    }

    func decisions(_ database: Database) throws -> [Decision] {
        try Row.fetchAll(database, sql: "SELECT * FROM decision ORDER BY number").map { row in
            Decision(
                number: row["number"], subject: row["subject"],
                kind: try JSONDecoder().decode(Decision.Kind.self, from: Data((row["kind"] as String).utf8)),
                at: Instant(seconds: row["at"]), author: row["author"], reason: row["reason"])
        }
    }

    /// Keeps a decision in place of those that it replaces.
    ///
    /// - Parameter title: what was decided, for the history.
    public func save(_ decision: Decision, title: String) throws(StoreError) {
        try write { try save(decision, title: title, $0) }
    }

    func save(_ decision: Decision, title: String, _ database: Database) throws {
        for known in try decisions(database)
        where known.subject == decision.subject && decision.kind.replaces(known.kind) {
            try database.execute(sql: "DELETE FROM decision WHERE number = ?", arguments: [known.number])
        }
        try database.execute(
            sql: "INSERT INTO decision (subject, kind, at, author, reason) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                decision.subject, String(decoding: try JSONEncoder().encode(decision.kind), as: UTF8.self),
                decision.at.seconds, decision.author, decision.reason,
            ])
        try insert(.decided(decision, title), database)
    }

    /// Takes back all that was decided about a subject, or one decision; returns what that was.
    public func removeDecisions(
        about subject: String, number: Int? = nil, by actor: String, at now: Instant
    ) throws(StoreError) -> [Decision] {
        try write { database in
            let known = try decisions(database).filter { $0.subject == subject && (number ?? $0.number) == $0.number }
            try remove(known, by: actor, at: now, database)
            return known
        }
    }

    /// Takes decisions back.
    func remove(_ decisions: [Decision], by actor: String, at now: Instant, _ database: Database) throws {
        for decision in decisions {
            try database.execute(sql: "DELETE FROM decision WHERE number = ?", arguments: [decision.number])
            let event = Event.done(
                .decisionReverted, "decision \(decision.number) about \(decision.subject) was taken back",
                subject: decision.subject, by: actor, at: now)
            try insert(event, database)
        }
    }
}

extension Revision {
    fileprivate init(_ row: Row) throws {
        self.init(
            number: row["number"], at: Instant(seconds: row["at"]),
            plan: try JSONDecoder().decode(Plan.self, from: Data((row["plan"] as String).utf8)), note: row["note"])
    }
}
