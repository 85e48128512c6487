import ArgumentParser
import Logging
import MusterDaemon

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep running: read calendars, plan, remind and deliver. systemd starts this.",
        discussion: "SIGHUP reads the config anew; SIGTERM ends it with nothing half done.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let logger = Logger(label: "muster") { _ in JournalLogHandler() }
        try await Daemon(config: global.config, state: global.state, logger: logger, now: try global.clock()).run()
    }
}
