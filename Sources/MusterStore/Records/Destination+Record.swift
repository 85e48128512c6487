import CivilTime
import GRDB
import MusterModel

extension Destination {
    init(_ row: Row) {
        self.init(name: row["name"])
        failures = row["failures"]
        failingSince = (row["failingSince"] as Int?).map(Instant.init(seconds:))
        retryAt = (row["retryAt"] as Int?).map(Instant.init(seconds:))
        lastError = row["lastError"]
        givenUp = (row["givenUp"] as Int?).map(Instant.init(seconds:))
        bucket = TokenBucket(level: row["allowance"], filled: (row["refilled"] as Int?).map(Instant.init(seconds:)))
    }

    func save(_ database: Database) throws {
        // What is as it was is not written: this happens with every message.
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO destination
                SELECT ?, ?, ?, ?, ?, ?, ?, ? EXCEPT SELECT * FROM destination
                """)
        try statement.execute(
            arguments: [
                name, failures, failingSince?.seconds, retryAt?.seconds, lastError, givenUp?.seconds,
                bucket.level, bucket.filled?.seconds,
            ])
    }
}
