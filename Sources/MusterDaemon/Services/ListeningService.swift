import Logging
import MusterConfiguration
import MusterModel
import MusterOperations
import ServiceLifecycle

/// Serves on an address of this machine, where the config in force names one, until the end; a port that is taken must
/// never stop the work.
protocol ListeningService: Service {
    var context: ServiceContext { get }
    /// Rung when another config is in force.
    var wakeSignal: WakeSignal { get }
    /// What is served, for the log.
    var offer: String { get }

    /// Where; nil for nowhere.
    func address(in configuration: Configuration) -> ListenAddress?

    /// Serves until the task is cancelled or told to shut down.
    func serve(on address: ListenAddress, whenOpen: @escaping @Sendable () -> Void) async throws
}

extension ListeningService {
    func run() async throws {
        let wakeSignal = wakeSignal
        await withDiscardingTaskGroup { group in
            var current: Listener?
            await withGracefulShutdownHandler {
                while !Task.isCancelled, !Task.isShuttingDownGracefully {
                    if current?.isOver == true { current = nil }
                    await move(&current, to: address(in: context.workspace.configuration), &group)
                    await wakeSignal.wait(atMost: .seconds(60))
                }
            } onGracefulShutdown: {
                wakeSignal.notify()
            }
            // Not cancelled: connections that have come and that nobody has looked at yet would end the program.
            await current?.close()
        }
    }

    /// Opens the new one before the old one is closed: an address that cannot be used leaves those who ask an answer.
    private func move(
        _ current: inout Listener?, to address: ListenAddress?, _ group: inout DiscardingTaskGroup
    ) async {
        guard address != current?.address else { return }
        let next = address.map { address in Listener(address) { try await serve(on: address, whenOpen: $0) } }
        if let next {
            group.addTask { await next.run() }
            do {
                try await next.waitUntilOpen()
            } catch {
                let old = current == nil ? "" : "; until then the old address stays"
                return context.logger.error(
                    "\(offer) cannot be served; it is tried again\(old)",
                    metadata: ["address": "\(next.address)", "reason": "\(error)"])
            }
        }
        await current?.close()
        current = next
    }
}
