import Logging
import MusterProgramme
import MusterStore
import MusterWeb
import ServiceLifecycle

/// Answers those who watch the daemon, on an address of this machine, where the config names one.
struct OperationsService: Service {
    let house: House

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await serve()
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }

    /// Serves until the end, or until trouble comes: watching must never stop the work.
    private func serve() async {
        guard let address = house.workspace.configuration.listen else { return }
        do {
            let house = house
            try await OperationsServer(
                host: address.host, port: address.port,
                metrics: { try Metrics(house).text },
                trouble: { Self.trouble(house) }
            ).run()
        } catch {
            house.logger.error(
                "metrics cannot be served; it is tried again",
                metadata: ["port": "\(address.port)", "reason": "\(error)"])
        }
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
