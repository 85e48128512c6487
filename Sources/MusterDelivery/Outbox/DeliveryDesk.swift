import CivilTime
import MusterStore
import Synchronization

/// Where connections leave what came of a message and get the next one.
///
/// One of them writes for all that have come by then, and hands the pen to one that came meanwhile: where each has a
/// thread of its own no other is needed, and a lone connection goes its way without waiting for any other.
final class DeliveryDesk: Sendable {
    /// What a connection does next.
    private enum Turn: Sendable {
        case write
        case send(OutboxMessage)
        case end
    }

    private struct State {
        var round: DeliveryRound
        /// What has been tried and is not yet on its way to the disk.
        var attempts: [Attempt] = []
        /// What could not be written; the next one to write tries again.
        var unwritten: [Settlement] = []
        var waiting: [CheckedContinuation<Turn, Never>] = []
        var isWriting = false
        /// Whether somebody came since the last writing began.
        var hasNews = false
        var isOver = false
        var failure: StoreError?
    }

    private let store: Store
    private let writer: (any TaskExecutor)?
    private let now: @Sendable () -> Instant
    private let shouldStop: @Sendable () -> Bool
    private let state: Mutex<State>

    init(
        store: Store, round: DeliveryRound, writer: (any TaskExecutor)?, now: @escaping @Sendable () -> Instant,
        shouldStop: @escaping @Sendable () -> Bool
    ) {
        self.store = store
        self.writer = writer
        self.now = now
        self.shouldStop = shouldStop
        state = Mutex(State(round: round))
    }

    /// Leaves what came of a message, and returns the next one when that is on disk; nil when nothing is left to send.
    func next(after attempt: Attempt?) async -> OutboxMessage? {
        state.withLock { state in
            if let attempt { state.attempts.append(attempt) }
            state.hasNews = true
        }
        while true {
            switch await turn() {
            case .write:
                // Those who have come at the same moment lay down theirs first: half as many writes are needed then.
                await Task.yield()
                if let message = await withTaskExecutorPreference(writer, operation: { write() }) { return message }
            case .send(let message): return message
            case .end: return nil
            }
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

    private func turn() async -> Turn {
        await withCheckedContinuation { continuation in
            let turn: Turn? = state.withLock { state in
                if state.isOver { return .end }
                if state.hasNews, !state.isWriting {
                    state.isWriting = true
                    return .write
                }
                state.waiting.append(continuation)
                return nil
            }
            if let turn { continuation.resume(returning: turn) }
        }
    }

    /// Writes what has come, and gives out the next messages; returns that of the writer itself.
    private func write() -> OutboxMessage? {
        let (settlements, destination, room) = state.withLock { state in
            let settlements = state.unwritten + state.attempts.map { state.round.settle($0, at: now()) }
            (state.attempts, state.unwritten, state.hasNews) = ([], [], false)
            let room = shouldStop() || state.failure != nil ? 0 : state.round.room(at: now())
            return (settlements, state.round.destination, min(room, state.waiting.count + 1))
        }
        var claimed: [OutboxMessage] = []
        var failure: StoreError?
        do throws(StoreError) {
            claimed = try store.exchange(
                settlements, of: destination, claiming: room, isProbe: destination.retryAt != nil, at: now())
        } catch {
            failure = error
        }
        let turns = state.withLock { state in
            if let failure { (state.failure, state.unwritten) = (failure, settlements) }
            state.round.begin(claimed)
            var turns = zip(state.waiting, claimed.dropFirst()).map { ($0, Turn.send($1)) }
            state.waiting.removeFirst(turns.count)
            state.isOver = state.round.underWay == 0 && !state.hasNews
            if state.isOver {
                turns += state.waiting.map { ($0, .end) }
                state.waiting = []
            } else if state.hasNews, let last = state.waiting.popLast() {
                turns.append((last, .write))
            } else {
                state.isWriting = false
            }
            return turns
        }
        for (continuation, turn) in turns { continuation.resume(returning: turn) }
        return claimed.first
    }
}
