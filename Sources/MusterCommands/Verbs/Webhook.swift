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

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show how each endpoint fares.")

        @OptionGroup var global: GlobalOptions

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() async throws {
            let rows = try await global.perform(ListWebhooks.self, Nothing())
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

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The id of the endpoint.")
        var id: String

        func run() async throws {
            if let failure = try await global.perform(TestWebhook.self, TestWebhook.Request(id: id)).failure {
                throw ExitFailure("The test did not get through: \(failure).", code: 75)
            }
            Console.line("The test was taken by \(id).")
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send again what an endpoint did not get, or everything since a time; muster send delivers it.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The id of the endpoint.")
        var id: String

        @Option(help: ArgumentHelp("Also what was delivered since then.", valueName: "ISO-8601"))
        var since: String?

        func run() async throws {
            let start = since.map { Instant(iso: $0) }
            if let start, start == nil {
                throw ValidationError("--since \(since ?? "") should be a time such as 2027-01-11T09:00:00Z.")
            }
            let request = ReplayWebhooks.Request(id: id, since: start ?? nil)
            let count = try await global.perform(ReplayWebhooks.self, request).count
            Console.line("\(Wording.count(count, "webhook")) due again.")
        }
    }
}

extension ListWebhooks.Endpoint {
    fileprivate var word: String {
        if let givenUp { return "given up \(givenUp.inWords); muster webhook test \(id)" }
        if let failingSince { return "nothing gets through since \(failingSince.inWords)" }
        return "well"
    }
}
