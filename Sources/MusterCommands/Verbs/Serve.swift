import ArgumentParser
import Logging
import MusterDaemon

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep running: read calendars, plan, remind and deliver. systemd starts this.",
        discussion: "SIGHUP reads the config anew; SIGTERM ends it with nothing half done.")

    @OptionGroup var place: GlobalOptions

    func run() async throws {
        let logger = Logger(label: "muster") { _ in JournalLogHandler() }
        try await Daemon(config: place.config, state: place.state, logger: logger, now: try place.clock()).run()
    }
}
