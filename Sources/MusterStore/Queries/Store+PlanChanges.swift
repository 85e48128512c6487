import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// A change that somebody said no to, with why it was proposed: the same is not proposed again.
    public struct RejectedChange: Sendable {
        /// The runs that it changes.
        public var tracks: [TrackID]
        /// Why it was proposed: what was kept with it.
        public var causes: Data
    }

    /// Keeps a change that waits for somebody's yes, in the place of whatever waited before.
    ///
    /// The same change keeps its number, and gets the content of today.
    ///
    /// - Parameters:
    ///   - fingerprint: the same for the same change.
    ///   - content: what it is, for whoever looks at it and for its publication.
    ///   - causes: why it is proposed.
    ///   - announce: what others are told of one that is new, by its number.
    /// - Returns: its number, and whether it is new; nil where somebody has said no to the same, perhaps just now.
    public func propose(
        _ change: PlanChange, fingerprint: String, content: Data, causes: Data,
        announcing announce: @Sendable (PlanChange) -> Announcement
    ) throws(StoreError) -> (number: Int, isNew: Bool)? {
        try write { database in
            let isRejected = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM planChange WHERE state = 'rejected' AND fingerprint = ?)",
                arguments: [fingerprint])
            guard isRejected != true else {
                try outdateChanges(at: change.at, database)
                return nil
            }
            let known = try Int.fetchOne(
                database, sql: "SELECT number FROM planChange WHERE state = 'open' AND fingerprint = ?",
                arguments: [fingerprint])
            if let known {
                try database.execute(
                    sql: "UPDATE planChange SET content = ?, causes = ? WHERE number = ?",
                    arguments: [content, causes, known])
                return (known, false)
            }
            try outdateChanges(at: change.at, database)
            try database.execute(
                sql: """
                    INSERT INTO planChange (at, state, fingerprint, title, tracks, causes, content)
                    VALUES (?, 'open', ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    change.at.seconds, fingerprint, change.title, Self.jsonList(change.tracks), causes, content,
                ])
            var change = change
            change.number = Int(database.lastInsertedRowID)
            try insert(announce(change), database)
            return (change.number, true)
        }
    }

    /// Nothing is proposed any more.
    public func outdateChanges(at now: Instant) throws(StoreError) {
        guard try openChange() != nil else { return }
        try write { try outdateChanges(at: now, $0) }
    }

    func outdateChanges(at now: Instant, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE planChange SET state = 'outdated', decided = ?, content = NULL WHERE state = 'open'",
            arguments: [now.seconds])
    }

    /// The change that waits; nil where none does.
    public func openChange() throws(StoreError) -> PlanChange? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT \(Self.headColumns) FROM planChange WHERE state = 'open'")
                .map(PlanChange.init)
        }
    }

    /// The changes that were proposed, the newest first.
    public func planChanges(limit: Int = 100) throws(StoreError) -> [PlanChange] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT \(Self.headColumns) FROM planChange ORDER BY number DESC LIMIT ?",
                arguments: [limit]
            ).map(PlanChange.init)
        }
    }

    /// What is kept of a change is as large as the plan: what it holds is not read where nobody asks for it.
    private static let headColumns = "number, at, state, title, tracks, decided, author, reason"

    /// A change with one part of what was kept of it, as JSON; nil for a number that is unknown.
    public func planChange(_ number: Int, part: String) throws(StoreError) -> (change: PlanChange, content: Data?)? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT \(Self.headColumns), json_extract(CAST(content AS TEXT), '$.' || ?) AS part
                    FROM planChange WHERE number = ?
                    """, arguments: [part, number]
            ).map { (PlanChange($0), ($0["part"] as String?).map { Data($0.utf8) }) }
        }
    }

    /// A change with what was kept of it; nil for a number that is unknown.
    public func planChange(_ number: Int) throws(StoreError) -> (change: PlanChange, content: Data?)? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM planChange WHERE number = ?", arguments: [number])
                .map { (PlanChange($0), $0["content"]) }
        }
    }

    /// How many of the published sessions have ever had another time than the first, and how many there are.
    public func movedSessions(of cycles: Set<CycleID>? = nil) throws(StoreError) -> (moved: Int, all: Int) {
        try read { database in
            let chosen =
                cycles == nil
                ? "session"
                : "json_each(:cycles) CROSS JOIN session ON \(Self.isPart("session.id", of: "value"))"
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*) AS published, (
                        SELECT count(*) FROM \(chosen) WHERE isCancelled = 0 AND (session.id, session.uid) IN (
                            SELECT subject, uid FROM event WHERE kind = 'session.moved')) AS moved
                    FROM \(chosen) WHERE isCancelled = 0
                    """, arguments: try cycles.map { ["cycles": try Self.jsonList($0.sorted())] } ?? [])
            return (row?["moved"] ?? 0, row?["published"] ?? 0)
        }
    }

    /// What somebody said no to, and has not thought better of.
    public func rejectedChanges() throws(StoreError) -> [RejectedChange] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM planChange WHERE state = 'rejected' ORDER BY number").map {
                RejectedChange(tracks: PlanChange.tracks($0), causes: $0["causes"])
            }
        }
    }

    /// Says no to a change that waits, or thinks better of a no.
    ///
    /// - Parameter announcement: what happened, and what others are told.
    /// - Returns: false where it is in another state.
    public func turn(
        _ number: Int, from old: PlanChange.State, to new: PlanChange.State, because reason: String,
        announcing announcement: Announcement
    ) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE planChange SET state = ?, decided = ?, author = ?, reason = ?, content = NULL
                    WHERE number = ? AND state = ?
                    """,
                arguments: [
                    new.rawValue, announcement.event.at.seconds, announcement.event.actor, reason, number, old.rawValue,
                ])
            guard database.changesCount > 0 else { return false }
            try insert(announcement, database)
            return true
        }
    }

    /// A plan is published: the change that it follows is done, and every other is of the past.
    func settleChanges(_ publication: Publication, _ database: Database) throws {
        if let number = publication.change?.number {
            try database.execute(
                sql: """
                    UPDATE planChange SET state = 'applied', decided = ?, author = ?, content = NULL
                    WHERE number = ? AND state = 'open'
                    """, arguments: [publication.at.seconds, publication.actor, number])
            guard database.changesCount > 0 else {
                throw StoreError(.conflict, "somebody decided about the proposal \(number) meanwhile")
            }
        }
        try outdateChanges(at: publication.at, database)
    }
}

extension PlanChange {
    fileprivate init(_ row: Row) {
        self.init(
            number: row["number"], at: Instant(seconds: row["at"]), state: State(rawValue: row["state"]) ?? .outdated,
            title: row["title"], tracks: Self.tracks(row),
            decided: (row["decided"] as Int?).map(Instant.init(seconds:)), author: row["author"], reason: row["reason"])
    }

    fileprivate static func tracks(_ row: Row) -> [TrackID] {
        (try? JSONDecoder().decode([TrackID].self, from: Data((row["tracks"] as String).utf8))) ?? []
    }
}
