import Logging
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterOperations
import MusterStore
import MusterWeb

/// Gives calendar programs their feeds, on an address of this machine, where the config names one.
struct FeedService: ListeningService {
    let context: ServiceContext
    var wakeSignal: WakeSignal { context.feedSignal }
    let offer = "feeds"
    private let deduplicator = LogDeduplicator()

    init(context: ServiceContext) {
        self.context = context
    }

    func place(in configuration: Configuration) -> Configuration.Feeds { configuration.feeds }

    func serve(on endpoint: Endpoint, whenOpen: @escaping @Sendable () -> Void) async throws {
        let context = context
        try await FeedServer(
            endpoint: endpoint, now: { context.workspace.now() },
            answered: { context.countFeedAnswer($0) }
        ) { secret in
            try logged { try context.workspace.findFeed(secret) }.map { feed in
                FeedServer.Entry(number: feed.number) { program in
                    try logged {
                        let page = try context.workspace.read(feed, by: program)
                        return FeedServer.Page(
                            text: page.calendar.text, entityTag: page.calendar.entityTag, changed: page.changed)
                    }
                }
            }
        }.run(whenOpen: whenOpen)
    }

    private func logged<Value>(_ body: () throws -> Value) throws -> Value {
        try deduplicator.reporting(of: offer, as: "a feed could not be served", to: context.logger, body)
    }
}
