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

    /// The copies of calendars.
    ///
    /// - Parameter sources: of which; nil for all that were ever asked for.
    public func calendarCopies(
        _ extent: CopyExtent = .whole, of sources: [CalendarSource]? = nil
    ) throws(StoreError) -> [CalendarSource: CalendarCopy] {
        try read { database in
            let long =
                extent == .whole ? "busy, remarks, collections" : "'[]' AS busy, '[]' AS remarks, '{}' AS collections"
            let copies = try Row.fetchAll(
                database,
                sql: """
                    SELECT location, attempted, succeeded, failure, entityTag, lastModified, windowFrom, windowTo,
                        eventCount, \(long), failures, due
                    FROM \(sources == nil ? "calendar" : "json_each(?) CROSS JOIN calendar ON location = value")
                    """,
                arguments: try sources.map { [try Self.jsonList($0.map(\.location))] } ?? []
            ).map(CalendarCopy.init)
            return Dictionary(copies.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Keeps copies in place of the earlier ones, with what happened to calendars by that.
    ///
    /// - Parameters:
    ///   - confirmed: copies that are as they were, but for when they were looked at.
    ///   - finished: calendars whose reading has ended.
    public func save(
        _ copies: [CalendarCopy], confirmed: [CalendarCopy] = [], finished: [CalendarSource] = [],
        announcing announcements: [Announcement] = []
    ) throws(StoreError) {
        try write { database in
            for copy in copies { try copy.save(database) }
            for copy in confirmed { try copy.saveAttempt(database) }
            for source in finished { try source.endReading(database) }
            for announcement in announcements { try insert(announcement, database) }
        }
    }

    /// Notes that calendars are going to be read, before anything of them is looked at.
    public func beginReading(_ sources: [CalendarSource], at now: Instant) throws(StoreError) {
        try write { database in
            for source in sources {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO unfinishedReading VALUES (?, ?, 1)
                        ON CONFLICT (location) DO UPDATE SET begun = excluded.begun, count = count + 1
                        """
                ).execute(arguments: [source.location, now.seconds])
            }
        }
    }

    /// Notes that calendars are not being read any more, whatever came of it.
    public func endReading(_ sources: [CalendarSource]) throws(StoreError) {
        try write { database in
            for source in sources { try source.endReading(database) }
        }
    }

    /// The calendars whose reading the program did not survive, while nothing is being read.
    public func unfinishedReadings() throws(StoreError) -> [CalendarSource: UnfinishedReading] {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT location, begun, count FROM unfinishedReading")
            return rows.reduce(into: [:]) { readings, row in
                readings[CalendarSource(location: row["location"])] = UnfinishedReading(
                    begun: Instant(seconds: row["begun"]), count: row["count"])
            }
        }
    }
}

extension CalendarSource {
    fileprivate func endReading(_ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM unfinishedReading WHERE location = ?")
            .execute(arguments: [location])
    }
}

extension CalendarCopy {
    fileprivate init(_ row: Row) throws {
        // Nearly all have neither, and there are many.
        let (remarksText, collectionsText): (String, String) = (row["remarks"], row["collections"])
        let decoder = JSONDecoder()
        let remarks = remarksText == "[]" ? [] : try decoder.decode([String].self, from: Data(remarksText.utf8))
        let collections =
            collectionsText == "{}"
            ? [:] : try decoder.decode([String: CollectionRecord].self, from: Data(collectionsText.utf8))
        self.init(
            source: CalendarSource(location: row["location"]), attempted: Instant(seconds: row["attempted"]),
            succeeded: (row["succeeded"] as Int?).map(Instant.init(seconds:)), failure: row["failure"],
            entityTag: row["entityTag"], lastModified: row["lastModified"],
            window: Instant(seconds: row["windowFrom"])..<Instant(seconds: row["windowTo"]),
            eventCount: row["eventCount"], busy: [BusyInterval](column: row["busy"]),
            remarks: remarks,
            failures: row["failures"], due: Instant(seconds: row["due"]),
            collections: collections.mapValues(\.copy))
    }

    /// Writes when it was looked at, where that is all that is new.
    fileprivate func saveAttempt(_ database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE calendar SET attempted = ?, succeeded = ?, failure = NULL, failures = 0, due = ? WHERE location = ?
                """
        ).execute(arguments: [attempted.seconds, succeeded?.seconds, due.seconds, source.location])
    }

    fileprivate func save(_ database: Database) throws {
        let encoder = JSONEncoder()
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO calendar VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(
            arguments: [
                source.location, attempted.seconds, succeeded?.seconds, failure, entityTag, lastModified,
                window.lowerBound.seconds, window.upperBound.seconds, eventCount,
                busy.column,
                String(decoding: try encoder.encode(remarks), as: UTF8.self), failures, due.seconds,
                String(decoding: try encoder.encode(collections.mapValues(CollectionRecord.init)), as: UTF8.self),
            ])
    }
}

/// A collection as it stands in its column.
private struct CollectionRecord: Codable {
    struct Contents: Codable {
        let events: Int
        let busy: String
        let remarks: [String]?
    }

    let version: String?
    let objects: [String: Contents]

    init(_ copy: CollectionCopy) {
        version = copy.version
        objects = copy.objects.mapValues {
            Contents(events: $0.eventCount, busy: $0.busy.column, remarks: $0.remarks.isEmpty ? nil : $0.remarks)
        }
    }

    var copy: CollectionCopy {
        CollectionCopy(
            version: version,
            objects: objects.mapValues {
                CalendarContents(
                    eventCount: $0.events, busy: [BusyInterval](column: $0.busy), remarks: $0.remarks ?? [])
            })
    }
}

extension [BusyInterval] {
    /// `[[start,end,isTentative],…]`: JSON for whoever looks, but there are so many of them that it is written and read
    /// as what it is, numbers.
    fileprivate var column: String {
        var text = "["
        for interval in self {
            if text.utf8.count > 1 { text += "," }
            text += "[\(interval.start.seconds),\(interval.end.seconds),\(interval.isTentative ? 1 : 0)]"
        }
        return text + "]"
    }

    fileprivate init(column text: String) {
        let numbers = Self.numbers(of: text)
        self = stride(from: 0, to: numbers.count - 2, by: 3).map { first in
            BusyInterval(
                start: Instant(seconds: numbers[first]), end: Instant(seconds: numbers[first + 1]),
                isTentative: numbers[first + 2] != 0)
        }
    }

    private static func numbers(of text: String) -> [Int] {
        var text = text
        return text.withUTF8 { bytes in
            var numbers: [Int] = []
            numbers.reserveCapacity(bytes.count / 8)
            var (number, sign, isOpen) = (0, 1, false)
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    number = number &* 10 &+ Int(byte &- UInt8(ascii: "0"))
                    isOpen = true
                case UInt8(ascii: "-"): sign = -1
                default:
                    if isOpen { numbers.append(number &* sign) }
                    (number, sign, isOpen) = (0, 1, false)
                }
            }
            return numbers
        }
    }
}
