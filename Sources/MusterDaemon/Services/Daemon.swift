import CivilTime
import Logging
import MusterModel
import MusterStore
import ServiceLifecycle
import Synchronization
import Systemd
import UnixSignals

/// The program that keeps running: reads calendars, plans, reminds and delivers, until it is told to stop.
public struct Daemon: Sendable {
    private let config: String
    private let state: String?
    private let now: @Sendable () -> Instant
    private let logger: Logger

    /// A daemon for a config and its state.
    public init(config: String, state: String?, logger: Logger, now: @escaping @Sendable () -> Instant) {
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
        let workspace = try Workspace(config: config, state: state, now: now)
        let lifeLock = try StateLock(directory: workspace.stateDirectory, name: "muster.daemon.lock")
        defer { withExtendedLifetime(lifeLock) {} }
        let house = House(workspace: workspace, logger: logger)
        let notifier = Notifier()
        logger.notice("started", metadata: ["state": "\(workspace.stateDirectory)"])
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services(house, notifier).map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        notifier.stopping()
        logger.notice("stopped")
    }

    /// Everything that lives long, in one list.
    private func services(_ house: House, _ notifier: Notifier) -> [any Service] {
        [
            PlanningService(house: house), DeliveryService(house: house),
            ReloadService(house: house, notifier: notifier, config: config, state: state, now: now),
            WatchdogService(house: house, notifier: notifier),
        ]
    }
}

/// What the services share: the config in force, and bells to wake one another.
final class House: Sendable {
    let logger: Logger
    let planningBell = Bell()
    let deliveryBell = Bell()
    private let current: Mutex<Workspace>

    init(workspace: Workspace, logger: Logger) {
        self.logger = logger
        current = Mutex(workspace)
    }

    /// The config and state in force; ask for it anew for every piece of work.
    var workspace: Workspace { current.withLock { $0 } }

    /// Puts another config in force.
    func use(_ workspace: Workspace) { current.withLock { $0 = workspace } }

    /// A lock, or nil while a command has it; the work is then done at the next round.
    func take(_ lock: (Workspace) throws -> StateLock) throws -> StateLock? {
        do {
            return try lock(workspace)
        } catch let error as StoreError where error.kind == .busy {
            logger.info("a command has the state; waiting")
            return nil
        }
    }
}
