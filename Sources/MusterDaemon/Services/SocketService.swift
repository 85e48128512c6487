import CivilTime
import Foundation
import Logging
import MusterOperations
import MusterStore
import MusterWeb
import ServiceLifecycle

/// Lets commands have their work done by the daemon, on a Unix socket in its runtime directory.
struct SocketService: Service {
    let context: ServiceContext
    let config: String
    let lock: StateLock

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await serve()
                } catch {
                    guard !Task.isCancelled else { return }
                    context.logger.error(
                        "commands cannot ask the daemon; it is tried again", metadata: ["reason": "\(error)"])
                    try? await Task.sleep(for: .seconds(60))
                }
            }
        }
    }

    private func serve() async throws {
        let directory =
            ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"] ?? context.workspace.stateDirectory
        let path = directory + "/" + DaemonConnection.socketName
        guard path.utf8.count <= DaemonConnection.longestPath else {
            throw OperationFailure(
                "\(path) is longer than a Unix socket's path may be (\(DaemonConnection.longestPath) bytes); start it with a shorter state directory",
                exitCode: 78)
        }
        try await OperationServer(path: path) { name, body, write in
            let tell: @Sendable (DaemonConnection.Line) -> Void = { line in
                if let data = try? JSONEncoder().encode(line) { write(data) }
            }
            tell(await answer(name, body, tell: tell))
        }.run { lock.note(path) }
    }

    /// Does what is asked; the last line of the answer.
    private func answer(
        _ name: String, _ body: Data, tell: @escaping @Sendable (DaemonConnection.Line) -> Void
    ) async -> DaemonConnection.Line {
        do {
            let envelope = try JSONDecoder().decode(DaemonConnection.Envelope.self, from: body)
            if envelope.version != Daemon.version {
                tell(
                    .remark(
                        "muster serve is version \(Daemon.version), this is \(envelope.version); restart it to use one."
                    ))
            }
            let workspace = try workspace(for: envelope)
            let response = try await OperationCatalogue.run(name, request: envelope.request, in: workspace) {
                tell(.progress($0))
            }
            guard let response else {
                return .failure(
                    OperationFailure("muster serve does not know \(name); restart it after an upgrade.", exitCode: 76))
            }
            guard let consequence = OperationCatalogue.consequence(of: name) else { return .response(response) }
            // It is done, whatever else fails: nobody is told otherwise.
            do { try context.takeUpAdditions() } catch { context.logger.error("\(error)") }
            context.wake(for: consequence)
            return .response(response)
        } catch {
            return .failure(OperationFailure(error))
        }
    }

    /// The config as it stands in its files now, since whoever asks has just looked at them, with their time.
    private func workspace(for envelope: DaemonConnection.Envelope) throws -> Workspace {
        let (own, theirs) = (Self.resolved(config), Self.resolved(envelope.config))
        guard own == theirs else {
            throw OperationFailure(
                "muster serve has this state with the config \(own), not \(theirs); name that with --config, or another state with --state.",
                exitCode: 78)
        }
        let workspace = try context.current().acting(as: envelope.actor)
        return envelope.now.map { moment in workspace.at { moment } } ?? workspace
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
