import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// How much of a copy is read.
    public enum CopyExtent: Sendable {
        /// Everything.
        case whole
        /// How it fares alone: the busy times and remarks, which are long to read, are left out.
        case withoutTimes
    }

    /// The copies of all calendars that were ever asked for.
    public func calendarCopies(_ extent: CopyExtent = .whole) throws(StoreError) -> [CalendarSource: CalendarCopy] {
        try read { database in
            let long = extent == .whole ? "busy, remarks" : "'[]' AS busy, '[]' AS remarks"
            let copies = try Row.fetchAll(
                database,
                sql: """
                    SELECT location, attempted, succeeded, failure, entityTag, lastModified, windowFrom, windowTo,
                        eventCount, \(long), failures, due
                    FROM calendar
                    """
            ).map(CalendarCopy.init)
            return Dictionary(copies.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Keeps copies in place of the earlier ones, and puts what others are told of them into the outbox.
    public func save(_ copies: [CalendarCopy], telling messages: [OutboxMessage] = []) throws(StoreError) {
        try write { database in
            for copy in copies { try copy.save(database) }
            for message in messages { try message.insert(database) }
        }
    }
}

extension CalendarCopy {
    fileprivate init(_ row: Row) throws {
        let decoder = JSONDecoder()
        let busy = try decoder.decode([[Int]].self, from: Data((row["busy"] as String).utf8))
        let remarks = try decoder.decode([String].self, from: Data((row["remarks"] as String).utf8))
        self.init(
            source: CalendarSource(location: row["location"]), attempted: Instant(seconds: row["attempted"]),
            succeeded: (row["succeeded"] as Int?).map(Instant.init(seconds:)), failure: row["failure"],
            entityTag: row["entityTag"], lastModified: row["lastModified"],
            window: Instant(seconds: row["windowFrom"])..<Instant(seconds: row["windowTo"]),
            eventCount: row["eventCount"],
            busy: busy.filter { $0.count == 3 }.map {
                BusyInterval(start: Instant(seconds: $0[0]), end: Instant(seconds: $0[1]), isTentative: $0[2] != 0)
            },
            remarks: remarks, failures: row["failures"], due: Instant(seconds: row["due"]))
    }

    fileprivate func save(_ database: Database) throws {
        let encoder = JSONEncoder()
        let busy = self.busy.map { [$0.start.seconds, $0.end.seconds, $0.isTentative ? 1 : 0] }
        try database.execute(
            sql: "INSERT OR REPLACE INTO calendar VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                source.location, attempted.seconds, succeeded?.seconds, failure, entityTag, lastModified,
                window.lowerBound.seconds, window.upperBound.seconds, eventCount,
                String(decoding: try encoder.encode(busy), as: UTF8.self),
                String(decoding: try encoder.encode(remarks), as: UTF8.self), failures, due.seconds,
            ])
    }
}
