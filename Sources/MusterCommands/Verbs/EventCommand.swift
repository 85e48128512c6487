import ArgumentParser
import CivilTime
import MusterModel
import MusterOperations

struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "Say that a school is closed or inspected, as from now; the plan is made around it.",
        discussion:
            "What is said here is kept in the state. muster event list --yaml writes it as config, for the terms of a school.",
        subcommands: [Closure.self, Inspection.self, List.self, Remove.self])

    struct Options: ParsableArguments {
        @Argument(help: "The school, by URN or by words of its name.")
        var school: String

        @Argument(help: "A day or days: 2027-01-14, or 2027-01-14 to 2027-01-15.")
        var days: [String]

        @Option(help: ArgumentHelp("Why, for muster history.", valueName: "text"))
        var reason = ""

        func record(_ kind: SchoolEvent.Kind, _ global: GlobalOptions) async throws {
            let response = try await global.perform(
                RecordSchoolEvent.self,
                RecordSchoolEvent.Request(
                    school: school, kind: kind, days: days.joined(separator: " "), reason: reason))
            let number = response.sessions.count + response.visits.count
            Console.line(
                "\(response.school): \(kind.rawValue) noted. \(number == 0 ? "No published session is touched." : "Touched:")"
            )
            (response.sessions + response.visits).forEach { Console.line("  \($0)") }
            if number > 0 { Console.line("muster plan shows what can be done; muster apply tells people.") }
        }
    }

    struct Closure: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A school is closed: snow, a burst pipe, an election.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var options: Options

        func run() async throws { try await options.record(.closure, global) }
    }

    struct Inspection: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A school is inspected; its people have time for nothing else.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var options: Options

        func run() async throws { try await options.record(.inspection, global) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What was said to happen to schools.")

        @OptionGroup var global: GlobalOptions

        @Flag(help: "Write it as it stands in the config: a layer of terms for each school.")
        var yaml = false

        func run() async throws {
            let entries = try await global.perform(ListSchoolEvents.self, Nothing())
            guard yaml else {
                for entry in entries {
                    let (event, dates) = (entry.event, entry.event.dates)
                    let days = dates.count == 1 ? "\(dates.lowerBound)" : "\(dates.lowerBound) to \(dates.upperBound)"
                    let why = event.reason.isEmpty ? "" : ": \(event.reason)"
                    Console.line("\(event.number)  \(event.kind.rawValue)  \(days)  \(entry.school)\(why)")
                }
                if entries.isEmpty { Console.line("Nothing was said to happen to any school.") }
                return
            }
            let schools = Dictionary(grouping: entries, by: \.event.school).sorted { $0.key < $1.key }
            for (urn, entries) in schools {
                Console.line("# \(entries[0].school), for the terms of \(urn)")
                Console.line("closed:")
                for entry in entries {
                    let dates = "\(entry.event.dates.lowerBound) to \(entry.event.dates.upperBound)"
                    Console.line("  - { name: \(Console.quoted(entry.event.title)), dates: \(dates) }")
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "It does not happen after all, or stands in the config now.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number; muster event list shows them.")
        var number: Int

        func run() async throws {
            let event = try await global.perform(RemoveSchoolEvent.self, RemoveSchoolEvent.Request(number: number))
            Console.line(
                "The \(event.kind.rawValue) of \(event.dates.lowerBound) is forgotten. muster plan shows what follows.")
        }
    }
}
