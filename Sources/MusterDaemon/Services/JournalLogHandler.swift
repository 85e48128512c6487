import Foundation
import Logging

/// Writes log lines for the journal: a priority (`<4>`), the message, and ids as `key=value`; no time, which the
/// journal knows itself, and no names or addresses.
public struct JournalLogHandler: LogHandler {
    /// Lines below this are left out.
    public var logLevel = Logger.Level.info
    /// Fields of every line.
    public var metadata: Logger.Metadata = [:]

    /// A handler that writes to standard error.
    public init() {}

    /// A field of every line.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let text = fields.reduce("\(event.message)") { $0 + " \($1.key)=\($1.value)" }
        let line =
            "<\(Self.priority(event.level))>" + text.split(whereSeparator: \.isNewline).joined(separator: " | ") + "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    /// The priority of syslog.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
