import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore
import MusterWeb

/// Answers those who watch the daemon, on an address of this machine, where the config names one.
struct OperationsService: ListeningService {
    let context: ServiceContext
    var wakeSignal: WakeSignal { context.operationsSignal }
    let offer = "metrics"

    func address(in configuration: Configuration) -> ListenAddress? { configuration.listen }

    func serve(on address: ListenAddress, whenOpen: @escaping @Sendable () -> Void) async throws {
        let context = context
        try await OperationsServer(
            address: address,
            metrics: { try context.metrics().text },
            trouble: { context.workspace.unreadiness }
        ).run(whenOpen: whenOpen)
    }
}
