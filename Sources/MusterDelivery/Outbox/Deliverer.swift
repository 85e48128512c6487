import CivilTime
import MusterStore
import Transport

/// Sends what is due to one destination, and records what came of it.
///
/// Each connection sends one message after the other, and none is complete before the outcome of the one before is on
/// disk: a crash leaves doubt about one message for each connection at most. Outcomes that come while the disk is busy
/// are written together.
public struct Deliverer: Sendable {
    private let store: Store
    private let courier: any DeliveryChannel
    private let observer: (any DeliveryObserver)?
    private let now: @Sendable () -> Instant

    /// A deliverer.
    ///
    /// - Parameter observer: decides what others are told of deliveries; nil for nothing.
    public init(
        store: Store, courier: any DeliveryChannel, observer: (any DeliveryObserver)? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.store = store
        self.courier = courier
        self.observer = observer
        self.now = now
    }

    /// Sends everything that is due, as far as the destination lets us; only for the holder of its lock.
    ///
    /// One message that is refused stops nobody else. Trouble with the way itself ends the round.
    ///
    /// - Parameters:
    ///   - isAskedFor: whether somebody wants it tried now, though it is left alone for a while.
    ///   - shouldStop: asked before each further message; those under way are waited for.
    public func runOnce(
        isAskedFor: Bool = false, shouldStop: @escaping @Sendable () -> Bool = { Task.isCancelled }
    ) async throws(StoreError) -> DeliveryReport {
        try store.releaseClaims(of: courier.destination)
        var destination = try store.destination(courier.destination)
        if isAskedFor, destination.retryAt != nil { destination.retryAt = now() }
        let round = DeliveryState(
            destination: destination, policy: courier.policy,
            ahead: courier.supportsPipelining ? courier.policy.connections : 0, observer: observer)
        let coordinator = DeliveryCoordinator(store: store, round: round, now: now, shouldStop: shouldStop)
        await withDiscardingTaskGroup { group in
            for connection in 0..<courier.policy.connections {
                group.addTask(executorPreference: courier.executor(of: connection)) {
                    var last: Attempt?
                    while let job = await coordinator.next(after: last) { last = await attempt(job, over: connection) }
                }
            }
            group.addTask { await coordinator.write() }
        }
        return try coordinator.report()
    }

    /// When it is worth trying again; nil where nothing waits, or nothing will be tried.
    public func nextRound() throws(StoreError) -> Instant? {
        let destination = try store.destination(courier.destination)
        guard destination.givenUp == nil, let due = try store.nextDue(of: courier.destination) else { return nil }
        return [due, destination.retryAt, destination.nextAllowed(courier.policy)].compactMap(\.self).max()
    }

    /// When the rate lets more through of what is due already; nil where it is not the rate that keeps it.
    public func nextRateLimit() throws(StoreError) -> Instant? {
        let destination = try store.destination(courier.destination)
        guard destination.room(courier.policy, underWay: 0, at: now()) == 0, destination.retryAt == nil,
            let next = destination.nextAllowed(courier.policy),
            let due = try store.nextDue(of: courier.destination), due <= now()
        else { return nil }
        return next
    }

    private func attempt(_ job: DeliveryCoordinator.Job, over connection: Int) async -> Attempt {
        let message = job.message
        if let expires = message.expires, expires <= now() { return Attempt(message: message, result: .expired) }
        do {
            try await courier.deliver(message, over: connection, at: now(), once: job.gate)
            return Attempt(message: message, result: .delivered)
        } catch {
            return Attempt(message: message, result: .failed(error))
        }
    }
}

/// A message that was tried.
struct Attempt: Sendable {
    enum Result: Sendable {
        case delivered
        case expired
        case failed(TransportError)
    }

    let message: OutboxMessage
    let result: Result

    var hasFailed: Bool { if case .failed = result { true } else { false } }
}
