import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct SendTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test",
        abstract: "Send an invitation to an address of your own, and say how far it came.",
        discussion: "It goes past the outbox. Exit code 0: the mail server took it; 75: it did not.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The mail address.")
    var address: String

    @Flag(help: "Wait until it is answered, at most ten minutes: then answers are known to arrive.")
    var wait = false

    /// So often it is looked whether the answer has come, and so long.
    private static let (pause, patience) = (Duration.seconds(5), Duration.seconds(600))

    func run() async throws {
        let response = try await global.perform(SendTest.self, SendTest.Request(address: address))
        response.steps.forEach { Console.line($0) }
        if let failure = response.failure { throw ExitFailure("It went no further: \(failure).", code: 75) }
        guard wait else { return }
        Console.line("waiting       accept it in \(address)'s calendar or mail program")
        let before = try await global.perform(FetchAnswers.self, Nothing()).roundTrip
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            try await Task.sleep(for: Self.pause)
            let now = try await global.perform(FetchAnswers.self, Nothing()).roundTrip
            if let now, now != before {
                return Console.line("answered      answers arrive; muster status remembers it")
            }
        }
        throw ExitFailure(
            "No answer came within ten minutes. The runbook tells where answers get lost: \"Answers do not arrive\".",
            code: 75)
    }
}
