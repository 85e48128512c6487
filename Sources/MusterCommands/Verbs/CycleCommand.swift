import ArgumentParser
import Foundation
import MusterModel
import MusterOperations

struct CycleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cycle", abstract: "Begin the next cycle.", subcommands: [New.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the file of the next cycle, made of an earlier one.",
            discussion:
                "Stages, rules and comments stay. The dates are yours to fill in; muster check says where. The schools that have waited longest host, each with what its head chose in a poll on themes; beside each stands who reviewed it and what it gave and received."
        )

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The id of the new cycle, which its file is called by.")
        var name: String

        @Option(name: .customLong("from"), help: ArgumentHelp("The cycle that it follows.", valueName: "cycle"))
        var earlier: String

        func validate() throws {
            guard name.wholeMatch(of: /[a-z0-9][a-z0-9-]*/) != nil else {
                throw ValidationError("\(name) should be lower-case letters, digits and hyphens, as autumn-2027.")
            }
        }

        func run() async throws {
            let path = "\(global.config)/programme/cycles/\(name).yaml"
            guard !FileManager.default.fileExists(atPath: path) else {
                throw ExitFailure("\(path) is there already; give the new cycle another name.", code: 73)
            }
            let request = DraftCycle.Request(cycle: CycleID(name), earlier: CycleID(earlier))
            let draft = try await global.perform(DraftCycle.self, request)
            try Console.write(draft.text, to: path)
            Console.line("wrote  \(path), with \(Wording.list(draft.hosts)) as hosts")
            Console.line("Next: write its name and dates, and muster check --config \(global.config)")
        }
    }
}
