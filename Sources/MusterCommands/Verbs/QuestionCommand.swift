import ArgumentParser
import MusterDaemon
import MusterOperations

struct QuestionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "question",
        abstract: "Keep the key enquiry question that was agreed for a host; left out: open it again.",
        discussion: "Who comes to sessions that are to come hears of it with what is published next.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The host, as 900001 or by the beginning of its name; cycle/900001 where it hosts in several.")
    var host: String

    @Argument(help: "The question, in quotes.")
    var question: String?

    func run() async throws {
        let kept = try await global.perform(
            AgreeQuestion.self, AgreeQuestion.Request(host: host, question: question))
        Console.line(
            "\(kept.label): the question \(question == nil ? "is open again" : "is agreed"). muster plan shows who will hear of it."
        )
    }
}
