import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Show or forget what is kept about somebody.",
        subcommands: [Export.self, RevokeLinks.self, Erase.self])

    struct RevokeLinks: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-links",
            abstract: "Take back the links that a person has in mails; those in mails to come are others.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The person's id in people.csv.")
        var person: String

        func run() async throws {
            _ = try await global.perform(MusterOperations.RevokeLinks.self, ExportPerson.Request(person: person))
            Console.line(
                "The links that \(person) has are of no use any more. The next mail about each session has another one."
            )
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write everything that is kept about a person as JSON, for an access request.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The person's id in people.csv.")
        var person: String

        func run() async throws {
            Console.line(try await global.perform(ExportPerson.self, ExportPerson.Request(person: person)).text)
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget who a person was; numbers of sessions and mails stay.",
            discussion: "The person must have left the config, and must have been told of it.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The person's id.")
        var person: String

        func run() async throws {
            let name = try await global.perform(ErasePerson.self, ErasePerson.Request(person: person)).pseudonym
            Console.line(
                "\(person) is now \(name). Backups, and files beside the database that end with .replaced-N or .before-N, still hold the old name, as do files that muster feed write has written; delete them when their time has come."
            )
        }
    }
}
