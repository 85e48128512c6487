import Foundation

/// Makes sure that one program at a time changes a state directory; the operating system lets go of it when the program
/// ends.
public final class StateLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a state directory.
    ///
    /// - Parameters:
    ///   - directory: the state directory.
    ///   - name: the file of the lock: one for each right that only one program may have.
    /// - Throws: `StoreError` with the process that holds it, where one does.
    public init(directory: String, name: String) throws(StoreError) {
        let path = directory + "/" + name
        try StoreError.wrap(path) {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(
                .readOnly,
                "\(path) cannot be written (\(String(cString: strerror(errno)))); check the rights of the folder")
        }
        // From here on `deinit` closes it, where this throws as well: closed twice, it may be somebody else's by then.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
            throw StoreError(.readOnly, "\(path) is not the lock that it should be; look what it is, and remove it")
        }
        Self.leave(path, toOwnerOf: directory)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder =
                (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { $0.split(separator: "\n").first }
                ?? "unknown"
            throw StoreError(
                .busy, "another muster (process \(holder)) has \(directory) right now; wait until it has ended")
        }
        ftruncate(descriptor, 0)
        let text = "\(ProcessInfo.processInfo.processIdentifier)\n"
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Writes a line below the number of the process, for others to read.
    public func note(_ text: String) {
        let line = text + "\n"
        _ = line.withCString { write(descriptor, $0, strlen($0)) }
    }

    /// Whether some program holds the lock in a file.
    public static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// Root leaves a file to the owner of a directory, as SQLite does with its own files: the daemon is another user.
    static func leave(_ path: String, toOwnerOf directory: String) {
        var owner = stat()
        if geteuid() == 0, stat(directory, &owner) == 0 { _ = lchown(path, owner.st_uid, owner.st_gid) }
    }
}
