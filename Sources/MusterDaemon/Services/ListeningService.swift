import Logging
import MusterProgramme
import ServiceLifecycle

/// Serves on an address of this machine, where the config names one, until the end; a port that is taken must never stop
/// the work.
protocol ListeningService: Service {
    var house: House { get }
    /// What is served, for the log.
    var offer: String { get }

    /// Where; nil for nowhere.
    func address(in configuration: Configuration) -> Configuration.ListenAddress?

    /// Serves until the task is cancelled.
    func serve(on address: Configuration.ListenAddress) async throws
}

extension ListeningService {
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await attempt()
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }

    private func attempt() async {
        guard let address = address(in: house.workspace.configuration) else { return }
        do {
            try await serve(on: address)
        } catch {
            house.logger.error(
                "\(offer) cannot be served; it is tried again",
                metadata: ["port": "\(address.port)", "reason": "\(error)"])
        }
    }
}
