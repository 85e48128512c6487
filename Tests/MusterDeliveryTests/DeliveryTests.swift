import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Synchronization
import Testing
import Transport

/// A courier that does what it is told, and remembers how many messages were with it at a time.
private final class TestCourier: Courier {
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

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once clearance: Clearance)
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
private final class Desk {
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
                    messageID: id, destination: courier.destination, session: "c/1/r", uid: uid ?? id, kind: .event,
                    reason: "session.moved", recipient: courier.destination, subject: id, content: [1], due: now,
                    created: now, expires: expires)
            })
    }

    @discardableResult
    func send(isAskedFor: Bool = false) async throws -> DeliveryReport {
        try await deliverer.runOnce(isAskedFor: isAskedFor)
    }

    var deliverer: Deliverer { Deliverer(store: store, courier: courier, now: { [clock] in clock.now }) }
}

/// Something that one waits for and another brings about.
private struct Signal: Sendable {
    private let ending = AsyncStream<Void>.makeStream()

    func raise() { ending.continuation.finish() }

    func wait() async { for await _ in ending.stream {} }
}

/// A courier whose first message is taken just when nothing more can be written, and whose second when it can again.
private final class FullDiskCourier: Courier, DeliveryWitness {
    let destination = "hook"
    let policy = DeliveryPolicy.webhook(connections: 2)
    let database: String
    let taken = Mutex<[String]>([])
    private let secondIsUnderWay = Signal()
    private let firstIsOver = Signal()

    init(database: String) { self.database = database }

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once clearance: Clearance)
        async throws(TransportError)
    {
        taken.withLock { $0.append(message.messageID) }
        if message.messageID == "first" {
            await secondIsUnderWay.wait()
            execute("CREATE TRIGGER full BEFORE UPDATE ON message BEGIN SELECT RAISE(ABORT, 'full'); END", in: database)
        } else {
            secondIsUnderWay.raise()
            await firstIsOver.wait()
            execute("DROP TRIGGER full", in: database)
        }
    }

    func messages(after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant) -> [OutboxMessage] {
        firstIsOver.raise()
        return []
    }

    func messages(givingUp destination: Destination, at now: Instant) -> [OutboxMessage] { [] }
}

/// Runs a statement on a database beside the store.
private func execute(_ sql: String, in database: String) {
    let script = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()"
    do { _ = try Subprocess.python(script, [database, sql]) } catch { Issue.record(error) }
}

/// One thread at a time, which may wait.
private final class Queue: TaskExecutor {
    private let queue = DispatchQueue(label: "courier")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// A courier whose connections share a thread, and whose second message is taken just while the outcome of the first is
/// written.
private final class SharedThreadCourier: Courier, DeliveryWitness {
    let destination = "hook"
    let policy = DeliveryPolicy.webhook(connections: 2)
    let secondWasTakenMeanwhile = Mutex<Bool?>(nil)
    private let queue = Queue()
    private let secondIsUnderWay = Signal()
    private let firstIsWritten = Signal()
    private let secondIsTaken = DispatchSemaphore(value: 0)

    func executor(of connection: Int) -> (any TaskExecutor)? { queue }

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once clearance: Clearance)
        async throws(TransportError)
    {
        if message.messageID == "first" {
            await secondIsUnderWay.wait()
        } else {
            secondIsUnderWay.raise()
            await firstIsWritten.wait()
            secondIsTaken.signal()
        }
    }

    func messages(after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant) -> [OutboxMessage] {
        guard message.messageID == "first" else { return [] }
        firstIsWritten.raise()
        let isTaken = secondIsTaken.wait(timeout: .now() + 10) == .success
        secondWasTakenMeanwhile.withLock { $0 = isTaken }
        return []
    }

    func messages(givingUp destination: Destination, at now: Instant) -> [OutboxMessage] { [] }
}

