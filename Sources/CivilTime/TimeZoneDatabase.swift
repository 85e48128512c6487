import Foundation
import Synchronization

/// The system's time zones, read from its tzdata once each and kept.
public final class TimeZoneDatabase: Sendable {
    /// The database of this machine: `$TZDIR`, else `/usr/share/zoneinfo`.
    public static let system = TimeZoneDatabase(
        directory: ProcessInfo.processInfo.environment["TZDIR"] ?? "/usr/share/zoneinfo")

    private let directory: String
    /// Those that were asked for and are there; names that are not are as many as strangers think up.
    private let known = Mutex<[String: TimeZoneRules]>([:])

    /// The database in a folder of TZif files.
    public init(directory: String) {
        self.directory = directory
    }

    /// The zone with this Olson name (`Europe/London`), or nil where the database has none.
    public subscript(name: String) -> TimeZoneRules? {
        known.withLock { known in
            if let zone = known[name] { return zone }
            let zone = load(name)
            known[name] = zone
            return zone
        }
    }

    /// The zone that a value of the environment variable `TZ` names: an Olson name, with a colon before it or not, a
    /// path of a TZif file, or a POSIX rule; without a value the machine's own zone, and UTC where it has none.
    ///
    /// Nil where the value names no zone.
    public func zone(environment value: String?) -> TimeZoneRules? {
        guard let value else { return file("/etc/localtime", name: "local time") ?? .utc }
        let name = value.hasPrefix(":") ? String(value.dropFirst()) : value
        if name.isEmpty { return .utc }
        if name.hasPrefix("/") { return file(name, name: name) }
        if let zone = self[name] { return zone }
        return YearlyRule(posix: name).map {
            TimeZoneRules(name: name, firstOffset: $0.standardOffset, transitions: [], tail: $0)
        }
    }

    private func file(_ path: String, name: String) -> TimeZoneRules? {
        FileManager.default.contents(atPath: path).flatMap { TimeZoneRules(name: name, tzif: Array($0)) }
    }

    private func load(_ name: String) -> TimeZoneRules? {
        if name == "UTC" || name == "Etc/UTC" { return .utc }
        guard !name.isEmpty, name.utf8.count < 64, !name.hasPrefix("/"), !name.contains(".."),
            name.utf8.allSatisfy({ isNameByte($0) }),
            let data = FileManager.default.contents(atPath: directory + "/" + name)
        else { return nil }
        return TimeZoneRules(name: name, tzif: Array(data))
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x2B, 0x2D, 0x2F, 0x5F: true
        default: false
        }
    }
}
