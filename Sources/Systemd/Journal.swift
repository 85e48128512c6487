import Foundation

/// Writes entries with fields into the journal of systemd, in its native protocol.
public struct Journal: Sendable {
    private let path: String

    /// The journal, where the errors of this process go there (`$JOURNAL_STREAM`); else nil.
    public init?(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        path: String = "/run/systemd/journal/socket"
    ) {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0,
            environment["JOURNAL_STREAM"] == "\(status.st_dev):\(status.st_ino)"
        else { return nil }
        self.path = path
    }

    init(path: String) {
        self.path = path
    }

    /// Writes an entry; returns whether the journal took it.
    ///
    /// - Parameter fields: names of upper-case letters, digits and `_`; values of any text.
    public func send(_ fields: [(name: String, value: String)]) -> Bool {
        UnixDatagram.send(fields.flatMap { Self.encoded($0.name, Array($0.value.utf8)) }, to: path)
    }

    /// A value with a line break in it is given with its length.
    private static func encoded(_ name: String, _ value: [UInt8]) -> [UInt8] {
        let end = UInt8(ascii: "\n")
        guard value.contains(end) else { return Array(name.utf8) + [UInt8(ascii: "=")] + value + [end] }
        let length = withUnsafeBytes(of: UInt64(value.count).littleEndian) { Array($0) }
        return Array(name.utf8) + [end] + length + value + [end]
    }
}