/// A courier that holds back the last word of a message, and whose second message begins just while the outcome of the
/// first is written.
private final class HoldingCourier: Courier, DeliveryWitness {
    let destination = "hook"
    let policy = DeliveryPolicy.webhook(connections: 1)
    let holdsBack = true
    let store: Store
    let whileFirst: @Sendable () -> Void
    let secondBeganMeanwhile = Mutex<Bool?>(nil)
    /// Each message with how many had been delivered when it was cleared, or that it was not.
    let log = Mutex<[String]>([])
    private let secondBegins = DispatchSemaphore(value: 0)
    private let queue = Queue()

    /// - Parameter whileFirst: done while the first message is under way.
    init(store: Store, whileFirst: @escaping @Sendable () -> Void = {}) {
        self.store = store
        self.whileFirst = whileFirst
    }

    func executor(of connection: Int) -> (any TaskExecutor)? { queue }

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once clearance: Clearance)
        async throws(TransportError)
    {
        if message.messageID == "second" { secondBegins.signal() }
        guard clearance.wait() else {
            log.withLock { $0.append("\(message.messageID) not") }
            throw TransportError(.storage, "held back")
        }
        let counts = (try? store.outboxCounts()) ?? [:]
        log.withLock { $0.append("\(message.messageID) after \(counts[.delivered, default: 0])") }
        if message.messageID == "first" { whileFirst() }
    }

    func messages(after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant) -> [OutboxMessage] {
        guard message.messageID == "first" else { return [] }
        let hasBegun = secondBegins.wait(timeout: .now() + 10) == .success
        secondBeganMeanwhile.withLock { $0 = hasBegun }
        return []
    }

    func messages(givingUp destination: Destination, at now: Instant) -> [OutboxMessage] { [] }
}

@Suite struct `Delivering` {
    private let down = TransportError(.unreachable, "no connection")
    private let failing = TransportError(.deferred, status: 500, "status 500")

    @Test func `has as many messages under way as there are connections`() async throws {
        let desk = try Desk(.webhook(connections: 3))
        for number in 0..<40 { try desk.put("m\(number)") }
        #expect(try await desk.send().delivered == 40)
        #expect((2...3).contains(desk.courier.most))
    }

    @Test func `keeps the order of one session and recipient`() async throws {
        let desk = try Desk(.webhook(connections: 8))
        try desk.put("1", "2", "3", uid: "session")
        desk.courier.fail(failing)
        try await desk.send()
        #expect(desk.courier.taken.isEmpty, "the first is to be tried again before the others")
        desk.later(10)
        try await desk.send()
        #expect(desk.courier.taken == ["1", "2", "3"])
    }

    @Test func `leaves a server alone that cannot be reached, for longer each time, and tries with one message`()
        async throws
    {
        let desk = try Desk(.mail(connections: 4), destination: OutboxMessage.mail)
        for number in 0..<20 { try desk.put("m\(number)") }
        var pauses: [Int] = []
        desk.courier.failAlways(down)
        for _ in 0..<6 {
            let report = try await desk.send()
            #expect(report.stopped == "no connection")
            let retry = try #require(try desk.state.retryAt)
            pauses.append(retry - desk.now)
            #expect(try await desk.send().deferredCount == 0, "nothing is tried in between")
            desk.later(retry - desk.now)
        }
        #expect(zip(pauses, pauses.dropFirst()).prefix(3).allSatisfy { $0 < $1 } && pauses.allSatisfy { $0 <= 4320 })
        desk.courier.failAlways(nil)
        try await desk.send()
        desk.later(5000)
        try await desk.send()
        #expect(desk.courier.taken.count == 20)
        #expect(try desk.state.failingSince == nil && desk.state.retryAt == nil)
    }

