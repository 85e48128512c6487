import CivilTime
import Foundation
import MusterDelivery
import MusterStore
import MusterTestSupport
import Synchronization
import Testing
import Transport

/// Something that one waits for and another brings about.
private struct Signal: Sendable {
    private let ending = AsyncStream<Void>.makeStream()

    func raise() { ending.continuation.finish() }

    func wait() async { for await _ in ending.stream {} }
}

/// A courier whose first message is taken just when nothing more can be written, and whose second when it can again.
private final class FullDiskCourier: DeliveryChannel, DeliveryObserver {
    let destination = "hook"
    let policy = DeliveryPolicy.webhook(connections: 2)
    let database: String
    let taken = Mutex<[String]>([])
    private let secondIsUnderWay = Signal()
    private let firstIsOver = Signal()

    init(database: String) { self.database = database }

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once gate: CommitGate)
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

    func announcements(
        after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant
    ) -> [Announcement] {
        firstIsOver.raise()
        return []
    }

    func announcements(disabling destination: Destination, at now: Instant) -> [Announcement] { [] }
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
private final class SharedThreadCourier: DeliveryChannel, DeliveryObserver {
    let destination = "hook"
    let policy = DeliveryPolicy.webhook(connections: 2)
    let secondWasTakenMeanwhile = Mutex<Bool?>(nil)
    private let queue = Queue()
    private let secondIsUnderWay = Signal()
    private let firstIsWritten = Signal()
    private let secondIsTaken = DispatchSemaphore(value: 0)

    func executor(of connection: Int) -> (any TaskExecutor)? { queue }

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once gate: CommitGate)
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

    func announcements(
        after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant
    ) -> [Announcement] {
        guard message.messageID == "first" else { return [] }
        firstIsWritten.raise()
        let isTaken = secondIsTaken.wait(timeout: .now() + 10) == .success
        secondWasTakenMeanwhile.withLock { $0 = isTaken }
        return []
    }

    func announcements(disabling destination: Destination, at now: Instant) -> [Announcement] { [] }
}

/// A courier that holds back the last word of a message, and whose second message begins just while the outcome of the
/// first is written.
private final class HoldingCourier: DeliveryChannel, DeliveryObserver {
    let destination = "hook"
    let policy = DeliveryPolicy.webhook(connections: 1)
    let supportsPipelining = true
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

    func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once gate: CommitGate)
        async throws(TransportError)
    {
        if message.messageID == "second" { secondBegins.signal() }
        guard gate.wait() else {
            log.withLock { $0.append("\(message.messageID) not") }
            throw TransportError(.storage, "held back")
        }
        let counts = (try? store.outboxCounts()) ?? [:]
        log.withLock { $0.append("\(message.messageID) after \(counts[.delivered, default: 0])") }
        if message.messageID == "first" { whileFirst() }
    }

    func announcements(
        after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant
    ) -> [Announcement] {
        guard message.messageID == "first" else { return [] }
        let hasBegun = secondBegins.wait(timeout: .now() + 10) == .success
        secondBeganMeanwhile.withLock { $0 = hasBegun }
        return []
    }

    func announcements(disabling destination: Destination, at now: Instant) -> [Announcement] { [] }
}

@Suite struct `Writing what came of messages` {
    @Test func `sends nothing more when an outcome cannot be written, and writes it with the next one`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("first", "second", "third")
        let courier = FullDiskCourier(database: desk.folder.path + "/" + Store.fileName)
        let deliverer = desk.deliverer(courier)
        await #expect(throws: StoreError.self) { try await deliverer.runOnce() }
        #expect(courier.taken.withLock { Set($0) } == ["first", "second"])
        #expect(try desk.store.outboxCounts() == [.delivered: 2, .due: 1])
    }

    @Test func `begins the next message while an outcome is written, and says its last word after that`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("first", "second", "third")
        let courier = HoldingCourier(store: desk.store)
        let deliverer = desk.deliverer(courier)
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
        let deliverer = desk.deliverer(courier)
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
        let deliverer = desk.deliverer(courier)
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
        let deliverer = desk.deliverer(courier)
        #expect(try await deliverer.runOnce().delivered == 2)
        #expect(courier.secondWasTakenMeanwhile.withLock { $0 } == true)
    }
}
