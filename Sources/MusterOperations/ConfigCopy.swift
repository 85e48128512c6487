import Foundation

/// The config that was in force last, kept in the state directory: a daemon that starts while somebody is in the middle of
/// a change goes on with it.
///
/// What may be a secret, and calendars, are not copied.
public struct ConfigCopy: Sendable {
    private static let kinds: Set<String> = ["yaml", "yml", "csv", "json", "mustache"]
    private static let mostBytes = 32 << 20

    /// Where it is.
    public let directory: String

    /// The copy of a state directory.
    public init(stateDirectory: String) {
        directory = stateDirectory + "/config"
    }

    /// Whether there is one.
    public var exists: Bool { FileManager.default.fileExists(atPath: directory + "/muster.yaml") }

    /// Keeps the config that is in a folder in place of the one before, unless somebody has changed it since it was read.
    ///
    /// - Parameter fingerprint: what its files were then; nil where nobody looked, and nothing is kept.
    /// - Throws: where a file cannot be read or written; then the one before stays.
    public func save(from config: String, asOf fingerprint: ConfigFingerprint?) throws {
        let files = FileManager.default
        let fresh = directory + ".new"
        try? files.removeItem(atPath: fresh)
        try files.createDirectory(
            atPath: fresh, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in files.enumerator(atPath: config)?.compactMap({ $0 as? String }) ?? [] where Self.belongs(name) {
            let data = try Data(contentsOf: URL(fileURLWithPath: config + "/" + name))
            guard data.count <= Self.mostBytes else { continue }
            let path = URL(fileURLWithPath: fresh + "/" + name)
            try files.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: path)
        }
        guard ConfigFingerprint(directory: config) == fingerprint else { return try files.removeItem(atPath: fresh) }
        try? files.removeItem(atPath: directory)
        try files.moveItem(atPath: fresh, toPath: directory)
    }

    /// Keeps the config as it is in a folder now, where one is kept.
    ///
    /// - Throws: where a file cannot be read or written; then the one before stays.
    func renew(from config: String) throws {
        if exists { try save(from: config, asOf: ConfigFingerprint(directory: config)) }
    }

    /// Whether a file is one that the config is read from.
    private static func belongs(_ name: String) -> Bool {
        guard name != "muster.yaml" else { return true }
        let parts = name.split(separator: "/")
        guard parts.count > 1, ["programme", "templates"].contains(parts[0]) else { return false }
        let kind = parts.last?.split(separator: ".").last.map { $0.lowercased() } ?? ""
        // Bank holidays may be a calendar.
        return kinds.contains(kind) || kind == "ics" && parts.contains("terms")
    }
}
