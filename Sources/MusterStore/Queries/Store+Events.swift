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
                    WHERE at > :since AND (:subjects IS NULL OR EXISTS (
                        SELECT 1 FROM json_each(:subjects)
                        WHERE subject = value OR subject > value || '/' AND subject < value || '0'))
                    ORDER BY number DESC LIMIT :limit
                    """,
                arguments: [
                    "since": since?.seconds ?? Int.min, "subjects": try subjects.map { try Self.jsonList($0) },
                    "limit": limit,
                ]
            ).map { row in
                LoggedEvent(
                    number: row["number"], kind: row["kind"], at: Instant(seconds: row["at"]),
                    subject: row["subject"], title: row["title"], actor: row["actor"], told: row["told"])
            }
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
