import CCurl
import Foundation
import Synchronization

/// Runs all transfers of the process on one thread of their own: a `curl_multi` handle, whose connections are kept and
/// used again.
///
/// The thread owns every curl handle; others only put transfers into the queue and wake it.
final class CurlLoop: Sendable {
    static let shared = CurlLoop()

    /// Loops of which each runs one transfer at a time.
    private static let spare = Mutex<[CurlLoop]>([])

    /// Runs a transfer on a loop that has nothing else to do.
    ///
    /// libcurl 7.88 waits for the answer to the last dot of a mail without letting others go on; so every mail
    /// that is under way has a loop, and with it a connection, of its own.
    static func runAlone(_ transfer: CurlTransfer) async -> CURLcode {
        let loop = spare.withLock { $0.popLast() } ?? CurlLoop()
        let code = await loop.run(transfer)
        // A loop whose transfer was given up may still hang in it.
        if !transfer.isCancelled { spare.withLock { $0.append(loop) } }
        return code
    }

    private struct State {
        var queue: [CurlTransfer] = []
        var cancelled: [CurlTransfer] = []
        var isRunning = false
        /// Whether the loop has been woken for what lies in the queue.
        var isWoken = false
    }

    /// libcurl allows `curl_multi_wakeup` from any thread; nothing else touches the handle outside the loop's thread.
    private struct MultiHandle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer?
    }

    private let state = Mutex(State())
    private let multi: MultiHandle

    private init() {
        ccurl_start()
        multi = MultiHandle(pointer: curl_multi_init())
    }

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
        if mustWake { curl_multi_wakeup(multi.pointer) }
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
                guard let handle = transfer.handle, curl_multi_add_handle(multi.pointer, handle) == CURLM_OK else {
                    transfer.end(CURLE_FAILED_INIT)
                    continue
                }
                active[handle] = transfer
            }
            for transfer in cancelled {
                guard let handle = transfer.handle, active.removeValue(forKey: handle) != nil else { continue }
                finish(transfer, CURLE_ABORTED_BY_CALLBACK)
            }
            var running: Int32 = 0
            curl_multi_perform(multi.pointer, &running)
            var result = CURLE_OK
            while let handle = ccurl_next_done(multi.pointer, &result) {
                guard let transfer = active.removeValue(forKey: handle) else { continue }
                finish(transfer, result)
            }
            curl_multi_poll(multi.pointer, nil, 0, 1000, nil)
        }
    }

    private func finish(_ transfer: CurlTransfer, _ result: CURLcode) {
        curl_multi_remove_handle(multi.pointer, transfer.handle)
        transfer.end(result)
    }
}
