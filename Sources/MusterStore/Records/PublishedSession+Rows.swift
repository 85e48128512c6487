import CivilTime
import ConcurrentMap
import Foundation
import GRDB
import MusterModel

extension PublishedSession {
    /// What a row says before its text is read.
    private struct Record: FetchableRecord {
        let uid: String
        let sequence: Int
        let created: Instant
        let modified: Instant
        let details: Data
        let needsRenotification: Bool
        let isCalledOff: Bool

        init(row: Row) {
            uid = row["uid"]
            sequence = row["sequence"]
            created = Instant(seconds: row["created"])
            modified = Instant(seconds: row["modified"])
            details = Data((row["details"] as String).utf8)
            needsRenotification = row["needsRenotification"]
            isCalledOff = row["isCancelled"]
        }
    }

    private init(_ record: Record) throws {
        self.init(
            uid: record.uid, sequence: record.sequence, created: record.created,
            details: try JSONDecoder().decode(SessionDetails.self, from: record.details))
        modified = record.modified
        needsRenotification = record.needsRenotification
        isCalledOff = record.isCalledOff
    }

    /// So few are read sooner than a thread begins.
    private static let few = 100

    /// The sessions for which a condition holds; whatever orders them stands behind it.
    ///
    /// A season of a nation has 14,000, whose texts are read on all cores.
    ///
    /// - Parameter source: the table `session`, or what joins it.
    static func fetchAll(
        _ database: Database, from source: String = "session", where condition: String,
        arguments: StatementArguments = StatementArguments()
    ) throws -> [PublishedSession] {
        let records = try Record.fetchAll(
            database,
            sql: """
                SELECT session.*, revision.at AS modified FROM \(source) JOIN revision ON revision.number = session.revision
                WHERE \(condition)
                """, arguments: arguments)
        guard records.count > few else { return try records.map(PublishedSession.init) }
        return try records.concurrentMap { record in try PublishedSession(record) }
    }
}
