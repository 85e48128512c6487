import Logging
import MusterTestSupport
import Synchronization
import Testing

@testable import MusterDaemon
@testable import Systemd

@Suite struct `Lines for the journal` {
    /// What goes to standard error where there is no journal.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private let folder: TemporaryDirectory
    private let lines = Lines()

    init() throws { folder = try TemporaryDirectory() }

    /// The one at a path, whether or not errors of this process go to it.
    private func journal(_ path: String) -> Journal { Journal(path: path) }

    private func logger(_ journal: Journal?) -> Logger {
        var logger = Logger(label: "muster") { [lines] _ in JournalLogHandler(journal: journal, otherwise: lines.add) }
        logger.logLevel = .trace
        return logger
    }

    @Test func `have a message, a priority, and ids as fields of their own`() throws {
        let path = folder.path + "/journal"
        let listener = try DatagramListener(path)
        var logger = logger(journal(path))
        logger[metadataKey: "programme"] = "tamar"
        logger.warning("one\ntwo", metadata: ["session": "c/1/r", "müll-id": "7"])
        #expect(
            String(decoding: listener.receive(), as: UTF8.self) == """
                MESSAGE=one | two müll-id=7 programme=tamar session=c/1/r
                PRIORITY=4
                SYSLOG_IDENTIFIER=muster
                MUSTER_M_LL_ID=7
                MUSTER_PROGRAMME=tamar
                MUSTER_SESSION=c/1/r

                """)
        #expect(lines.all.isEmpty)
    }

    @Test func `give a value of several lines with its length, so that nobody writes fields of their own`() throws {
        let path = folder.path + "/journal"
        let listener = try DatagramListener(path)
        logger(journal(path)).error("refused", metadata: ["reason": "no\nPRIORITY=0"])
        let value = Array("no\nPRIORITY=0".utf8)
        let field =
            Array("MUSTER_REASON\n".utf8) + [UInt8(value.count), 0, 0, 0, 0, 0, 0, 0] + value + Array("\n".utf8)
        let received = listener.receive()
        #expect(received.suffix(field.count) == field[...])
        #expect(
            String(decoding: received, as: UTF8.self).hasPrefix("MESSAGE=refused reason=no | PRIORITY=0\nPRIORITY=3\n"))
    }

    @Test(
        arguments: zip(
            [Logger.Level.critical, .error, .warning, .notice, .info, .debug, .trace], [2, 3, 4, 5, 6, 7, 7]))
    func `go to standard error with the same priority where no journal takes them`(
        level: Logger.Level, priority: Int
    ) {
        for journal in [nil, journal(folder.path + "/none")] {
            logger(journal).log(level: level, "it is\r\nfull", metadata: ["mail": "3"])
        }
        #expect(lines.all == Array(repeating: "<\(priority)>it is | full mail=3\n", count: 2))
    }
}
