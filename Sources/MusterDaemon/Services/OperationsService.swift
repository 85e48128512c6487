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
            metrics: { try Metrics(context).text },
            trouble: { Self.trouble(context) }
        ).run(whenOpen: whenOpen)
    }

    /// Why the daemon is not ready to work; nil where it is.
    private static func trouble(_ context: ServiceContext) -> String? {
        do {
            try context.workspace.store.checkSpace()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
