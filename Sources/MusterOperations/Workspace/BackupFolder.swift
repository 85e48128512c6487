import CivilTime
import Foundation

/// A folder of backups, each named for its programme and its time: `muster-20261129T021500Z.sqlite`.
struct BackupFolder {
    let path: String

    /// The file for a backup of a programme.
    func file(for programme: String, at now: Instant) -> String {
        let time = now.description.filter { $0 != "-" && $0 != ":" }
        return "\(path)/\(programme)-\(time).sqlite"
    }

    /// The backups of a programme, oldest first; what is named otherwise is somebody else's.
    func files(of programme: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
            let time = name.dropFirst(programme.count + 1).dropLast(".sqlite".count)
            return name.hasPrefix(programme + "-") && name.hasSuffix(".sqlite")
                && time.wholeMatch(of: /[0-9]{8}T[0-9]{6}Z/) != nil
        }.sorted().map { "\(path)/\($0)" }
    }
}
