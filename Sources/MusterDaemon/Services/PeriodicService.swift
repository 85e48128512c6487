import CivilTime
import Logging
import ServiceLifecycle

/// Work that comes back: done when it is due, and whenever somebody rings.
protocol PeriodicService: Service {
    var house: House { get }
    /// Rung by others who know that there is something to do.
    var bell: Bell { get }
    /// What it is about, for the log.
    var work: String { get }
    /// The longest time between two rounds, since clocks jump and commands work beside us.
    var longestPause: Duration { get }
    /// How long a ring waits for others to follow.
    var patience: Duration { get }

    /// One round; returns when the next one is due.
    func runOnce() async throws -> Instant?
}

extension PeriodicService {
    var patience: Duration { .zero }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let next = await attempt()
                let seconds = next.map { max(1, $0 - house.workspace.now()) }
                await bell.wait(atMost: seconds.map { min(.seconds($0), longestPause) } ?? longestPause)
                if patience > .zero { try? await Task.sleep(for: patience) }
            }
        }
    }

    /// A round whose trouble is logged and left for the next one.
    private func attempt() async -> Instant? {
        do {
            return try await runOnce()
        } catch {
            if !Task.isCancelled {
                house.logger.error("\(work) failed; it is tried again later", metadata: ["reason": "\(error)"])
            }
            return house.workspace.now() + 60
        }
    }
}
