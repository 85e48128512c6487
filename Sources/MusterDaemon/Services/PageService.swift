import Logging
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterWeb

/// Serves the pages, on an address of this machine, where the config names one.
struct PageService: ListeningService {
    let context: ServiceContext
    var wakeSignal: WakeSignal { context.pageSignal }
    let offer = "pages"
    private let deduplicator = LogDeduplicator()

    init(context: ServiceContext) {
        self.context = context
    }

    func place(in configuration: Configuration) -> Configuration.Feeds { configuration.pages }

    func serve(on endpoint: Endpoint, whenOpen: @escaping @Sendable () -> Void) async throws {
        let (context, deduplicator) = (context, deduplicator)
        try await PageServer(
            endpoint: endpoint, version: Daemon.version,
            workspace: { context.workspace },
            didChange: { consequence in
                do { try context.takeUpAdditions() } catch { context.logger.error("\(error)") }
                context.wake(for: consequence)
            },
            didFail: { deduplicator.report($0, of: "pages", as: "a page could not be served", to: context.logger) }
        ).run(whenOpen: whenOpen)
    }
}
