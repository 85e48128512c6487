import CCurl
import Foundation
import Synchronization

/// Runs requests side by side on one thread of their own, and the tasks that prefer it as their executor: one that sends
/// a request after the other is not handed from thread to thread.
///
/// The thread owns the curl handles of its requests; others only leave work and wake it.
final class TransferLoop: TaskExecutor {
    private struct Work {
        var jobs: [UnownedJob] = []
        var added: [CurlTransfer] = []
        var cancelled: [CurlTransfer] = []

        var isEmpty: Bool { jobs.isEmpty && added.isEmpty && cancelled.isEmpty }
    }

    private struct State {
        var work = Work()
        var isRunning = false
        /// Whether the thread waits for the network, and must be woken for work.
        var isWaiting = false
    }

    private let state = Mutex(State())
    private let multi = CurlMulti(connections: 256)

    /// Runs a transfer to its end; cancelling the task stops it, and nobody waits for it any more: then nothing of it
    /// may be looked at but that it was cancelled.
    func run(_ transfer: CurlTransfer) async -> CURLcode {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.begin(continuation)
                submit { $0.added.append(transfer) }
            }
        } onCancel: {
            transfer.cancel()
            submit { $0.cancelled.append(transfer) }
            transfer.end(CURLE_ABORTED_BY_CALLBACK)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        submit { $0.jobs.append(job) }
    }

    private func submit(_ change: (inout Work) -> Void) {
        let (mustStart, mustWake) = state.withLock { state in
            change(&state.work)
            defer { (state.isRunning, state.isWaiting) = (true, false) }
            return (!state.isRunning, state.isWaiting)
        }
        if mustStart { Thread.detachNewThread { self.loop() } }
        if mustWake { multi.wakeUp() }
    }

    private func loop() {
        var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
        while true {
            let work = state.withLock { state in
                defer { (state.work, state.isWaiting) = (Work(), false) }
                return state.work
            }
            for job in work.jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            for transfer in work.added {
                guard !transfer.isCancelled else {
                    transfer.end(CURLE_ABORTED_BY_CALLBACK)
                    continue
                }
                guard let handle = transfer.handle, multi.add(transfer) else {
                    transfer.end(CURLE_FAILED_INIT)
                    continue
                }
                active[handle] = transfer
            }
            for transfer in work.cancelled {
                guard let handle = transfer.handle, active.removeValue(forKey: handle) != nil else { continue }
                finish(transfer, CURLE_ABORTED_BY_CALLBACK)
            }
            multi.perform()
            while let done = multi.nextDone() {
                guard let transfer = active.removeValue(forKey: done.handle) else { continue }
                finish(transfer, done.result)
            }
            let isIdle = state.withLock { state in
                state.isWaiting = state.work.isEmpty
                return state.isWaiting
            }
            if isIdle { multi.wait() }
        }
    }

    private func finish(_ transfer: CurlTransfer, _ result: CURLcode) {
        multi.remove(transfer)
        transfer.end(result)
    }
}
