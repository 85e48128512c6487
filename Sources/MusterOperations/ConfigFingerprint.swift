import Foundation

/// What the files of a config folder are, by name, size, time and place on the disk: equal as long as nobody changed one.
public struct ConfigFingerprint: Hashable, Sendable {
    private struct File: Hashable {
        let path: String
        let size: Int
        let seconds: Int
        let nanoseconds: Int
        let inode: UInt64
    }

    private let files: Set<File>

    /// Looks at a folder and all that is in it.
    public init(directory: String) {
        let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        files = Set(
            names.compactMap { name in
                var status = stat()
                guard stat(directory + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
                return File(
                    path: name, size: status.st_size, seconds: status.st_mtim.tv_sec,
                    nanoseconds: status.st_mtim.tv_nsec, inode: UInt64(status.st_ino))
            })
    }
}
