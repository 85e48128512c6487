import Foundation
import Logging
import Systemd

/// Writes log lines for the journal: a priority, the message, and ids as fields (`MUSTER_SESSION=`); no time, which the
/// journal knows itself, and no names or addresses.
///
/// Where the journal is not there, the same goes to standard error, a line each.
public struct JournalLogHandler: LogHandler {
    /// Lines below this are left out.
    public var logLevel = Logger.Level.info
    /// Fields of every line.
    public var metadata: Logger.Metadata = [:]
    private let journal: Journal?
    private let writeLine: @Sendable (String) -> Void

    /// A handler.
    public init() {
        self.init(journal: Journal()) { FileHandle.standardError.write(Data($0.utf8)) }
    }

    /// - Parameter writeLine: takes a line where there is no journal, or it takes none.
    init(journal: Journal?, otherwise writeLine: @escaping @Sendable (String) -> Void) {
        self.journal = journal
        self.writeLine = writeLine
    }

    /// A field of every line.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let text = values.reduce("\(event.message)") { $0 + " \($1.key)=\($1.value)" }
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " | ")
        let priority = Self.priority(event.level)
        let fields = values.map { (name: "MUSTER_" + Self.fieldName($0.key), value: "\($0.value)") }
        let entry = [("MESSAGE", line), ("PRIORITY", "\(priority)"), ("SYSLOG_IDENTIFIER", "muster")] + fields
        if journal?.send(entry) != true { writeLine("<\(priority)>\(line)\n") }
    }

    private static func fieldName(_ key: String) -> String {
        String(key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
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
