import ArgumentParser
import Logging
import MusterDaemon

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep running: read calendars, plan, remind and deliver. systemd starts this.",
        discussion: "SIGHUP reads the config anew; SIGTERM ends it with nothing half done.")

    @OptionGroup var global: GlobalOptions

    @Option(
        help: ArgumentHelp(
            "What is logged: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "level"),
        transform: { text in
            guard let level = Logger.Level(rawValue: text.lowercased()) else {
                throw ValidationError("\(text) is no level; debug, info, notice, warning or error is.")
            }
            return level
        })
    var logLevel = Logger.Level.info

    func run() async throws {
        var logger = Logger(label: "muster") { _ in JournalLogHandler() }
        logger.logLevel = logLevel
        try await Daemon(config: global.config, state: global.state, logger: logger, now: try global.clock()).run()
    }
}
