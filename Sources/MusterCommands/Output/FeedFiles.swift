import Foundation
import MusterOperations

/// What became of the files of feeds.
struct FeedFiles: Encodable {
    /// Those that are new or say something else now.
    private(set) var written: [String] = []
    /// Those that were as they should be.
    private(set) var unchanged: [String] = []
    /// Those of owners all of whose addresses were revoked.
    private(set) var removed: [String] = []

    /// Writes a file for each feed, whole or not at all, and only where it says something else than before.
    ///
    /// - Throws: `ExitFailure` where the folder cannot be written.
    init(_ feeds: ComposeFeeds.Response, in directory: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            for (name, text) in feeds.files.sorted(by: { $0.key < $1.key }) {
                let path = directory + "/" + name
                let data = Data(text.utf8)
                guard FileManager.default.contents(atPath: path) != data else {
                    unchanged.append(path)
                    continue
                }
                try data.write(to: URL(fileURLWithPath: path), options: .atomic)
                written.append(path)
            }
            for path in feeds.obsolete.map({ directory + "/" + $0 }) where FileManager.default.fileExists(atPath: path)
            {
                try FileManager.default.removeItem(atPath: path)
                removed.append(path)
            }
        } catch let error as CocoaError {
            throw ExitFailure("\(directory) cannot be written: \(error.localizedDescription)", code: 73)
        }
    }
}
