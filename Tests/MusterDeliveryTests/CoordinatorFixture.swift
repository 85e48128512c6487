import CivilTime
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Synchronization
import Transport

/// A courier that does what it is told, and remembers how many messages were with it at a time.
final class TestCourier: DeliveryChannel {
    private struct State {
        var taken: [String] = []
        var underWay = 0
        var most = 0
        var errors: [TransportError] = []
        var trouble: TransportError?
        var poison: [String: TransportError] = [:]
    }

    let destination: String
    let policy: DeliveryPolicy
    private let state = Mutex(State())

    init(_ destination: String, _ policy: DeliveryPolicy) {
        self.destination = destination
        self.policy = policy
    }

    var taken: [String] { state.withLock { $0.taken } }
    var most: Int { state.withLock { $0.most } }

    /// The next attempts fail so; after them all is well.
    func fail(_ errors: TransportError...) { state.withLock { $0.errors = errors } }

    /// Every attempt fails so, until there is no trouble any more.
    func failAlways(_ error: TransportError?) { state.withLock { $0.trouble = error } }

    /// A message that always fails so.
    func poison(_ id: String, with error: TransportError) { state.withLock { $0.poison[id] = error } }

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once gate: CommitGate)
        async throws(TransportError)
    {
        let error = state.withLock { state -> TransportError? in
            state.underWay += 1
            state.most = max(state.most, state.underWay)
            return state.poison[message.messageID] ?? state.trouble
                ?? (state.errors.isEmpty ? nil : state.errors.removeFirst())
        }
        await Task.yield()
        state.withLock { state in
            state.underWay -= 1
            if error == nil { state.taken.append(message.messageID) }
        }
        if let error { throw error }
    }
}

/// An outbox for one destination, with a clock.
final class Desk {
    let folder: TemporaryDirectory
    let store: Store
    let courier: TestCourier
    private let clock = Clock(Instant(seconds: 1_800_000_000))

    init(_ policy: DeliveryPolicy, destination: String = "hook") throws {
        folder = try TemporaryDirectory()
        store = try Store(directory: folder.path)
        courier = TestCourier(destination, policy)
    }

    var now: Instant { clock.now }
    var state: Destination { get throws { try store.destination(courier.destination) } }

    func later(_ seconds: Int) { clock.later(seconds) }

    func put(_ ids: String..., uid: String? = nil, expires: Instant? = nil) throws {
        try store.enqueue(
            ids.map { id in
                OutboxMessage(
                    messageID: id, destination: courier.destination,
                    topic: .event(OutboxMessage.SessionReference(id: "c/1/r", uid: uid ?? id)),
                    reason: "session.moved", recipient: courier.destination, subject: id, content: [1], due: now,
                    created: now, expires: expires)
            })
    }

    @discardableResult
    func send(isAskedFor: Bool = false) async throws -> DeliveryReport {
        try await deliverer.runOnce(isAskedFor: isAskedFor)
    }

    var deliverer: Deliverer { Deliverer(store: store, courier: courier, now: { [clock] in clock.now }) }

    /// A deliverer of the same outbox with another courier, who watches the outcomes as well.
    func deliverer(_ courier: some DeliveryChannel & DeliveryObserver) -> Deliverer {
        Deliverer(store: store, courier: courier, observer: courier, now: { [clock] in clock.now })
    }
}
