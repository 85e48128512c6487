import CMemory
import CivilTime
import Logging
import MusterDelivery
import MusterOperations
import MusterStore
import ServiceLifecycle
import Synchronization

/// Delivers whatever is due to each destination, side by side: one that hangs keeps no other waiting.
///
/// Told to end, it takes no further message, and waits for those that are under way.
struct DeliveryService: Service {
    /// Commands put messages into the outbox too.
    static let longestPause = 5
    /// After so many messages in a round the memory that they took is given back.
    private static let largeRound = 1000

    let context: ServiceContext
    private let busy = BusySet()
    private let deduplicator = LogDeduplicator()

    init(context: ServiceContext) {
        self.context = context
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            while !isEnding {
                let now = context.workspace.now()
                let next = nextRounds()
                for (destination, due) in next where due <= now && busy.begin(destination) {
                    group.addTask {
                        let didSomething = await runOnce(destination)
                        busy.end(destination)
                        if didSomething { context.deliverySignal.notify() }
                    }
                }
                let pause = next.values.filter { $0 > now }.map { $0 - now }.min() ?? Self.longestPause
                await cancelWhenGracefulShutdown {
                    await context.deliverySignal.wait(atMost: .seconds(min(pause, Self.longestPause)))
                }
            }
        }
    }

    private var isEnding: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// When something is due to each destination that has something and is not busy.
    private func nextRounds() -> [String: Instant] {
        var rounds: [String: Instant] = [:]
        for destination in context.workspace.destinations where !busy.contains(destination) {
            do {
                rounds[destination] = try context.deliverer(for: destination).nextRound()
            } catch {
                guard deduplicator.shouldLog("\(error)", of: destination) else { continue }
                context.logger.error(
                    "nothing can be delivered; it waits",
                    metadata: ["destination": "\(destination)", "reason": "\(error)"])
            }
        }
        return rounds
    }

    /// One round for one destination; returns whether anything was tried.
    ///
    /// Trouble is logged, and what is due stays due.
    func runOnce(_ destination: String) async -> Bool {
        do {
            let lock = try context.workspace.sendingLock(destination)
            defer { withExtendedLifetime(lock) {} }
            let generation = context.generation
            let report = try await context.deliverer(for: destination).runOnce { [context] in
                Task.isCancelled || Task.isShuttingDownGracefully || context.generation != generation
            }
            deduplicator.reset(destination)
            log(report, destination)
            if report.attempts >= Self.largeRound { cmemory_give_back() }
            return report.attempts > 0
        } catch let error as StoreError where error.kind == .busy {
            return false
        } catch {
            if deduplicator.shouldLog("\(error)", of: destination) {
                context.logger.error(
                    "delivery failed; it is tried again later",
                    metadata: ["destination": "\(destination)", "reason": "\(error)"])
            }
            return false
        }
    }

    /// The words of a server without the addresses in them: logs carry ids alone.
    private static func withoutAddresses(_ text: String) -> String {
        text.split(separator: " ").map { $0.contains("@") ? "<address>" : $0 }.joined(separator: " ")
    }

    private func log(_ report: DeliveryReport, _ destination: String) {
        let place: Logger.Metadata = ["destination": "\(destination)"]
        if report.delivered > 0 {
            context.logger.info("delivered", metadata: place.merging(["messages": "\(report.delivered)"]) { $1 })
        }
        if report.expired > 0 {
            context.logger.notice(
                "messages came too late to be of use and were dropped",
                metadata: place.merging(["messages": "\(report.expired)"]) { $1 })
        }
        for failure in report.dead {
            context.logger.warning(
                "a message was given up; muster outbox show tells why",
                metadata: place.merging([
                    "message": "\(failure.number)", "session": "\(failure.session)", "person": "\(failure.recipient)",
                ]) { $1 })
        }
        if let stopped = report.stopped, !isEnding {
            context.logger.warning(
                "nothing gets through now; it waits",
                metadata: place.merging(["reason": "\(Self.withoutAddresses(stopped))"]) { $1 })
        }
    }
}

/// The destinations to which something is on its way.
private final class BusySet: Sendable {
    private let names = Mutex<Set<String>>([])

    func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }

    func begin(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }

    func end(_ name: String) { names.withLock { _ = $0.remove(name) } }
}
