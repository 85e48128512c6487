import CivilTime
import Foundation
import GRDB

extension Store {
    /// So many changes of one session are thought possible between a backup and its restore, at least.
    static let reservedSequences = 1000
    /// 1 January 2020: from then on minutes are counted, so that a later restore reserves more than an earlier one did.
    private static let epoch = Instant(seconds: 1_577_836_800)

    /// Writes a consistent copy of the database to a file, while others go on reading and writing.
    ///
    /// The copy knows that it is one: when it is opened in place of the database, no `SEQUENCE` falls behind one that
    /// somebody has seen since.
    ///
    /// - Throws: `StoreError` where the file is there already or cannot be written, or the database is damaged.
    public func backup(to path: String, at now: Instant) throws(StoreError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.other, "\(path) is there already; name a new file")
        }
        do {
            try StoreError.wrap(path) {
                try Self.copy(pool, to: path)
                let copy = try DatabaseQueue(path: path)
                try copy.write { try $0.execute(sql: "INSERT OR REPLACE INTO setting VALUES ('isCopy', '0')") }
                try copy.close()
                try Self.check(path)
            }
        } catch  where error.kind == .corrupt {
            throw StoreError(
                .corrupt, "\(pool.path) is damaged and cannot be copied; restore an earlier backup (muster restore)")
        }
        // The backup is good, also of a database that has no room for the note.
        _ = try? write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO setting VALUES ('backup', ?)", arguments: ["\(now.seconds)"])
        }
    }

    /// When a backup was written last; nil for never.
    public func lastBackup() throws(StoreError) -> Instant? {
        try read { database in
            let text = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'backup'")
            return text.flatMap { Int($0) }.map(Instant.init(seconds:))
        }
    }

    /// Bytes of the database's file.
    public var bytes: Int {
        (try? FileManager.default.attributesOfItem(atPath: pool.path)[.size] as? Int) ?? 0
    }

    /// Writes a copy that its owner alone may read, whole or not at all.
    static func copy(_ pool: DatabasePool, to path: String) throws {
        let unfinished = path + ".unfinished"
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: unfinished, isDirectory: &isFolder) {
            guard !isFolder.boolValue else {
                throw StoreError(
                    .other, "\(unfinished) is a folder and stands in the way; give the backup another name")
            }
            try FileManager.default.removeItem(atPath: unfinished)
        }
        guard FileManager.default.createFile(atPath: unfinished, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw StoreError(.readOnly, "\(path) cannot be written; check the rights of the folder") }
        try pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [unfinished]) }
        try FileManager.default.moveItem(atPath: unfinished, toPath: path)
    }

    /// Puts a backup in the place of the database of a state directory, whose old one is set aside; only for the holder
    /// of all its locks.
    ///
    /// - Parameter now: the time, from which it follows how far every `SEQUENCE` is raised.
    /// - Returns: where the old one is; nil where there was none.
    /// - Throws: `StoreError` where the file is no sound backup; then nothing is changed.
    public static func restore(_ path: String, to directory: String, at now: Instant) throws(StoreError) -> String? {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.other, "\(path) is not there; name the file that muster backup wrote")
        }
        return try StoreError.wrap(path) {
            try check(path)
            let place = directory + "/" + fileName
            let files = FileManager.default
            let fresh = place + ".restoring"
            try? files.removeItem(atPath: fresh)
            try files.copyItem(atPath: path, toPath: fresh)
            try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: fresh)
            let copy = try DatabaseQueue(path: fresh)
            let feeds = files.fileExists(atPath: place) ? feedsInUse(at: place, sameAs: copy) : nil
            try copy.write { database in
                try database.execute(
                    sql: "UPDATE setting SET value = ? WHERE name = 'isCopy'", arguments: ["\((now - epoch) / 60)"])
                if let feeds { try revokeFeeds(except: feeds, in: database, at: now) }
            }
            try copy.close()
            StateLock.leave(fresh, toOwnerOf: directory)
            var aside: String?
            if files.fileExists(atPath: place) {
                // What was written last may still lie in the file beside it.
                try DatabaseQueue(path: place).close()
                let name = (1...).lazy.map { "\(place).replaced-\($0)" }.first { !files.fileExists(atPath: $0) }
                if let name {
                    try files.moveItem(atPath: place, toPath: name)
                    aside = name
                }
            }
            for ending in ["-wal", "-shm"] { try? files.removeItem(atPath: place + ending) }
            try files.moveItem(atPath: fresh, toPath: place)
            return aside
        }
    }

    private static func check(_ path: String) throws {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let (verdict, isCopy) = try queue.read { database in
            (
                try String.fetchOne(database, sql: "PRAGMA integrity_check"),
                try database.tableExists("setting")
                    && String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'isCopy'") != nil
            )
        }
        guard verdict == "ok" else {
            throw StoreError(.corrupt, "\(path) is damaged (\(verdict ?? "unreadable")); take another backup")
        }
        guard isCopy else { throw StoreError(.other, "\(path) was not written by muster backup; take one that was") }
    }

    /// Makes a database that was a backup fit for work.
    ///
    /// What was published since is not known. So every `SEQUENCE` is raised above all that may have been used,
    /// everybody is told anew how the sessions to come stand, and invitations and updates that were waiting then are
    /// not sent.
    static func settleAfterRestore(_ pool: DatabasePool) throws {
        try pool.write { database in
            let mark = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'isCopy'")
            guard let mark else { return }
            try database.execute(
                sql: """
                    UPDATE session SET sequence = max(sequence + \(reservedSequences), :least), needsRenotification = 1
                        WHERE isCancelled = 0;
                    UPDATE setting SET value = max(value + \(reservedSequences), :least) WHERE name = 'leastSequence';
                    UPDATE message SET mayHaveArrived = 1 WHERE number IN claim;
                    DELETE FROM claim;
                    UPDATE message SET state = 'superseded', mayHaveArrived = 1, finished = created
                        WHERE state IN \(OutboxMessage.unfinishedStates) AND kind IN ('invitation', 'update');
                    DELETE FROM setting WHERE name = 'isCopy';
                    """, arguments: ["least": Int(mark) ?? 0])
        }
    }
}
