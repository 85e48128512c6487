import Foundation
import GRDB

/// Why the database could not be read or written, as a sentence with what to do.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Kind: String, Hashable, Sendable {
        /// A newer muster wrote it.
        case newer
        /// It may not be written.
        case readOnly
        /// The disk is full.
        case full
        /// It is damaged.
        case corrupt
        /// Someone else writes and does not stop.
        case busy
        /// What was planned on is not what is published any more.
        case conflict
        /// Anything else.
        case other
    }

    /// What kind of trouble it is.
    public let kind: Kind
    /// The sentence.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    static func wrap<Value>(_ path: String, _ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            throw StoreError(error, path)
        } catch is DecodingError {
            throw StoreError(.corrupt, "\(path) holds something that cannot be read; restore a backup")
        } catch {
            let reason = (error as NSError).localizedDescription
            throw StoreError(.readOnly, "the state directory of \(path) cannot be made or written: \(reason)")
        }
    }

    private init(_ error: DatabaseError, _ path: String) {
        switch error.resultCode {
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .readOnly,
                "\(path) cannot be opened for writing; check the rights of the file and its folder. Nothing was changed"
            )
        case .SQLITE_FULL:
            self.init(.full, "the disk of \(path) is full. Nothing was changed; free space and try again")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, "\(path) is damaged or no database (\(error.message ?? "SQLite says so")); restore a backup")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(path) is in use by another program for too long; try again when it has ended")
        case .SQLITE_IOERR:
            self.init(
                .full, "the disk of \(path) failed or is full (\(error.message ?? "I/O error")). Nothing was changed")
        default:
            self.init(
                .other, "\(path): \(error.message ?? "SQLite failed") (code \(error.extendedResultCode.rawValue))")
        }
    }
}
