import CivilTime
import Mail
import MusterStore
import Synchronization
import Transport

/// Where connections leave what came of a message and get the next one.
///
/// One task writes what has come, and whatever comes meanwhile is written together next time. A courier that holds back
/// gets its next message at once, from those that were taken ahead, and says its last word when the outcome of the one
/// before is on disk; any other waits for that here.
final class DeliveryCoordinator: Sendable {
    /// A message to deliver.
    struct Job: Sendable {
        let message: OutboxMessage
        /// Given when what the connection left before is on disk.
        let gate: CommitGate
    }

    private struct State {
        var round: DeliveryState
        /// What has been tried and is not yet on its way to the disk.
        var attempts: [Attempt] = []
        /// Given when all that is on disk.
        var gate = CommitGate()
        /// What could not be written; the next writing tries again.
        var unwritten: [DeliveryResult] = []
        /// What has been taken and waits for a connection.
        var ready: [OutboxMessage] = []
        var waiting: [(continuation: CheckedContinuation<Job?, Never>, gate: CommitGate)] = []
        /// Whether somebody came since the last writing began.
        var hasNews = false
        /// Who writes, while nothing has come.
        var writer: CheckedContinuation<Void, Never>?
        var isOver = false
        var failure: StoreError?
    }

    private let store: Store
    private let now: @Sendable () -> Instant
    private let shouldStop: @Sendable () -> Bool
    private let state: Mutex<State>

    init(
        store: Store, round: DeliveryState, now: @escaping @Sendable () -> Instant,
        shouldStop: @escaping @Sendable () -> Bool
    ) {
        self.store = store
        self.now = now
        self.shouldStop = shouldStop
        state = Mutex(State(round: round))
    }

    /// Leaves what came of a message, and returns the next one; nil when nothing is left to send.
    func next(after attempt: Attempt?) async -> Job? {
        await withCheckedContinuation { continuation in
            let (turn, writer): (Job??, CheckedContinuation<Void, Never>?) = state.withLock { state in
                if state.isOver { return (.some(nil), nil) }
                if let attempt { state.attempts.append(attempt) }
                state.hasNews = true
                defer { state.writer = nil }
                // What went wrong may be about the way: then nothing that was taken ahead is tried.
                guard !state.ready.isEmpty, attempt?.hasFailed != true else {
                    state.waiting.append((continuation, state.gate))
                    return (nil, state.writer)
                }
                return (Job(message: state.ready.removeFirst(), gate: state.gate), state.writer)
            }
            writer?.resume()
            if let turn { continuation.resume(returning: turn) }
        }
    }

    /// Writes what comes, and takes the next messages, until nothing is left to send.
    func write() async {
        repeat { await waitForNews() } while !writeOnce()
    }

    /// Not by a stream, which ends when the task is cancelled: what has been sent is written all the same.
    private func waitForNews() async {
        await withCheckedContinuation { continuation in
            let hasNews = state.withLock { state in
                if !state.hasNews { state.writer = continuation }
                return state.hasNews
            }
            if hasNews { continuation.resume() }
        }
    }

    /// What the round did.
    ///
    /// - Throws: `StoreError` where something could not be written.
    func report() throws(StoreError) -> DeliveryReport {
        let (report, failure) = state.withLock { ($0.round.report, $0.failure) }
        if let failure { throw failure }
        return report
    }

    /// The date of a mail is when it leaves: one that has waited is given another.
    private func redated(_ message: OutboxMessage) -> [UInt8]? {
        guard message.destination == OutboxMessage.mail, now() - message.created > Self.staleDate else { return nil }
        return MailWriter.redated(message.content, at: now())
    }

    /// Seconds by which the date of a mail may be behind.
    private static let staleDate = 600

    /// Returns whether that was the last time.
    private func writeOnce() -> Bool {
        let (results, gate, destination, room) = state.withLock { state in
            var results = state.unwritten + state.attempts.map { state.round.settle($0, at: now()) }
            let isEnding = shouldStop() || state.failure != nil
            if isEnding || state.round.destination.retryAt != nil {
                results += state.round.release(state.ready)
                state.ready = []
            }
            defer {
                (state.attempts, state.unwritten, state.gate, state.hasNews) = ([], [], CommitGate(), false)
            }
            let room = isEnding ? 0 : state.round.room(at: now())
            return (results, state.gate, state.round.destination, room)
        }
        var claimed: [OutboxMessage] = []
        var failure: StoreError?
        do throws(StoreError) {
            claimed = try store.recordAndClaim(
                results, of: destination, claiming: room, isProbe: destination.retryAt != nil, at: now()
            ) { redated($0) }
        } catch {
            failure = error
        }
        gate.decide(failure == nil)
        let (turns, isOver) = state.withLock { state in
            if let failure { (state.failure, state.unwritten) = (failure, results) }
            state.round.begin(claimed)
            state.ready += claimed
            state.isOver = state.round.underWay == 0
            let served = zip(state.waiting, state.ready).map {
                ($0.continuation, Job?.some(Job(message: $1, gate: $0.gate)))
            }
            state.waiting.removeFirst(served.count)
            state.ready.removeFirst(served.count)
            let turns = served + (state.isOver ? state.waiting.map { ($0.continuation, nil) } : [])
            return (turns, state.isOver)
        }
        for (continuation, job) in turns { continuation.resume(returning: job) }
        return isOver
    }
}
