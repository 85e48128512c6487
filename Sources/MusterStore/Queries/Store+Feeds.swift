import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// Keeps a new address of a feed, by the SHA-256 of its secret alone.
    public func addFeed(of subject: FeedOwner, digest: [UInt8], at now: Instant) throws(StoreError) -> Feed {
        try write { database in
            try database.execute(
                sql: "INSERT INTO feed (kind, subject, digest, created) VALUES (?, ?, ?, ?)",
                arguments: [subject.kind, subject.id, Data(digest), now.seconds])
            return Feed(
                number: Int(database.lastInsertedRowID), subject: subject, created: now, revoked: nil, fetched: nil,
                program: nil, changed: nil)
        }
    }

    /// Every address, the revoked ones too, in the order in which they were made.
    public func feeds() throws(StoreError) -> [Feed] {
        try read { try Row.fetchAll($0, sql: "SELECT * FROM feed ORDER BY number").compactMap(Feed.init) }
    }

    /// Every address of one subject.
    public func feeds(of subject: FeedOwner) throws(StoreError) -> [Feed] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM feed WHERE kind = ? AND subject = ? ORDER BY number",
                arguments: [subject.kind, subject.id]
            ).compactMap(Feed.init)
        }
    }

    /// The address with a secret of that SHA-256; nil for one that was never made, or was revoked.
    public func feed(digest: [UInt8]) throws(StoreError) -> Feed? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM feed WHERE digest = ?", arguments: [Data(digest)])
                .flatMap(Feed.init)
        }
    }

    /// Takes an address back for good: its secret is forgotten, and is then like one that never was.
    ///
    /// - Returns: the address; nil where there is none with that number, or it was revoked before.
    public func revokeFeed(_ number: Int, at now: Instant) throws(StoreError) -> Feed? {
        try write { database in
            try database.execute(
                sql: "UPDATE feed SET digest = NULL, revoked = ? WHERE number = ? AND revoked IS NULL",
                arguments: [now.seconds, number])
            guard database.changesCount > 0 else { return nil }
            return try Row.fetchOne(database, sql: "SELECT * FROM feed WHERE number = ?", arguments: [number])
                .flatMap(Feed.init)
        }
    }

    /// Records that an address was read, by which program, and what it said.
    ///
    /// - Returns: since when it says that; later for other contents, whatever the clock does.
    public func recordFetch(
        of feed: Int, by program: String?, entityTag: String, at now: Instant
    ) throws(StoreError) -> Instant {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE feed SET fetched = :now, program = :program, entityTag = :tag,
                        changed = CASE WHEN entityTag IS :tag THEN changed ELSE max(:now, coalesce(changed + 1, 0)) END
                    WHERE number = :number
                    """, arguments: ["now": now.seconds, "program": program, "tag": entityTag, "number": feed])
            let changed = try Int.fetchOne(
                database, sql: "SELECT changed FROM feed WHERE number = ?", arguments: [feed])
            return changed.map(Instant.init(seconds:)) ?? now
        }
    }

    /// The addresses in use of the database that a backup is to replace; nil where it cannot say so, or is of another
    /// life than the backup.
    static func feedsInUse(at place: String, sameAs backup: DatabaseQueue) -> [Int]? {
        let identity = "SELECT value FROM setting WHERE name = 'identity'"
        guard let name = try? backup.read({ try String.fetchOne($0, sql: identity) }),
            let replaced = try? DatabaseQueue(path: place)
        else { return nil }
        return try? replaced.read { database in
            guard try String.fetchOne(database, sql: identity) == name else { return nil }
            return try Int.fetchAll(database, sql: "SELECT number FROM feed WHERE revoked IS NULL")
        }
    }

    /// Revokes in a backup what is not in use any more: an address that leaked must not come back with it.
    static func revokeFeeds(except numbers: [Int], in database: Database, at now: Instant) throws {
        guard try database.tableExists("feed") else { return }
        let list = "[" + numbers.map(String.init).joined(separator: ",") + "]"
        try database.execute(
            sql: """
                UPDATE feed SET digest = NULL, revoked = ?
                WHERE revoked IS NULL AND number NOT IN (SELECT value FROM json_each(?))
                """, arguments: [now.seconds, list])
    }
}

extension Feed {
    fileprivate init?(_ row: Row) {
        guard let subject = FeedOwner(kind: row["kind"] as String, id: row["subject"]) else { return nil }
        func instant(_ column: String) -> Instant? { (row[column] as Int?).map(Instant.init(seconds:)) }
        self.init(
            number: row["number"], subject: subject, created: Instant(seconds: row["created"]),
            revoked: instant("revoked"), fetched: instant("fetched"), program: row["program"],
            changed: instant("changed"))
    }
}
