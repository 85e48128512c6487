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

    func run() async throws {
        let response = try await global.perform(SendTest.self, SendTest.Request(address: address))
        response.steps.forEach { Console.line($0) }
        if let failure = response.failure { throw ExitFailure("It went no further: \(failure).", code: 75) }
    }
}
