import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Show or forget what is kept about somebody.",
        subcommands: [Export.self, Erase.self])

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
