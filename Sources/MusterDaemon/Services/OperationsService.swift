import MusterProgramme
import MusterStore
import MusterWeb

/// Answers those who watch the daemon, on an address of this machine, where the config names one.
struct OperationsService: ListeningService {
    let house: House
    var bell: Bell { house.operationsBell }
    let offer = "metrics"

    func address(in configuration: Configuration) -> Configuration.ListenAddress? { configuration.listen }

    func serve(on address: Configuration.ListenAddress, whenOpen: @escaping @Sendable () -> Void) async throws {
        let house = house
        try await OperationsServer(
            host: address.host, port: address.port,
            metrics: { try Metrics(house).text },
            trouble: { Self.trouble(house) }
        ).run(whenOpen: whenOpen)
    }

    /// Why the daemon is not ready to work; nil where it is.
    private static func trouble(_ house: House) -> String? {
        do {
            try house.workspace.store.checkSpace()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
