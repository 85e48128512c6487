import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Webhook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the endpoints of webhooks, try one, and send again what one did not get.",
        subcommands: [List.self, Test.self, Replay.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show how each endpoint fares.")

        @OptionGroup var place: GlobalOptions

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() throws {
            let workspace = try place.workspace()
            let states = try workspace.webhookStates()
            let statistics = try workspace.store.outboxStatistics()
            let rows = states.map {
                EndpointState($0, statistics.filter { [name = $0.name] in $0.destination == name })
            }
            if json { return try Console.json(rows) }
            if rows.isEmpty { Console.line("No webhooks; \"webhooks\" in muster.yaml names them.") }
            for row in rows {
                Console.line("\(row.id.padded(20))\(row.waiting) waiting · \(row.delivered) delivered · \(row.word)")
                if let error = row.lastError { Console.line("  \(error)") }
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a test to an endpoint now.",
            discussion:
                "Where it gets through, an endpoint that was given up is in use again, and what waits for it follows. A chat accepts what it cannot show: look there too."
        )

        @OptionGroup var place: GlobalOptions

        @Argument(help: "The id of the endpoint.")
        var id: String

        func run() async throws {
            let workspace = try place.workspace()
            let lock = try workspace.sendingLock(id)
            defer { withExtendedLifetime(lock) {} }
            if let trouble = try await workspace.testWebhook(id) {
                throw ExitFailure("The test did not get through: \(trouble).", code: 75)
            }
            Console.line("The test was taken by \(id).")
        }
    }

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send again what an endpoint did not get, or everything since a time; muster send delivers it.")

        @OptionGroup var place: GlobalOptions

        @Argument(help: "The id of the endpoint.")
        var id: String

        @Option(help: ArgumentHelp("Also what was delivered since then.", valueName: "ISO-8601"))
        var since: String?

        func run() throws {
            let start = since.map { Instant(iso: $0) }
            if let start, start == nil {
                throw ValidationError("--since \(since ?? "") should be a time such as 2027-01-11T09:00:00Z.")
            }
            try place.change { workspace in
                let count = try workspace.replayWebhooks(id, since: start ?? nil)
                Console.line("\(Wording.count(count, "webhook")) due again.")
            }
        }
    }
}

/// How an endpoint fares.
private struct EndpointState: Encodable {
    let id: String
    let waiting: Int
    let delivered: Int
    let dead: Int
    let failingSince: Instant?
    let retryAt: Instant?
    let givenUp: Instant?
    let lastError: String?

    init(_ destination: Destination, _ statistics: [OutboxStatistic]) {
        func count(_ states: OutboxMessage.State...) -> Int {
            statistics.filter { states.contains($0.state) }.reduce(0) { $0 + $1.count }
        }
        id = destination.name
        waiting = count(.due, .claimed, .held)
        delivered = count(.delivered)
        dead = count(.dead)
        failingSince = destination.failingSince
        retryAt = destination.retryAt
        givenUp = destination.givenUp
        lastError = destination.lastError
    }

    var word: String {
        if let givenUp { return "given up \(Wording.moment(givenUp, in: .utc)) UTC; muster webhook test \(id)" }
        if let failingSince { return "nothing gets through since \(Wording.moment(failingSince, in: .utc)) UTC" }
        return "well"
    }
}
