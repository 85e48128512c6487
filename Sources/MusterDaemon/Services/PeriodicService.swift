import CivilTime
import Logging
import MusterOperations
import ServiceLifecycle

/// Work that comes back: done when it is due, and whenever somebody rings.
protocol PeriodicService: Service {
    var context: ServiceContext { get }
    /// Rung by others who know that there is something to do.
    var wakeSignal: WakeSignal { get }
    /// What it is about, for the log.
    var work: String { get }
    /// The longest time between two rounds, since clocks jump and commands work beside us.
    var longestPause: Duration { get }
    /// How long a ring waits for others to follow.
    var debounce: Duration { get }

    /// How long the first round waits, unless somebody rings.
    var startDelay: Duration { get }

    /// One round; returns when the next one is due.
    func runOnce() async throws -> Instant?
}

extension PeriodicService {
    var debounce: Duration { .zero }
    var startDelay: Duration { .zero }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            if startDelay > .zero { await wakeSignal.wait(atMost: startDelay) }
            while !Task.isCancelled {
                let begin = ContinuousClock.now
                let next = await attempt()
                let end = ContinuousClock.now
                let seconds = next.map { max(1, $0 - context.workspace.now()) }
                await wakeSignal.wait(atMost: seconds.map { min(.seconds($0), longestPause) } ?? longestPause)
                // Whoever rings alone is answered at once; what is rung for all the time rests a third of it.
                let rested = end + min(.seconds(10), (end - begin) / 2)
                if debounce > .zero { try? await Task.sleep(until: max(.now + debounce, rested)) }
            }
        }
    }

    /// A round whose trouble is logged and left for the next one.
    private func attempt() async -> Instant? {
        do {
            return try await runOnce()
        } catch {
            if !Task.isCancelled {
                context.logger.error("\(work) failed; it is tried again later", metadata: ["reason": "\(error)"])
            }
            return context.workspace.now() + 60
        }
    }
}
