import CivilTime
import ConcurrentMap
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
        /// Those alone that cannot be relied on, or in which something is odd: how they fare, and what is odd.
        case odd
    }

    /// As the index has it.
    private static let isOdd = "(failure IS NOT NULL OR succeeded IS NULL OR remarks <> '[]')"

    /// The copies of calendars.
    ///
    /// - Parameter sources: of which; nil for all that were ever asked for.
    public func calendarCopies(
        _ extent: CopyExtent = .whole, of sources: [CalendarSource]? = nil
    ) throws(StoreError) -> [CalendarSource: CalendarCopy] {
        try read { database in
            let long =
                switch extent {
                case .whole: "busy, remarks, collections"
                case .withoutTimes: "x'' AS busy, '[]' AS remarks, '{}' AS collections"
                case .odd: "x'' AS busy, remarks, '{}' AS collections"
                }
            let records = try CopyRecord.fetchCursor(
                database,
                sql: """
                    SELECT location, attempted, succeeded, failure, entityTag, lastModified, windowFrom, windowTo,
                        eventCount, \(long), failures, due
                    FROM \(sources == nil ? "calendar" : "json_each(?) CROSS JOIN calendar ON location = value")
                    WHERE \(extent == .odd ? Self.isOdd : "true")
                    """,
                arguments: try sources.map { [try Self.jsonList($0.map(\.location))] } ?? [])
            var copies: [CalendarSource: CalendarCopy] = [:]
            while let part = try records.next(Self.copiesAtOnce) {
                for copy in part.concurrentMap(\.copy) { copies[copy.source] = copy }
            }
            return copies
        }
    }

    /// How far each calendar that was ever asked for can be relied on, and when it was last read; nil for never.
    public func calendarStates() throws(StoreError) -> [CalendarSource: (isFailing: Bool, succeeded: Instant?)] {
        try read { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT location, failure IS NOT NULL AS isFailing, succeeded FROM calendar")
            var states: [CalendarSource: (isFailing: Bool, succeeded: Instant?)] = [:]
            while let row = try rows.next() {
                let succeeded = (row["succeeded"] as Int?).map(Instant.init(seconds:))
                states[CalendarSource(location: row["location"])] = (row["isFailing"], succeeded)
            }
            return states
        }
    }

    /// A nation has 24,000 calendars: their texts are read on all cores, so many at a time that they do not fill the
    /// memory beside what they say.
    private static let copiesAtOnce = 1000

    /// Keeps copies in place of the earlier ones, with what happened to calendars by that.
    ///
    /// - Parameters:
    ///   - confirmed: copies that are as they were, but for when they were looked at.
    ///   - finished: calendars whose reading has ended.
    public func save(
        _ copies: [CalendarCopy], confirmed: [CalendarCopy] = [], finished: [CalendarSource] = [],
        announcing announcements: [Announcement] = []
    ) throws(StoreError) {
        // On all cores, and before others have to wait.
        let columns = copies.concurrentMap(\.busy.packed)
        try writeSoon { database in
            for (copy, busy) in zip(copies, columns) { try copy.save(busy, database) }
            for copy in confirmed { try copy.saveAttempt(database) }
            for source in finished { try source.endReading(database) }
            for announcement in announcements { try insert(announcement, database) }
        }
    }

    /// Notes that calendars are going to be read, before anything of them is looked at.
    public func beginReading(_ sources: [CalendarSource], at now: Instant) throws(StoreError) {
        try writeSoon { database in
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
        try writeSoon { database in
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
    /// Writes when it was looked at, where that is all that is new.
    fileprivate func saveAttempt(_ database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE calendar SET attempted = ?, succeeded = ?, failure = NULL, failures = 0, due = ? WHERE location = ?
                """
        ).execute(arguments: [attempted.seconds, succeeded?.seconds, due.seconds, source.location])
    }

    /// - Parameter busy: the busy times as their column has them.
    fileprivate func save(_ busy: Data, _ database: Database) throws {
        func json(_ value: some Encodable) throws -> String {
            String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO calendar (location, attempted, succeeded, failure, entityTag, lastModified,
                    windowFrom, windowTo, eventCount, busy, remarks, failures, due, collections)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                source.location, attempted.seconds, succeeded?.seconds, failure, entityTag, lastModified,
                window.lowerBound.seconds, window.upperBound.seconds, eventCount,
                busy,
                // Nearly all have neither, and there are many.
                remarks.isEmpty ? "[]" : try json(remarks), failures, due.seconds,
                collections.isEmpty ? "{}" : try json(collections.mapValues(CollectionRecord.init)),
            ])
    }
}

extension Cursor {
    /// So many more at most; nil where there is none.
    fileprivate func next(_ count: Int) throws -> [Element]? {
        var part: [Element] = []
        while part.count < count, let element = try next() { part.append(element) }
        return part.isEmpty ? nil : part
    }
}

/// A copy as it stands in its row, before its texts are read.
private struct CopyRecord: FetchableRecord {
    let location: String
    let attempted: Int
    let succeeded: Int?
    let failure: String?
    let entityTag: String?
    let lastModified: String?
    let window: Range<Int>
    let eventCount: Int
    let busy: Data
    let remarks: String
    let collections: String
    let failures: Int
    let due: Int

    /// The columns in the order in which they are asked for: to find them by name takes longer than to read them.
    init(row: Row) {
        (location, attempted, succeeded, failure) = (row[0], row[1], row[2], row[3])
        (entityTag, lastModified, window) = (row[4], row[5], row[6]..<row[7])
        (eventCount, busy, remarks, collections) = (row[8], row[9], row[10], row[11])
        (failures, due) = (row[12], row[13])
    }

    /// The copy; one that is damaged is as good as none, and is made anew when the calendar is read.
    var copy: CalendarCopy {
        (try? whole)
            ?? CalendarCopy(
                source: CalendarSource(location: location), attempted: Instant(seconds: attempted),
                failure: "has a copy here that cannot be read; it is read anew",
                window: Instant(seconds: window.lowerBound)..<Instant(seconds: window.upperBound))
    }

    private var whole: CalendarCopy {
        get throws {
            // Nearly all have neither, and there are many.
            let decoder = JSONDecoder()
            let remarks = remarks == "[]" ? [] : try decoder.decode([String].self, from: Data(remarks.utf8))
            let collections =
                collections == "{}"
                ? [:] : try decoder.decode([String: CollectionRecord].self, from: Data(collections.utf8))
            return CalendarCopy(
                source: CalendarSource(location: location), attempted: Instant(seconds: attempted),
                succeeded: succeeded.map(Instant.init(seconds:)), failure: failure, entityTag: entityTag,
                lastModified: lastModified,
                window: Instant(seconds: window.lowerBound)..<Instant(seconds: window.upperBound),
                eventCount: eventCount, busy: try [BusyInterval](packed: busy), remarks: remarks, failures: failures,
                due: Instant(seconds: due), collections: try collections.mapValues { try $0.copy })
        }
    }
}

/// A collection as it stands in its column.
private struct CollectionRecord: Codable {
    struct Contents: Codable {
        let events: Int
        let busy: Data
        let remarks: [String]?
    }

    let version: String?
    let objects: [String: Contents]

    init(_ copy: CollectionCopy) {
        version = copy.version
        objects = copy.objects.mapValues {
            Contents(events: $0.eventCount, busy: $0.busy.packed, remarks: $0.remarks.isEmpty ? nil : $0.remarks)
        }
    }

    var copy: CollectionCopy {
        get throws {
            CollectionCopy(
                version: version,
                objects: try objects.mapValues {
                    CalendarContents(
                        eventCount: $0.events, busy: try [BusyInterval](packed: $0.busy), remarks: $0.remarks ?? [])
                })
        }
    }
}
