import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct PersonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Show or forget what is kept about somebody.",
        subcommands: [Export.self, Erase.self])

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write everything that is kept about a person as JSON, for an access request.")

        @OptionGroup var place: GlobalOptions

        @Argument(help: "The person's id in people.csv.")
        var person: String

        func run() throws { Console.line(try place.workspace().exportPerson(person)) }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget who a person was; numbers of sessions and mails stay.",
            discussion: "The person must have left the config, and must have been told of it.")

        @OptionGroup var place: GlobalOptions

        @Argument(help: "The person's id.")
        var person: String

        func run() throws {
            try place.change { workspace in
                let name = try workspace.erasePerson(person)
                Console.line(
                    "\(person) is now \(name). Backups, and files beside the database that end with .replaced-N or .before-N, still hold the old name, as do files that muster feed write has written; delete them when their time has come."
                )
            }
        }
    }
}
