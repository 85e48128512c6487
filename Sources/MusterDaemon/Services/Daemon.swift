import CivilTime
import Foundation
import Logging
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore
import ServiceLifecycle
import Systemd
import UnixSignals

/// The program that keeps running: reads calendars, plans, reminds and delivers, until it is told to stop.
public struct Daemon: Sendable {
    /// The version of the program.
    public static let version = "1.1.0"

    /// What was begun must end within this time.
    static let longestGoodbye = Duration.seconds(3)

    private let config: String
    private let state: String?
    private let now: @Sendable () -> Instant
    private let logger: Logger

    private let startSpread: Duration

    /// A daemon for a config and its state.
    ///
    /// - Parameter startSpread: calendars are first read, and plans first made, at some moment within this time.
    public init(
        config: String, state: String?, logger: Logger, startSpread: Duration = .zero,
        now: @escaping @Sendable () -> Instant
    ) {
        self.startSpread = startSpread
        self.config = config
        self.state = state
        self.logger = logger
        self.now = now
    }

    /// Runs until SIGTERM or SIGINT; SIGHUP reads the config anew.
    ///
    /// - Throws: `Workspace.Failure` for a config with errors, `StoreError` where the state cannot be opened or another
    ///   daemon has it.
    public func run() async throws {
        let fingerprint = ConfigFingerprint(directory: config)
        let (workspace, failure) = try open()
        // A command that has just looked whether a daemon runs holds the lock for a moment.
        let lifeLock = try await StateLock.wait(
            for: DaemonConnection.lockName, in: workspace.stateDirectory, seconds: 1)
        defer { withExtendedLifetime(lifeLock) {} }
        let load: @Sendable () throws -> Workspace = { [config, state, now] in
            try workspace.reopened(config: config, state: state, now: now)
        }
        let context = ServiceContext(
            workspace: workspace, logger: logger, sockets: ListenSocket.handedOver(),
            fingerprint: failure == nil ? fingerprint : nil,
            startDelay: startSpread * Double.random(in: 0..<1), load: load)
        if let failure {
            logger.error("the config has errors; the last one without is in force", metadata: ["reason": "\(failure)"])
            context.hasConfigErrors = true
        } else {
            context.keepConfig()
        }
        let notifier = Notifier()
        logger.notice("started", metadata: Self.metadata(of: workspace))
        warnOfUnused(context.sockets, workspace.configuration)
        var configuration = ServiceGroupConfiguration(
            services: services(context, notifier: notifier, lock: lifeLock).map {
                ServiceGroupConfiguration.ServiceConfiguration(service: $0)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.longestGoodbye
        try await ServiceGroup(configuration: configuration).run()
        notifier.stopping()
        logger.notice("stopped")
    }

    /// Opens the config, or where it has errors the last one that had none: so a restart is like a reload.
    ///
    /// - Throws: why neither can be used.
    private func open() throws -> (Workspace, Workspace.Failure?) {
        do {
            return (try Workspace(config: config, state: state, now: now), nil)
        } catch let failure as Workspace.Failure where !ConfigCheck(config: config, warns: false).errors.isEmpty {
            // Any other failure is none of the config's: a state of another programme stays refused.
            let directory =
                state ?? ProcessInfo.processInfo.environment["STATE_DIRECTORY"]
                ?? (try? Workspace.stateDirectory(config: config, state: nil))
            let copy = directory.map(ConfigCopy.init(stateDirectory:))
            guard let copy, copy.exists else { throw failure }
            do {
                let known = try Workspace(config: config, copy: copy.directory, state: directory, now: now)
                return (known, failure)
            } catch {
                throw failure
            }
        }
    }

    /// Whoever calls at a socket that nobody serves waits for ever.
    private func warnOfUnused(_ sockets: [ListenSocket], _ configuration: Configuration) {
        let served = Self.addresses(of: configuration).map(\.address)
        for socket in sockets where !served.contains(.systemd(name: socket.name)) {
            logger.warning(
                "systemd has opened a socket that nobody serves; write \"listen: systemd\" in muster.yaml, or disable its unit",
                metadata: ["socket": "\(socket)", "name": "\(socket.name)"])
        }
    }

    private static func addresses(of configuration: Configuration) -> [(name: String, address: ListenAddress?)] {
        [
            ("metrics", configuration.listen), ("feeds", configuration.feeds.listen),
            ("pages", configuration.pages.listen),
        ]
    }

    /// What whoever reads the log wants to know first.
    private static func metadata(of workspace: Workspace) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "version": "\(version)", "programme": "\(workspace.name)", "config": "\(workspace.configDirectory)",
            "state": "\(workspace.stateDirectory)", "mail": "\(workspace.mailDestination)",
        ]
        for (name, address) in addresses(of: workspace.configuration) {
            if let address { metadata[name] = "\(address)" }
        }
        return metadata
    }

    /// Everything that lives long, in one list; told to end from the last to the first, so delivery has the longest for
    /// what is under way.
    private func services(
        _ context: ServiceContext, notifier: Notifier, lock: StateLock
    ) -> [any Service] {
        [
            DeliveryService(context: context), CalendarService(context: context), PlanningService(context: context),
            ReminderService(context: context), DigestService(context: context),
            AnswerService(context: context), MailboxService(context: context), HousekeepingService(context: context),
            OperationsService(context: context), FeedService(context: context),
            PageService(context: context),
            WatchdogService(context: context, notifier: notifier),
            SocketService(context: context, config: config, lock: lock),
            ReloadService(context: context, notifier: notifier),
        ]
    }
}
