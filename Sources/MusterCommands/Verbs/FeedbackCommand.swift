import ArgumentParser
import MusterModel
import MusterOperations

struct FeedbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback",
        abstract: "Show what those who came to sessions thought of them, where enough people answered.")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Write it as JSON.")
    var json = false

    func run() async throws {
        let summaries = try await global.perform(ShowFeedback.self, Nothing())
        if json { return try Console.json(summaries) }
        if summaries.isEmpty { Console.line("No cycle has a form: write feedback into one.") }
        for summary in summaries {
            Console.line("\(summary.cycle), \(summary.result.stage): \(summary.sentence)")
            for line in summary.result.lines {
                Console.line("  \(line.mean) of 5  \(line.question) (\(line.count) answers)")
            }
            for comment in summary.result.comments {
                Console.line("  “\(comment.text)”\(comment.mayBeQuoted ? " (may be quoted)" : "")")
            }
        }
    }
}
