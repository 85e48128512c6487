import Logging
import MusterProgramme
import MusterStore
import MusterWeb

/// Gives calendar programs their feeds, on an address of this machine, where the config names one.
struct FeedService: ListeningService {
    let house: House
    var bell: Bell { house.feedBell }
    let offer = "feeds"
    private let troubles = Troubles()

    init(house: House) {
        self.house = house
    }

    func address(in configuration: Configuration) -> Configuration.ListenAddress? { configuration.feeds.listen }

    func serve(on address: Configuration.ListenAddress, whenOpen: @escaping @Sendable () -> Void) async throws {
        let house = house
        try await FeedServer(
            host: address.host, port: address.port, now: { house.workspace.now() },
            answered: { house.countFeedAnswer($0) }
        ) { secret in
            try logged { try house.workspace.findFeed(secret) }.map { feed in
                FeedServer.Entry(number: feed.number) { program in
                    try logged { try house.workspace.read(feed, by: program) }
                }
            }
        }.run(whenOpen: whenOpen)
    }

    /// What goes wrong is said once, without the address: whoever asks again and again must not fill the log.
    private func logged<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            let value = try body()
            troubles.forget(offer)
            return value
        } catch {
            if troubles.isNew("\(error)", of: offer) {
                house.logger.error("a feed could not be served", metadata: ["reason": "\(error)"])
            }
            throw error
        }
    }
}
