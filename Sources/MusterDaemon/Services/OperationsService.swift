import MusterConfiguration
import MusterOperations
import MusterStore
import MusterWeb

/// Answers those who watch the daemon, on an address of this machine, where the config names one.
struct OperationsService: ListeningService {
    let context: ServiceContext
    var wakeSignal: WakeSignal { context.operationsSignal }
    let offer = "metrics"

    func address(in configuration: Configuration) -> Configuration.ListenAddress? { configuration.listen }

    func serve(on address: Configuration.ListenAddress, whenOpen: @escaping @Sendable () -> Void) async throws {
        let context = context
        try await OperationsServer(
            host: address.host, port: address.port,
            metrics: { try context.metrics().text },
            trouble: { context.workspace.unreadiness }
        ).run(whenOpen: whenOpen)
    }
}
