import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask those once more who have not answered; each gets one mail, and none more than one a day.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Only those of one session, as 900001/review.")
    var session: String?

    func run() async throws {
        let asked = try await global.perform(AskAgain.self, AskAgain.Request(session: session)).people
        Console.line(
            asked == 0
                ? "Nobody is left to ask: all have answered, or were asked today."
                : "\(Wording.count(asked, "person")) \(asked == 1 ? "is" : "are") asked once more.")
    }
}
