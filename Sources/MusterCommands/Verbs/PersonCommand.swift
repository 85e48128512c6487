import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations

struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Show or forget what is kept about somebody.",
        subcommands: [Away.self, Back.self, Date.self, Export.self, RevokeLinks.self, Erase.self])

    struct Away: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say on which days somebody cannot come, or list the days that were said so.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The person, by id or by the beginning of a name.")
        var person: String

        @Argument(help: "2027-01-14, or \"2027-01-14 to 2027-01-15\"; left out: list what is kept.")
        var days: String?

        func run() async throws {
            guard let days else {
                let known = try await global.perform(ListAbsences.self, ListAbsences.Request(person: person))
                for absence in known {
                    Console.line(
                        "\("\(absence.number)".padded(6))\(absence.dates.lowerBound) to \(absence.dates.upperBound), said by \(absence.author)"
                    )
                }
                if known.isEmpty { Console.line("Nothing was said, beside what the config has.") }
                return
            }
            let kept = try await global.perform(
                RecordAbsence.self, RecordAbsence.Request(person: person, days: days))
            Console.line("Kept: \(kept.name) cannot come then. muster plan shows what follows.")
            kept.sessions.forEach { Console.line("  touches \($0)") }
        }
    }

    struct Back: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take back that somebody cannot come on some days.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The person, by id or by the beginning of a name.")
        var person: String

        @Argument(help: "The number, as muster person away lists it.")
        var number: Int

        func run() async throws {
            _ = try await global.perform(
                RemoveAbsence.self, RemoveAbsence.Request(person: person, number: number))
            Console.line("Taken back.")
        }
    }

    struct Date: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep that somebody comes to a training event on another of its dates.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The person's id in people.csv.")
        var person: String

        @Argument(help: "The session on that date, as training-2/training-2.")
        var session: String

        func run() async throws {
            let chosen = try await global.perform(
                ChooseDate.self, ChooseDate.Request(person: PersonID(person), session: session)
            ).session
            let zone = TimeZoneDatabase.system[chosen.zone] ?? .utc
            Console.line("\(person) comes to \(chosen.title) on \(Wording.moment(chosen.start, in: zone)).")
        }
    }

    struct RevokeLinks: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-links",
            abstract: "Take back the links that a person has in mails; those in mails to come are others.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The person's id in people.csv.")
        var person: String

        func run() async throws {
            _ = try await global.perform(
                MusterOperations.RevokeLinks.self, ExportPerson.Request(person: PersonID(person)))
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
            Console.line(
                try await global.perform(ExportPerson.self, ExportPerson.Request(person: PersonID(person))).text)
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
            let name = try await global.perform(ErasePerson.self, ErasePerson.Request(person: PersonID(person)))
                .pseudonym
            Console.line(
                "\(person) is now \(name). Backups, and files beside the database that end with .replaced-N or .before-N, still hold the old name, as do files that muster feed write has written; delete them when their time has come."
            )
        }
    }
}
