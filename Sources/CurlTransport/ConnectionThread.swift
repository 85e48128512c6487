import CCurl
import Foundation
import Synchronization

/// A thread for one connection, which may wait for the other side as long as it takes: mails go over it one by one.
///
/// libcurl 7.88 waits for the answer to the last dot of a mail without letting other transfers go on, so connections
/// cannot share a thread. A task that prefers the line as its executor stays on its thread from one mail to the next.
final class ConnectionThread: TaskExecutor {
    private static let lines = Mutex<[ConnectionThread]>([])
    private static let spare = Mutex<[ConnectionThread]>([])

    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let multi = CurlMulti(connections: 1)

    /// The line of that number, counted from 0; the same for everybody.
    static func number(_ number: Int) -> ConnectionThread {
        lines.withLock { lines in
            while lines.count <= number { lines.append(ConnectionThread()) }
            return lines[number]
        }
    }

    /// A thread that nobody uses.
    static func take() -> ConnectionThread { spare.withLock { $0.popLast() } ?? ConnectionThread() }

    /// Takes a thread back on which nothing runs.
    static func release(_ thread: ConnectionThread) { spare.withLock { $0.append(thread) } }

    /// Runs a transfer to its end; cancelling the task stops it, within a second where libcurl waits.
    func run(_ transfer: CurlTransfer) async -> CURLcode {
        await withTaskCancellationHandler {
            await withTaskExecutorPreference(self) { await perform(transfer) }
        } onCancel: {
            transfer.cancel()
            multi.wakeUp()
        }
    }

    /// Asynchronous only so that it runs on the line's thread.
    private func perform(_ transfer: CurlTransfer) async -> CURLcode {
        guard multi.add(transfer) else { return CURLE_FAILED_INIT }
        defer { multi.remove(transfer) }
        while !transfer.isCancelled {
            multi.perform()
            if let done = multi.nextDone() { return done.result }
            multi.wait()
        }
        return CURLE_ABORTED_BY_CALLBACK
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustStart = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart { Thread.detachNewThread { self.work() } }
        arrivals.signal()
    }

    private func work() {
        while true {
            arrivals.wait()
            let job = state.withLock { $0.jobs.removeFirst() }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
