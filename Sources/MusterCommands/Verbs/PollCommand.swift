import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct PollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll", abstract: "What many were asked: how polls stand, and what becomes of them.",
        subcommands: [List.self, Show.self, Answer.self, Use.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the polls.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let polls = try await global.perform(ListPolls.self, Nothing())
            if polls.isEmpty { Console.line("There is no poll: write one in programme/polls/.") }
            for poll in polls {
                Console.line("\(poll.id)  \(poll.title): \(poll.state), \(poll.answered) of \(poll.asked) answered")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a poll stands, as bars, as CSV, as SVG or as JSON.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The poll, as its file calls it.")
        var poll: String

        @Flag(help: "Write it for a spreadsheet.")
        var csv = false

        @Flag(help: "Write a picture.")
        var svg = false

        @Flag(help: "Write it as JSON.")
        var json = false

        func run() async throws {
            let shown = try await global.perform(ShowPoll.self, ShowPoll.Request(poll: PollID(poll)))
            if json { return try Console.json(shown.result) }
            if csv || svg { return print(csv ? shown.csv : shown.svg, terminator: "") }
            let result = shown.result
            Console.line("\(result.title): \(result.question)")
            Console.line("\(result.answered) of \(result.asked) answered")
            bars(result.ranking)
            for group in result.groups {
                Console.line("\n\(group.heading)")
                bars(group.lines)
            }
            if !shown.consequences.isEmpty { Console.line("\nmuster poll use \(poll) would say:") }
            for sentence in shown.consequences { Console.line("  \(sentence)") }
        }

        private func bars(_ lines: [PollResult.Line]) {
            let width = min(48, lines.map(\.text.count).max() ?? 0)
            for line in lines {
                let text = line.text.count > width ? line.text.prefix(width - 1) + "…" : line.text[...]
                let bar = String(repeating: "█", count: (line.share + 2) / 4)
                Console.line(
                    "  \(text.padding(toLength: width)) \(bar)\(bar.isEmpty ? "" : " ")\(line.count) (\(line.share) %)")
            }
        }
    }

    struct Answer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep what somebody says by telephone that they choose, in place of what they chose before.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The poll, as its file calls it.")
        var poll: String

        @Argument(help: "The person, by id or by name.")
        var person: String

        @Argument(help: "What they choose, by the ids of choices or by their texts.")
        var choices: [String]

        func run() async throws {
            _ = try await global.perform(
                RecordPollAnswer.self, RecordPollAnswer.Request(poll: PollID(poll), person: person, choices: choices))
            Console.line("Kept. muster poll show \(poll) shows how it stands.")
        }
    }

    struct Use: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turn a poll into themes of hosts, or into what people know; the planner matches them.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The poll, as its file calls it.")
        var poll: String

        func run() async throws {
            let done = try await global.perform(ApplyPoll.self, ApplyPoll.Request(poll: PollID(poll)))
            for sentence in done.consequences { Console.line(sentence) }
            Console.line("muster plan shows what that changes.")
        }
    }
}

extension StringProtocol {
    /// The text, filled up with spaces.
    fileprivate func padding(toLength width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
