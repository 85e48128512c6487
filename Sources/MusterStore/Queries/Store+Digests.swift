import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// Whether a digest has its outcome.
    public func hasDigest(of partnership: PartnershipID, due: Instant) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM digest WHERE partnership = ? AND due >= ?)",
                arguments: [partnership, due.seconds]) ?? false
        }
    }

    /// When the last digest was sent; nil for never.
    public func lastDigest(of partnership: PartnershipID) throws(StoreError) -> Instant? {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT max(at) FROM digest WHERE partnership = ? AND outcome = 'sent'",
                arguments: [partnership]
            ).map(Instant.init(seconds:))
        }
    }

    /// The marks of the lines of the last digest that was sent.
    public func marksOfLastDigest(of partnership: PartnershipID) throws(StoreError) -> Set<String> {
        try read { database in
            let marks = try String.fetchOne(
                database,
                sql: "SELECT marks FROM digest WHERE partnership = ? AND outcome = 'sent' ORDER BY due DESC LIMIT 1",
                arguments: [partnership])
            return try Set(JSONDecoder().decode([String].self, from: Data((marks ?? "[]").utf8)))
        }
    }

    /// What became of the sessions of some cycles since a moment, and how many people were told.
    public func sessionNews(
        of cycles: [CycleID], since: Instant
    ) throws(StoreError) -> [(news: SessionNews, told: Int)] {
        let kinds: [EventKind] = [.sessionScheduled, .sessionMoved, .sessionChanged, .sessionCancelled]
        return try read { database in
            let kinds = try Self.jsonList(kinds.map(\.rawValue))
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT subject, kind, data, uid FROM event
                    WHERE at > :since AND kind IN (SELECT value FROM json_each(:kinds)) AND EXISTS (
                        SELECT 1 FROM json_each(:cycles) WHERE \(Self.isPart("subject", of: "value")))
                    ORDER BY number
                    """,
                arguments: ["since": since.seconds, "kinds": kinds, "cycles": Self.jsonList(cycles)])
            return try Dictionary(grouping: rows) { $0["subject"] as SessionID }.compactMap { session, rows in
                let earlier = try Row.fetchOne(
                    database,
                    sql: """
                        SELECT kind, data FROM event
                        WHERE subject = ? AND at <= ? AND kind IN (SELECT value FROM json_each(?))
                        ORDER BY number DESC LIMIT 1
                        """,
                    arguments: [session, since.seconds, kinds])
                let events = rows.compactMap(Self.sessionEvent)
                guard let news = SessionNews(of: session, events: events, after: earlier.flatMap(Self.sessionEvent))
                else { return nil }
                let told = try Int.fetchOne(
                    database,
                    sql: """
                        SELECT count(DISTINCT recipient) FROM message
                        WHERE uid IN (SELECT value FROM json_each(:uids)) AND created > :since
                            AND \(Self.mayBeKnown)
                        """,
                    arguments: [
                        "uids": Self.jsonList(Set(rows.map { $0["uid"] as String }).sorted()), "since": since.seconds,
                    ])
                return (news, told ?? 0)
            }
        }
    }

    private static func sessionEvent(_ row: Row) -> SessionEvent? {
        EventKind(rawValue: row["kind"]).map { SessionEvent(kind: $0, data: row["data"]) }
    }

    /// Keeps the outcome of a digest and puts its mail into the outbox, in one transaction; nothing where another
    /// program has done so meanwhile.
    public func recordDigest(
        of partnership: PartnershipID, due: Instant, _ outcome: String, _ message: OutboxMessage?,
        marks: [String] = [], at now: Instant
    ) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO digest (partnership, due, outcome, at, marks) VALUES (?, ?, ?, ?, ?)",
                arguments: [partnership, due.seconds, outcome, now.seconds, Self.jsonList(marks)])
            if database.changesCount > 0 { try message?.insert(database) }
        }
    }
}
