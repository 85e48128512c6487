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

    @Option(
        help: ArgumentHelp(
            "Begin reading calendars and planning at a moment within so many seconds, so that programmes that start together do not ask the same servers at once.",
            valueName: "seconds"))
    var startSpread = 0

    func validate() throws {
        guard (0...3600).contains(startSpread) else {
            throw ValidationError("--start-spread is a number of seconds from 0 to 3600.")
        }
    }

    func run() async throws {
        var logger = Logger(label: "muster") { _ in JournalLogHandler() }
        logger.logLevel = logLevel
        try await Daemon(
            config: global.config, state: global.state, logger: logger, startSpread: .seconds(startSpread),
            now: try global.clock()
        ).run()
    }
}
