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

    func place(in configuration: Configuration) -> Configuration.Feeds {
        Configuration.Feeds(listen: configuration.listen)
    }

    func serve(on endpoint: Endpoint, whenOpen: @escaping @Sendable () -> Void) async throws {
        let context = context
        try await OperationsServer(
            endpoint: endpoint,
            metrics: { try context.metrics().text },
            trouble: { context.workspace.unreadiness }
        ).run(whenOpen: whenOpen)
    }
}