    @Test func `tries at once when somebody asks for it`() async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("1")
        desk.courier.fail(down)
        try await desk.send()
        desk.later(120)
        desk.courier.fail(down)
        try await desk.send()
        #expect(try await desk.send().delivered == 0)
        desk.later(400)
        #expect(try await desk.send(isAskedFor: true).delivered == 1)
    }

    @Test func `never gives up on an endpoint after three failures, but after three days, and loses nothing then`()
        async throws
    {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("1", "2", "3")
        desk.courier.failAlways(failing)
        var attempts = 0
        while try desk.state.givenUp == nil, attempts < 100 {
            attempts += try await desk.send().deferredCount
            let next = try desk.deliverer.nextRound() ?? desk.now + 60
            desk.later(max(1, next - desk.now))
        }
        let since = try #require(try desk.state.failingSince)
        #expect((271_000...310_000).contains(try #require(try desk.state.givenUp) - since))
        #expect((8...40).contains(attempts), "\(attempts)")
        #expect(try desk.store.outboxCounts() == [.due: 3])
        #expect(try desk.deliverer.nextRound() == nil)
        desk.courier.failAlways(nil)
        #expect(try await desk.send().delivered == 0, "nothing is tried before somebody asks for it")
        try desk.store.reopen("hook", at: desk.now)
        #expect(try await desk.send().delivered == 3)
    }

    @Test func `is over for an endpoint that says it is gone`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("1")
        desk.courier.fail(TransportError(.gone, status: 410, "gone"))
        try await desk.send()
        #expect(try desk.state.givenUp == desk.now)
        #expect(try desk.store.outboxCounts() == [.due: 1])
    }

    @Test func `waits as long as the server wants`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("1")
        desk.courier.fail(TransportError(.deferred, status: 429, retryAfter: 4000, "status 429"))
        try await desk.send()
        #expect(try #require(try desk.deliverer.nextRound()) - desk.now >= 4000)
    }

    @Test func `goes at the rate that is set, also over a restart`() async throws {
        let desk = try Desk(.mail(perMinute: 30), destination: OutboxMessage.mail)
        for number in 0..<100 { try desk.put("m\(number)") }
        var sent: [Int] = []
        for _ in 0..<120 {
            sent.append(try await desk.send().delivered)
            desk.later(1)
        }
        #expect(sent.reduce(0, +) <= 63 && sent.reduce(0, +) >= 58)
        #expect(try #require(sent.max()) <= 3)
    }

    @Test func `drains the newest state first`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("old")
        _ = try desk.store.publish(
            Publication(
                basis: nil, plan: Plan(), note: "", at: desk.now, sessions: [], cancelled: [], messages: [],
                withdrawn: []))
        try desk.put("new1", "new2")
        try await desk.send()
        #expect(desk.courier.taken == ["new1", "new2", "old"])
    }

    @Test func `drops what came too late to be of use, and says so`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("1", expires: desk.now + 60)
        try desk.put("2", expires: desk.now + 600)
        desk.later(120)
        let report = try await desk.send()
        #expect(report.expired == 1 && report.delivered == 1)
        #expect(try desk.store.outboxCounts() == [.expired: 1, .delivered: 1])
    }

    @Test func `gives a poisoned message up in the end, while others get through`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("poison")
        for round in 0..<10 {
            desk.courier.fail(failing)
            try await desk.send()
            desk.courier.fail()
            try desk.put("well\(round)")
            try await desk.send(isAskedFor: true)
            desk.later(110_000)
        }
        #expect(try desk.store.outboxCounts() == [.dead: 1, .delivered: 10])
        #expect(try desk.store.replay("hook", since: nil, at: desk.now) == 1)
        #expect(try await desk.send().delivered == 1)
    }

    @Test(arguments: [TransportError.Kind.timeout, .broken, .deferred])
    func `lets no poisoned message keep others from being tried`(kind: TransportError.Kind) async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("poison")
        desk.courier.poison("poison", with: TransportError(kind, "no answer in time"))
        for _ in 0..<12 {
            try await desk.send(isAskedFor: true)
            desk.later(600)
        }
        try desk.put("well1", "well2", "well3")
        for _ in 0..<20 where desk.courier.taken.count < 3 {
            try await desk.send()
            desk.later(600)
        }
        #expect(Set(desk.courier.taken) == ["well1", "well2", "well3"])
    }

    @Test func `takes a dead address for no trouble with the way`() async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("well", "dead", "other")
        desk.courier.poison("dead", with: TransportError(.refused, status: 550, "no such user"))
        let report = try await desk.send()
        #expect(report.delivered == 2 && report.deadCount == 1 && report.stopped == nil)
        #expect(try desk.state.failingSince == nil)
        try desk.put("dead2")
        desk.courier.poison("dead2", with: TransportError(.refused, status: 550, "no such user"))
        try await desk.send()
        desk.later(4000)
        try desk.put("last")
        #expect(try await desk.send().stopped == nil)
    }

    @Test func `waits for no time that only a clock which went ahead has made late`() async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("1")
        desk.courier.fail(down)
        try await desk.send()
        try desk.put("2")
        desk.later(-3 * 86_400)
        #expect(try await desk.send().delivered == 0)
        try desk.store.pullForward(to: desk.now)
        #expect(try await desk.send().delivered == 2)
    }

    @Test func `sends nothing more when an outcome cannot be written, and writes it with the next one`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("first", "second", "third")
        let courier = FullDiskCourier(database: desk.folder.path + "/" + Store.fileName)
        let deliverer = Deliverer(
            store: desk.store, courier: courier, witness: courier, now: { [now = desk.now] in now })
        await #expect(throws: StoreError.self) { try await deliverer.runOnce() }
        #expect(courier.taken.withLock { Set($0) } == ["first", "second"])
        #expect(try desk.store.outboxCounts() == [.delivered: 2, .due: 1])
    }

    @Test func `begins the next message while an outcome is written, and says its last word after that`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("first", "second", "third")
        let courier = HoldingCourier(store: desk.store)
        let deliverer = Deliverer(
            store: desk.store, courier: courier, witness: courier, now: { [now = desk.now] in now })
        #expect(try await deliverer.runOnce().delivered == 3)
        #expect(courier.secondBeganMeanwhile.withLock { $0 } == true)
        #expect(courier.log.withLock { $0 } == ["first after 0", "second after 1", "third after 2"])
    }

    @Test func `holds back what it has begun when an outcome cannot be written`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("first", "second", "third")
        let database = desk.folder.path + "/" + Store.fileName
        let courier = HoldingCourier(store: desk.store) {
            execute("CREATE TRIGGER full BEFORE UPDATE ON message BEGIN SELECT RAISE(ABORT, 'full'); END", in: database)
        }
        let deliverer = Deliverer(
            store: desk.store, courier: courier, witness: courier, now: { [now = desk.now] in now })
        await #expect(throws: StoreError.self) { try await deliverer.runOnce() }
        #expect(courier.log.withLock { $0 } == ["first after 0", "second not"], "the third is not even begun")
        execute("DROP TRIGGER full", in: database)
        #expect(try desk.store.outboxCounts() == [.claimed: 2, .due: 1])
    }

    @Test func `writes what came of what was begun though it is cancelled, and begins nothing more`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("first", "second", "third")
        let (begun, isCancelled) = (Signal(), DispatchSemaphore(value: 0))
        let courier = HoldingCourier(store: desk.store) {
            begun.raise()
            isCancelled.wait()
        }
        let deliverer = Deliverer(
            store: desk.store, courier: courier, witness: courier, now: { [now = desk.now] in now })
        let task = Task { try await deliverer.runOnce() }
        await begun.wait()
        task.cancel()
        isCancelled.signal()
        #expect(try await task.value.delivered == 2)
        #expect(try desk.store.outboxCounts() == [.delivered: 2, .due: 1])
    }

    @Test func `goes on while an outcome is written, though connections share a thread`() async throws {
        let desk = try Desk(.webhook(connections: 2))
        try desk.put("first", "second")
        let courier = SharedThreadCourier()
        let deliverer = Deliverer(
            store: desk.store, courier: courier, witness: courier, now: { [now = desk.now] in now })
        #expect(try await deliverer.runOnce().delivered == 2)
        #expect(courier.secondWasTakenMeanwhile.withLock { $0 } == true)
    }
}
