import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// What happened, the newest first.
    ///
    /// - Parameters:
    ///   - subjects: only what is about these, or is a part of them as a session is of its track; nil for everything.
    ///   - since: only what happened after that.
    ///   - limit: at most so many.
    public func events(
        about subjects: [String]? = nil, since: Instant? = nil, limit: Int = .max
    ) throws(StoreError) -> [LoggedEvent] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT number, at, actor, kind, subject, title, told FROM event
                    WHERE at > :since \(subjects == nil ? "" : "AND number IN (\(Self.eventsOfSubjects))")
                    ORDER BY number DESC LIMIT :limit
                    """,
                arguments: StatementArguments(["since": since?.seconds ?? Int.min, "limit": limit])
                    + (try subjects.map { ["subjects": try Self.jsonList($0)] } ?? [:])
            ).map { row in
                LoggedEvent(
                    number: row["number"], kind: row["kind"], at: Instant(seconds: row["at"]),
                    subject: row["subject"], title: row["title"], actor: row["actor"], told: row["told"])
            }
        }
    }

    /// The numbers of events about some subjects and their parts, found by the index and not one by one.
    private static let eventsOfSubjects = """
        SELECT own.number FROM json_each(:subjects) AS whole CROSS JOIN event AS own ON own.subject = whole.value
        UNION ALL
        SELECT own.number FROM json_each(:subjects) AS whole
            CROSS JOIN event AS own ON \(Store.isPart("own.subject", of: "whole.value"))
        """

    /// The kind of the newest event among some kinds; nil where there is none.
    public func newestEvent(of kinds: [EventKind]) throws(StoreError) -> EventKind? {
        try read { try newestEvent(of: kinds, $0) }
    }

    private func newestEvent(of kinds: [EventKind], _ database: Database) throws -> EventKind? {
        try String.fetchOne(
            database,
            sql: """
                SELECT kind FROM event WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY number DESC LIMIT 1
                """, arguments: [Self.jsonList(kinds.map(\.rawValue))]
        ).flatMap(EventKind.init)
    }

    /// Keeps what happened, and what others are told, unless the newest event among some kinds is of the same kind.
    ///
    /// - Returns: whether it was kept.
    public func record(_ announcement: Announcement, unlessNewestOf kinds: [EventKind]) throws(StoreError) -> Bool {
        try write { database in
            guard try newestEvent(of: kinds, database) != announcement.event.kind else { return false }
            try insert(announcement, database)
            return true
        }
    }

    func insert(_ announcement: Announcement, _ database: Database) throws {
        try insert(announcement.event, database)
        for message in announcement.messages { try message.insert(database) }
    }

    func insert(_ event: Event, _ database: Database) throws {
        guard event.kind.isKept else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try database.cachedStatement(
            sql: "INSERT INTO event (at, actor, kind, subject, uid, title, told, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            event.at.seconds, event.actor, event.kind.rawValue, event.subject, event.uid, event.sentence, event.told,
            String(decoding: try encoder.encode(event.data), as: UTF8.self),
        ])
    }
}
