import CCurl
import Foundation
import Synchronization

/// Runs all requests of the process side by side on one thread of their own.
///
/// The thread owns every curl handle; others only put transfers into the queue and wake it.
final class CurlLoop: Sendable {
    static let shared = CurlLoop()

    private struct State {
        var queue: [CurlTransfer] = []
        var cancelled: [CurlTransfer] = []
        var isRunning = false
        /// Whether the loop has been woken for what lies in the queue.
        var isWoken = false
    }

    private let state = Mutex(State())
    private let multi = CurlMulti(connections: 256)

    /// Runs a transfer to its end; cancelling the task stops it, and nobody waits for it any more: then nothing of it
    /// may be looked at but that it was cancelled.
    func run(_ transfer: CurlTransfer) async -> CURLcode {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.begin(continuation)
                submit { $0.queue.append(transfer) }
            }
        } onCancel: {
            transfer.cancel()
            submit { $0.cancelled.append(transfer) }
            transfer.end(CURLE_ABORTED_BY_CALLBACK)
        }
    }

    private func submit(_ change: (inout sending State) -> Void) {
        let (mustStart, mustWake) = state.withLock { state in
            change(&state)
            defer { (state.isRunning, state.isWoken) = (true, true) }
            return (!state.isRunning, !state.isWoken)
        }
        if mustStart { Thread.detachNewThread { self.loop() } }
        if mustWake { multi.wakeUp() }
    }

    private func loop() {
        var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
        while true {
            let (added, cancelled) = state.withLock { state in
                defer { (state.queue, state.cancelled, state.isWoken) = ([], [], false) }
                return (state.queue, state.cancelled)
            }
            for transfer in added {
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
            for transfer in cancelled {
                guard let handle = transfer.handle, active.removeValue(forKey: handle) != nil else { continue }
                finish(transfer, CURLE_ABORTED_BY_CALLBACK)
            }
            multi.perform()
            while let done = multi.nextDone() {
                guard let transfer = active.removeValue(forKey: done.handle) else { continue }
                finish(transfer, done.result)
            }
            multi.wait()
        }
    }

    private func finish(_ transfer: CurlTransfer, _ result: CURLcode) {
        multi.remove(transfer)
        transfer.end(result)
    }
}
