import CivilTime
import Foundation
import GRDB
import MusterModel

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
    /// The newest revision; nil before anything was published.
    public func latestRevision() throws(StoreError) -> Revision? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM revision ORDER BY number DESC LIMIT 1").map(Revision.init)
        }
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
            try Row.fetchAll(database, sql: "SELECT * FROM session WHERE isCancelled = 0 ORDER BY id").map(
                PublishedSession.init)
        }
    }

    /// The identifiers of all sessions that were ever published.
    public func sessionUIDs() throws(StoreError) -> Set<String> {
        try read { database in try String.fetchSet(database, sql: "SELECT uid FROM session") }
    }

    // MARK: Decisions

    /// What coordinators decided, by subject.
    public func decisions() throws(StoreError) -> [Decision] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM decision ORDER BY subject").map { row in
                Decision(
                    subject: row["subject"],
                    kind: try JSONDecoder().decode(Decision.Kind.self, from: Data((row["kind"] as String).utf8)),
                    at: Instant(seconds: row["at"]))
            }
        }
    }

    /// Keeps a decision in place of an earlier one about the same subject.
    public func save(_ decision: Decision) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO decision (subject, kind, at) VALUES (?, ?, ?)",
                arguments: [
                    decision.subject, String(decoding: try JSONEncoder().encode(decision.kind), as: UTF8.self),
                    decision.at.seconds,
                ])
        }
    }

    /// Takes a decision back; returns whether there was one.
    public func removeDecision(_ subject: String) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(sql: "DELETE FROM decision WHERE subject = ?", arguments: [subject])
            return database.changesCount > 0
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

extension PublishedSession {
    fileprivate init(_ row: Row) throws {
        self.init(
            uid: row["uid"], sequence: row["sequence"], created: Instant(seconds: row["created"]),
            details: try JSONDecoder().decode(SessionDetails.self, from: Data((row["details"] as String).utf8)))
        isDoubtful = row["isDoubtful"]
    }
}
