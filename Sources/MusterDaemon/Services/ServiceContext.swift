import CivilTime
import Logging
import MusterDelivery
import MusterOperations
import MusterStore
import Synchronization
import Systemd

/// What the services share: the config in force, and bells to wake one another.
final class ServiceContext: Sendable {
    private struct State {
        var workspace: Workspace
        var fingerprint: ConfigFingerprint?
        var generation = 0
        var deliverers: [String: Deliverer] = [:]
        var planningSeconds: Double?
        var nextReminder: Instant?
        var loaded: Instant
        var hasConfigErrors = false
        var feedAnswers = [200: 0, 304: 0, 404: 0, 429: 0, 500: 0]
    }

    let logger: Logger
    /// What systemd opened.
    let sockets: [ListenSocket]
    let calendarSignal = WakeSignal()
    let planningSignal = WakeSignal()
    let reminderSignal = WakeSignal()
    let deliverySignal = WakeSignal()
    let operationsSignal = WakeSignal()
    let feedSignal = WakeSignal()
    let pageSignal = WakeSignal()
    /// How long whatever asks strangers or takes the processor waits before its first round.
    let startDelay: Duration
    private let state: Mutex<State>
    private let load: (@Sendable () throws -> Workspace)?

    /// - Parameters:
    ///   - fingerprint: what the files of the config were before they were read; nil where nobody looked.
    ///   - load: reads the config anew; nil for one that never changes.
    init(
        workspace: Workspace, logger: Logger, sockets: [ListenSocket] = [], fingerprint: ConfigFingerprint? = nil,
        startDelay: Duration = .zero,
        load: (@Sendable () throws -> Workspace)? = nil
    ) {
        self.logger = logger
        self.sockets = sockets
        self.load = load
        self.startDelay = startDelay
        state = Mutex(State(workspace: workspace, fingerprint: fingerprint, loaded: workspace.now()))
    }

    /// The config and state in force; ask for it anew for every piece of work.
    var workspace: Workspace { state.withLock { $0.workspace } }

    /// Puts another config in force, and lets everybody know.
    ///
    /// - Parameter fingerprint: what its files were before they were read; nil where nobody looked.
    func use(_ workspace: Workspace, asOf fingerprint: ConfigFingerprint? = nil) {
        state.withLock { state in
            state.fingerprint = fingerprint
            state.workspace = workspace
            state.loaded = workspace.now()
            state.generation += 1
            state.deliverers = [:]
        }
        wakeAll()
    }

    /// The config as it stands in its files, and what was said to happen to schools: where something changed since it
    /// was read, it is put in force.
    ///
    /// - Throws: `Workspace.Failure` where it has errors; then the old one stays in force.
    func current() throws -> Workspace {
        let known = state.withLock { $0.fingerprint }
        if load != nil, known != ConfigFingerprint(directory: workspace.configDirectory) { try reload() }
        try takeUpAdditions()
        return workspace
    }

    /// Puts in force what was said to happen to schools, unless another config was put in force meanwhile, which knows it.
    func takeUpAdditions() throws {
        let (known, generation) = state.withLock { ($0.workspace, $0.generation) }
        guard let newer = try known.upToDate() else { return }
        state.withLock { if $0.generation == generation { $0.workspace = newer } }
    }

    /// Reads the config anew and puts it in force.
    ///
    /// - Throws: `Workspace.Failure` where it has errors, or names another state; then the old one stays in force.
    func reload() throws {
        guard let load else { return }
        // Looked at before it is read: what changes meanwhile is then read the next time.
        let fingerprint = ConfigFingerprint(directory: workspace.configDirectory)
        do {
            use(try successor(load), asOf: fingerprint)
            hasConfigErrors = false
        } catch {
            hasConfigErrors = true
            throw error
        }
        keepConfig()
        logger.notice("config read anew")
    }

    private func successor(_ load: () throws -> Workspace) throws -> Workspace {
        let next = try load()
        guard next.stateDirectory == workspace.stateDirectory else {
            throw Workspace.Failure(
                "The state directory cannot change while running; restart muster serve for that.", exitCode: 78)
        }
        return next
    }

    /// Whether the config as it is written is not in force.
    var hasConfigErrors: Bool {
        get { state.withLock { $0.hasConfigErrors } }
        set { state.withLock { $0.hasConfigErrors = newValue } }
    }

    /// Keeps the config in force for a start at which it has errors.
    func keepConfig() {
        let (workspace, fingerprint) = state.withLock { ($0.workspace, $0.fingerprint) }
        do {
            try ConfigCopy(stateDirectory: workspace.stateDirectory).save(
                from: workspace.configDirectory, asOf: fingerprint)
        } catch {
            logger.warning("the config cannot be kept for a start without one", metadata: ["reason": "\(error)"])
        }
    }

    /// Something may have changed that concerns everybody.
    func wakeAll() {
        for wakeSignal in [
            calendarSignal, planningSignal, reminderSignal, deliverySignal, operationsSignal, feedSignal,
            pageSignal,
        ] { wakeSignal.notify() }
    }

    /// Does a piece of work with the config and state in force.
    func run<Work: MusterOperations.Operation>(_ work: Work.Type, _ request: Work.Request) async throws -> Work.Response
    {
        try await Work.run(request, in: workspace) { _ in }
    }

    /// The same where there is nothing to ask.
    func run<Work: MusterOperations.Operation>(_ work: Work.Type) async throws -> Work.Response
    where Work.Request == Nothing { try await run(work, Nothing()) }

    /// Something was done, of which that follows.
    func wake(for consequence: Consequence) {
        guard consequence == .plan else { return [reminderSignal, deliverySignal].forEach { $0.notify() } }
        wakeAll()
    }

    /// How many configs have been in force: another one means that what was made for the last is over.
    var generation: Int { state.withLock { $0.generation } }

    /// The deliverer for a destination, kept while the config stays: it has connections and tokens.
    func deliverer(for destination: String) throws -> Deliverer {
        let (known, generation) = state.withLock { ($0.deliverers[destination], $0.generation) }
        if let known { return known }
        let deliverer = try workspace.deliverer(for: destination)
        state.withLock { if $0.generation == generation { $0.deliverers[destination] = deliverer } }
        return deliverer
    }

    /// How long the last planning took; nil before the first.
    var planningSeconds: Double? {
        get { state.withLock { $0.planningSeconds } }
        set { state.withLock { $0.planningSeconds = newValue } }
    }

    /// When the next reminder is due, as the last round of reminding has found.
    ///
    /// To work it out takes a look at every session. Nil before the first round, and where none is to come.
    var nextReminder: Instant? {
        get { state.withLock { $0.nextReminder } }
        set { state.withLock { $0.nextReminder = newValue } }
    }

    /// When the config in force was read.
    var loaded: Instant { state.withLock { $0.loaded } }

    /// How often those who asked for feeds were answered with each status since the start.
    var feedAnswers: [Int: Int] { state.withLock { $0.feedAnswers } }

    /// A request for a feed was answered.
    func countFeedAnswer(_ status: Int) { state.withLock { $0.feedAnswers[status, default: 0] += 1 } }
}
