import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Let programs do what a coordinator or an operator may, at /api/v1 of the pages.",
        subcommands: [List.self, Create.self, Revoke.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the tokens, and when each was used last.")

        @OptionGroup var global: GlobalOptions

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() async throws {
            let tokens = try await global.perform(ListTokens.self, Nothing())
            if json { return try Console.json(tokens) }
            for token in tokens {
                let standing =
                    token.revoked.map { "taken back \($0.inWords)" } ?? token.used.map { "used \($0.inWords)" }
                    ?? "never used"
                Console.line("\("\(token.number)".padded(5))\(token.name.padded(30))  \(token.address), \(standing)")
            }
            if tokens.isEmpty { Console.line("No tokens; muster token create ADDRESS NAME makes one.") }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token, and show it: this once, since only a digest of it is kept.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The mail address of the coordinator or operator for whom the program acts.")
        var address: String

        @Argument(help: "What it is for, in a few words.")
        var name: String

        func run() async throws {
            let made = try await global.perform(
                CreateToken.self, CreateToken.Request(address: address, name: name))
            Console.line(made.secret)
            // The secret alone goes to a program that reads this.
            Console.error(
                "This is shown this once. Whoever has it may do what \(address) may; muster token revoke \(made.token.number) ends it."
            )
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a token back for good.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number, as list shows it.")
        var number: Int

        func run() async throws {
            _ = try await global.perform(RevokeToken.self, RevokeToken.Request(number: number))
            Console.line("The token \(number) is of no use any more.")
        }
    }
}
