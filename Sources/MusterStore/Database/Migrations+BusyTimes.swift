import CivilTime
import Foundation
import GRDB
import MusterModel

extension Migrations {
    /// Busy times were JSON, of which a nation has 130 MB, and are a few bytes each.
    ///
    /// What is known of collections on servers is forgotten, so that they are read anew.
    static func packBusyTimes(_ database: Database) throws {
        try database.execute(sql: "ALTER TABLE calendar ADD COLUMN packed BLOB NOT NULL DEFAULT x''")
        for location in try String.fetchAll(database, sql: "SELECT location FROM calendar WHERE busy <> '[]'") {
            let text = try String.fetchOne(
                database, sql: "SELECT busy FROM calendar WHERE location = ?", arguments: [location])
            let intervals = try JSONDecoder().decode([[Int]].self, from: Data((text ?? "[]").utf8))
            let busy = intervals.filter { $0.count == 3 }.map {
                BusyInterval(
                    start: Instant(seconds: $0[0]), end: Instant(seconds: $0[1]), isTentative: $0[2] != 0)
            }
            try database.execute(
                sql: "UPDATE calendar SET packed = ? WHERE location = ?", arguments: [busy.packed, location])
        }
        try database.execute(
            sql: """
                ALTER TABLE calendar DROP COLUMN busy;
                ALTER TABLE calendar RENAME COLUMN packed TO busy;
                UPDATE calendar SET collections = '{}' WHERE collections <> '{}';
                """)
    }
}
