import Logging
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterWeb
import ServiceLifecycle
import Systemd

/// Serves on an address of this machine, where the config in force names one, until the end; a port that is taken must
/// never stop the work.
protocol ListeningService: Service {
    var context: ServiceContext { get }
    /// Rung when another config is in force.
    var wakeSignal: WakeSignal { get }
    /// What is served, for the log.
    var offer: String { get }

    /// Where; nil for nowhere.
    func place(in configuration: Configuration) -> Configuration.Feeds

    /// Serves until the task is cancelled or told to shut down.
    func serve(on endpoint: Endpoint, whenOpen: @escaping @Sendable () -> Void) async throws
}

extension ListeningService {
    func run() async throws {
        let wakeSignal = wakeSignal
        await withDiscardingTaskGroup { group in
            var current: Listener?
            await withGracefulShutdownHandler {
                while !Task.isCancelled, !Task.isShuttingDownGracefully {
                    if current?.isOver == true { current = nil }
                    await follow(&current, &group)
                    await wakeSignal.wait(atMost: .seconds(60))
                }
            } onGracefulShutdown: {
                wakeSignal.notify()
            }
            // Not cancelled: connections that have come and that nobody has looked at yet would end the program.
            await current?.close()
        }
    }

    /// Serves where the config says now; what cannot be used leaves the old one in place.
    private func follow(_ current: inout Listener?, _ group: inout DiscardingTaskGroup) async {
        do {
            await move(&current, to: try endpoint(), &group)
        } catch {
            context.logger.error("\(offer) cannot be served; it is tried again", metadata: ["reason": "\(error)"])
        }
    }

    private func endpoint() throws -> Endpoint? {
        let workspace = context.workspace
        let place = place(in: workspace.configuration)
        return try place.listen.map { address in
            let certificate = try place.certificate.map { certificate in
                let (chain, key) = try workspace.read(certificate)
                return try ServerCertificate(chain: chain, key: key)
            }
            return Endpoint(
                address: address, certificate: certificate,
                socket: try socket(of: address, isProved: certificate != nil))
        }
    }

    /// The socket that systemd opened; nil for an address that is opened here.
    private func socket(of address: ListenAddress, isProved: Bool) throws -> ListenSocket? {
        guard case .systemd(let name) = address else { return nil }
        let sockets = context.sockets.filter { $0.name == name }
        guard let socket = sockets.first else {
            throw ListenSocket.Failure(
                description:
                    "systemd has handed over no socket named \(name); systemctl enable --now muster-\(name).socket, and restart muster"
            )
        }
        guard sockets.count == 1 else {
            throw ListenSocket.Failure(
                description:
                    "systemd has handed over \(sockets.count) sockets named \(name), and one is served; [::]:443 takes the calls of 0.0.0.0:443 too"
            )
        }
        guard isProved || socket.isLocal else {
            throw ListenSocket.Failure(
                description:
                    "\(socket) is open to others, who would read on the way what is secret; give \(name) a certificate, or the unit ListenStream=127.0.0.1:PORT"
            )
        }
        return socket
    }

    /// Opens the new one before the old one is closed: an address that cannot be used leaves those who ask an answer.
    private func move(
        _ current: inout Listener?, to endpoint: Endpoint?, _ group: inout DiscardingTaskGroup
    ) async {
        guard endpoint != current?.endpoint else { return }
        var attempts = 1
        if let endpoint, let old = current?.endpoint.address, endpoint.address.isSamePlace(as: old) {
            // Only the certificate is another, or the host of the port, which is taken until the old one has let go of it.
            await current?.close()
            current = nil
            attempts = 50
        }
        var next: Listener?
        if let endpoint {
            do {
                next = try await open(endpoint, attempts: attempts, &group)
            } catch {
                let old = current == nil ? "" : "; until then the old address stays"
                return context.logger.error(
                    "\(offer) cannot be served; it is tried again\(old)",
                    metadata: ["address": "\(endpoint.address)", "reason": "\(error)"])
            }
        }
        await current?.close()
        current = next
    }

    /// Opens it, in one of several attempts, a tenth of a second apart.
    private func open(_ endpoint: Endpoint, attempts: Int, _ group: inout DiscardingTaskGroup) async throws -> Listener
    {
        let listener = Listener(endpoint) { try await serve(on: endpoint, whenOpen: $0) }
        group.addTask { await listener.run() }
        do {
            try await listener.waitUntilOpen()
            return listener
        } catch {
            guard attempts > 1 else { throw error }
            try await Task.sleep(for: .milliseconds(100))
            return try await open(endpoint, attempts: attempts - 1, &group)
        }
    }
}
