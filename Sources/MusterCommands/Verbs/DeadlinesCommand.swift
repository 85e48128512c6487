import ArgumentParser
import MusterOperations

struct DeadlinesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadlines", abstract: "What is due beside sessions, and whether it is done.",
        subcommands: [List.self, Done.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what is due, first what is not done.")

        @OptionGroup var global: GlobalOptions

        @Flag(help: "Write it as JSON.")
        var json = false

        func run() async throws {
            let items = try await global.perform(ListDeadlines.self, Nothing())
            if json { return try Console.json(items) }
            if items.isEmpty { Console.line("Nothing is due.") }
            for item in items {
                let state = item.doneBy.map { "done, by \($0)" } ?? (item.isOverdue ? "overdue" : "open")
                Console.line("\(item.when)  \(item.title): \(state)  (\(item.session) \(item.deadline))")
            }
        }
    }

    struct Done: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep that something is done, so that nobody is reminded of it any more.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The session from which it is counted, as 900001/review.")
        var session: String

        @Argument(help: "What the cycle calls it, as report.")
        var deadline: String

        @Flag(help: "It is not done after all.")
        var undo = false

        func run() async throws {
            let request = FinishDeadline.Request(session: session, deadline: deadline, isDone: !undo)
            let kept = try await global.perform(FinishDeadline.self, request)
            Console.line("\(kept.title): \(undo ? "not done after all" : "done").")
        }
    }
}
