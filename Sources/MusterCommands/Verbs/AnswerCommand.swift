import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct AnswerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Keep what somebody said about coming to a session, say by telephone.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session: URN/STAGE, as 900001/review.")
    var session: String

    @Argument(help: "Who said it: an id, or the beginning of a name.")
    var person: String

    @Argument(help: "accepted, declined or tentative.")
    var status: Answer.Status

    @Option(help: ArgumentHelp("What was added in words.", valueName: "text"))
    var comment = ""

    func run() async throws {
        let request = RecordAnswer.Request(session: session, person: person, status: status, comment: comment)
        let kept = try await global.perform(RecordAnswer.self, request)
        Console.line("\(kept.name) \(status.rawValue): \(kept.title). Nobody is told; muster explain shows it.")
    }
}

extension Answer.Status: ExpressibleByArgument {}
