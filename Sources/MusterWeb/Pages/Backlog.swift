import Synchronization

/// What is done after its page was answered, so that nobody learns from how long an answer takes whether there was
/// something to do.
final class Backlog: Sendable {
    typealias Work = @Sendable () async -> Void

    private let waiting = Mutex<[Work]>([])
    private let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// Has something done soon.
    func add(_ work: @escaping Work) {
        waiting.withLock { $0.append(work) }
        signal.yield()
    }

    /// Does what comes, one after another, until it is closed; what has come by then is still done.
    func run() async {
        for await _ in signals { await drain() }
        await drain()
    }

    /// Does what waits.
    func drain() async {
        while let work = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { await work() }
    }

    /// Ends it: nothing comes any more.
    func close() { signal.finish() }
}
