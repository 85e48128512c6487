import CivilTime
import Foundation
import GRDB
import MusterModel

extension Migrations {
    /// Busy times were JSON, of which a nation has 130 MB, and are a few bytes each.
    ///
    /// What cannot be read of a copy is forgotten, and the calendar read anew.
    static func packBusyTimes(_ database: Database) throws {
        try database.execute(sql: "ALTER TABLE calendar ADD COLUMN packed BLOB NOT NULL DEFAULT x''")
        let locations = try String.fetchAll(
            database, sql: "SELECT location FROM calendar WHERE busy <> '[]' OR collections <> '{}'")
        for location in locations {
            let row = try Row.fetchOne(
                database, sql: "SELECT busy, collections FROM calendar WHERE location = ?", arguments: [location])
            guard let row else { continue }
            do {
                let collections = try JSONDecoder().decode(
                    [String: Collection<String>].self, from: Data((row["collections"] as String).utf8)
                ).mapValues { try Collection($0) }
                try database.execute(
                    sql: "UPDATE calendar SET packed = ?, collections = ? WHERE location = ?",
                    arguments: [
                        try packed(row["busy"]),
                        String(decoding: try JSONEncoder().encode(collections), as: UTF8.self), location,
                    ])
            } catch is DecodingError {
                try database.execute(
                    sql: """
                        UPDATE calendar SET succeeded = NULL, entityTag = NULL, lastModified = NULL, eventCount = 0,
                            remarks = '[]', due = 0, collections = '{}' WHERE location = ?
                        """, arguments: [location])
            }
        }
        try database.execute(
            sql: """
                ALTER TABLE calendar DROP COLUMN busy;
                ALTER TABLE calendar RENAME COLUMN packed TO busy;
                """)
    }

    fileprivate static func packed(_ text: String) throws -> Data {
        try JSONDecoder().decode([[Int]].self, from: Data(text.utf8)).map { numbers in
            guard numbers.count == 3 else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(codingPath: [], debugDescription: "a busy time is three numbers"))
            }
            return BusyInterval(
                start: Instant(seconds: numbers[0]), end: Instant(seconds: numbers[1]), isTentative: numbers[2] != 0)
        }.packed
    }

    /// A collection of a server, with busy times as text before and as bytes after.
    fileprivate struct Collection<Busy: Codable>: Codable {
        struct Contents: Codable {
            let events: Int
            let busy: Busy
            let remarks: [String]?
        }

        let version: String?
        let objects: [String: Contents]
    }
}

extension Migrations.Collection where Busy == Data {
    init(_ old: Migrations.Collection<String>) throws {
        version = old.version
        objects = try old.objects.mapValues {
            Contents(events: $0.events, busy: try Migrations.packed($0.busy), remarks: $0.remarks)
        }
    }
}
