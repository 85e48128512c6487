import Foundation
import GRDB
import Synchronization

/// The one door to the database: a SQLite file in the state directory.
///
/// Every change is one transaction, on disk when the call returns (`WAL`, `synchronous=FULL`), but for copies of calendars,
/// which are read again where they are lost. Many may read while one writes.
public final class Store: Sendable {
    /// The file of the database inside the state directory.
    public static let fileName = "muster.sqlite"

    let pool: DatabasePool
    /// The newest revision as it was read last, with the mark of the last erasure.
    let newestRevision = Mutex<(mark: String, revision: Revision)?>(nil)

    /// Opens the database of a state directory; both are made where they are missing.
    ///
    /// An older database is brought up to date after a copy of it has been set aside (`muster.sqlite.before-N`); a
    /// newer one is refused.
    ///
    /// - Throws: `StoreError`, which says what stands in the way.
    public init(directory: String) throws(StoreError) {
        let path = directory + "/" + Self.fileName
        pool = try StoreError.wrap(path) {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // Whatever the folder's rights are: SQLite gives those of the database to what it makes beside it.
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            }
            var configuration = GRDB.Configuration()
            // Another program may be publishing a season, which takes a quarter of a minute.
            configuration.busyMode = .timeout(60)
            configuration.prepareDatabase { database in
                try database.execute(
                    sql: """
                        -- What is forgotten is overwritten, and the log does not keep the size of its busiest hour.
                        PRAGMA secure_delete = ON;
                        PRAGMA journal_size_limit = 16777216;
                        """)
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            // Not in the configuration: the pool itself says NORMAL after it has looked there.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrate(pool, path)
            try Self.settleAfterRestore(pool)
            return pool
        }
    }

    /// Opens the database of a state directory to look at it alone, where it cannot be written.
    ///
    /// - Throws: `StoreError` where there is none, or it cannot be read without being brought up to date.
    public init(readingFrom directory: String) throws(StoreError) {
        let path = directory + "/" + Self.fileName
        pool = try StoreError.wrap(path) {
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
            // A database without a log is complete in itself; SQLite would make an empty one to be able to look.
            let isComplete = (log ?? 0) == 0
            let place =
                isComplete ? URL(fileURLWithPath: path).absoluteString.replacing("file://", with: "file:") : path
            let pool = try DatabasePool(
                path: isComplete ? place + "?immutable=1" : place, configuration: configuration)
            guard try Self.pending(pool, path).isEmpty else {
                throw StoreError(
                    .readOnly, "\(path) was written by an older muster and cannot be brought up to date here")
            }
            return pool
        }
    }

    private static func migrate(_ pool: DatabasePool, _ path: String) throws {
        let pending = try pending(pool, path)
        guard !pending.isEmpty else { return }
        let migrations = Migrations.migrator.migrations
        if pending != migrations {
            let copy = "\(path).before-\(migrations.count)"
            if !FileManager.default.fileExists(atPath: copy) { try Self.copy(pool, to: copy) }
        }
        try Migrations.migrator.migrate(pool)
    }

    /// The migrations that are still to be done.
    private static func pending(_ pool: DatabasePool, _ path: String) throws -> [String] {
        let migrator = Migrations.migrator
        let (isNewer, applied) = try pool.read { database in
            (try migrator.hasBeenSuperseded(database), try migrator.appliedMigrations(database))
        }
        guard !isNewer else {
            throw StoreError(
                .newer, "\(path) was written by a newer muster; use that one, or restore a backup from before it")
        }
        return migrator.migrations.filter { !applied.contains($0) }
    }

    /// Makes sure that the database can be written: takes the right to write, and gives it back.
    ///
    /// - Throws: `StoreError` where it cannot.
    public func checkWritable() throws(StoreError) {
        try StoreError.wrap(pool.path) {
            try pool.writeWithoutTransaction { try $0.inTransaction(.immediate) { .rollback } }
        }
    }

    /// Makes sure that there is room to write: writes something.
    ///
    /// - Throws: `StoreError` where there is none.
    public func checkSpace() throws(StoreError) {
        try write { try $0.execute(sql: "INSERT OR REPLACE INTO setting VALUES ('checked', random())") }
    }

    func read<Value>(_ body: @Sendable (Database) throws -> Value) throws(StoreError) -> Value {
        try StoreError.wrap(pool.path) { try pool.read(body) }
    }

    @discardableResult
    func write<Value>(_ body: @Sendable (Database) throws -> Value) throws(StoreError) -> Value {
        try StoreError.wrap(pool.path) { try pool.write(body) }
    }

    /// The same without waiting for the disk: it outlives the program, though perhaps not the machine.
    ///
    /// For what is found out again where it is lost: the next change that waits for the disk keeps this too.
    func writeSoon<Value>(_ body: @Sendable (Database) throws -> Value) throws(StoreError) -> Value {
        try StoreError.wrap(pool.path) {
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = NORMAL")
                let result = Result {
                    var value: Value?
                    try database.inTransaction(.immediate) {
                        value = try body(database)
                        return .commit
                    }
                    return value
                }
                try database.execute(sql: "PRAGMA synchronous = FULL")
                guard let value = try result.get() else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                return value
            }
        }
    }
}
