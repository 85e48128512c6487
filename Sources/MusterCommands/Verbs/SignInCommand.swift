import ArgumentParser
import MusterDaemon
import MusterOperations

struct SignInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in",
        abstract: "Print an address that signs a coordinator in to the pages, once, within a quarter of an hour.",
        discussion:
            "People ask for such an address themselves, on the page /sign-in, and are mailed it. This is for where no mail arrives yet."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The mail address of a coordinator, or of one of the operators of the pages.")
    var address: String

    func run() async throws {
        Console.line(try await global.perform(CreateSignIn.self, CreateSignIn.Request(address: address)).address)
    }
}
