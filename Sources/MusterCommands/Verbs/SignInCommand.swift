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

    @Flag(help: "Ask for a password of an app from now on too (TOTP), and print what the app has to know.")
    var secondFactor = false

    @Flag(help: "Ask for no password of an app any more, as where a telephone is lost.")
    var noSecondFactor = false

    func validate() throws {
        guard !secondFactor || !noSecondFactor else {
            throw ValidationError("Give --second-factor or --no-second-factor, not both.")
        }
    }

    func run() async throws {
        if secondFactor || noSecondFactor {
            let set = try await global.perform(
                SetSecondFactor.self, SetSecondFactor.Request(address: address, isNeeded: secondFactor))
            return Console.line(set.address ?? "No password of an app is asked for any more.")
        }
        Console.line(try await global.perform(CreateSignIn.self, CreateSignIn.Request(address: address)).address)
    }
}
