/// Wakes a service that waits: rings that nobody heard count as one.
struct WakeSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func notify() { continuation.yield() }

    /// Waits for a ring, at most so long; returns at once when the task is cancelled.
    ///
    /// The end of that time is a ring too: a stream whose reader is cancelled ends for good, and no later wait would
    /// wait.
    func wait(atMost duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await Task.sleep(for: duration)) != nil else { return }
                notify()
            }
            for await _ in stream { break }
            group.cancelAll()
        }
    }
}
