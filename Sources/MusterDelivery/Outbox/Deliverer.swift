import CivilTime
import MusterStore
import Synchronization
import Transport

/// Sends what is due to one destination, and records what came of it.
///
/// As many messages are under way as the destination has connections, and none is sent on a connection before the
/// outcome of the one before is on disk: a crash leaves doubt about one message for each connection at most. Outcomes
/// that arrive while the disk is busy are written together.
public struct Deliverer: Sendable {
    private let store: Store
    private let courier: any Courier
    private let witness: (any DeliveryWitness)?
    private let now: @Sendable () -> Instant

    /// A deliverer.
    ///
    /// - Parameter witness: decides what others are told of deliveries; nil for nothing.
    public init(
        store: Store, courier: any Courier, witness: (any DeliveryWitness)? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.store = store
        self.courier = courier
        self.witness = witness
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
        var round = DeliveryRound(destination: destination, policy: courier.policy, witness: witness)
        let arrivals = Arrivals()
        let result: Result<DeliveryReport, StoreError> = await withDiscardingTaskGroup { group in
            do throws(StoreError) {
                while true {
                    let settlements = arrivals.take().map { round.settle($0, at: now()) }
                    let room = shouldStop() ? 0 : round.room(at: now())
                    let claimed = try store.exchange(
                        settlements, of: round.destination, claiming: room, isProbe: round.destination.retryAt != nil,
                        at: now())
                    round.begin(claimed)
                    for message in claimed { group.addTask { arrivals.put(await attempt(message)) } }
                    guard round.underWay > 0 else { return .success(round.report) }
                    await arrivals.wait()
                }
            } catch {
                group.cancelAll()
                return .failure(error)
            }
        }
        return try result.get()
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

    private func attempt(_ message: OutboxMessage) async -> Attempt {
        if let expires = message.expires, expires <= now() { return Attempt(message: message, result: .expired) }
        do {
            try await courier.deliver(message, at: now())
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
}

/// Collects attempts as they end, for the one who waits for them.
private final class Arrivals: Sendable {
    private struct State {
        var attempts: [Attempt] = []
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func put(_ attempt: Attempt) {
        let waiting = state.withLock { state in
            state.attempts.append(attempt)
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    func take() -> [Attempt] {
        state.withLock { state in
            defer { state.attempts = [] }
            return state.attempts
        }
    }

    /// Returns when there is something to take; cancelled attempts end, and so does the wait for them.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.attempts.isEmpty { state.waiting = continuation }
                return !state.attempts.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }
}
