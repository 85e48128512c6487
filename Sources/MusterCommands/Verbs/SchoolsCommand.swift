import ArgumentParser
import Foundation
import MusterConfiguration
import MusterModel

struct SchoolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schools", abstract: "Take schools over from the register of the Department for Education (GIAS).",
        subcommands: [Import.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add schools of a download to schools.csv, or say what it knows otherwise.",
            discussion:
                "The file is “all establishment data” of get-information-schools.service.gov.uk. What stands in schools.csv stays as it is."
        )

        @OptionGroup var options: ConfigOptions

        @Argument(help: "The download, edubasealldata….csv.")
        var file: String

        @Option(help: "A school, by its URN; may be given again.")
        var urn: [String] = []

        @Option(help: "All open schools of a local authority, by name or number; may be given again.")
        var la: [String] = []

        @Option(help: "All open schools of a trust, by name; may be given again.")
        var trust: [String] = []

        @Flag(help: "Change nothing: say what the download knows otherwise about the schools of schools.csv.")
        var diff = false

        @Flag(help: "Change nothing: show what would be added.")
        var dryRun = false

        @Flag(help: "Do not ask.")
        var yes = false

        func validate() throws {
            guard diff || !urn.isEmpty || !la.isEmpty || !trust.isEmpty else {
                throw ValidationError("Say which schools: --urn, --la or --trust; or --diff.")
            }
        }

        func run() throws {
            if diff { return try showDifferences() }
            let urns = urn.map { SchoolID($0) }
            let register = try register(SchoolRegister.Choice(urns: urns, authorities: la, trusts: trust))
            let addition = SchoolImport(register, into: options.folder)
            for school in addition.new {
                Console.line("\(school.urn)  \(school.name)\(Self.about(school))")
            }
            let missing = Set(urns).subtracting(register.establishments.map(\.urn)).map(\.rawValue).sorted()
            if !missing.isEmpty { Console.line("not in the download: \(missing.joined(separator: ", "))") }
            if !addition.known.isEmpty {
                Console.line("there already: \(Wording.count(addition.known.count, "school"))")
            }
            guard !addition.new.isEmpty else { return Console.line("Nothing to add.") }
            let count = Wording.count(addition.new.count, "school")
            guard !dryRun else { return Console.line("\(count) would be added.") }
            guard yes || !Console.canAsk || Console.ask("Add \(count) to schools.csv?") else {
                return Console.line("Nothing was added.")
            }
            let (path, content): (String, [UInt8])
            do throws(SchoolRegister.Failure) {
                (path, content) = try addition.file()
            } catch {
                throw ExitFailure(error.description, code: 65)
            }
            try Console.write(Data(content), to: path)
            Console.line("added  \(count) to \(path)")
            Console.line(
                "Next: write their term dates into the column terms, and muster check --config \(options.folder)")
        }

        private func showDifferences() throws {
            let schools = SchoolImport.schools(of: options.folder)
            let register = try register(SchoolRegister.Choice(urns: schools.map(\.id)))
            let differences = SchoolImport.differences(register, schools)
            for difference in differences {
                Console.line("\(difference.urn)  \(difference.name) \(difference.change)")
            }
            Console.line(
                "\(Wording.count(schools.count, "school")) compared with \(register.count): \(Wording.count(differences.count, "difference"))"
            )
        }

        private func register(_ choice: SchoolRegister.Choice) throws -> SchoolRegister {
            do throws(SchoolRegister.Failure) {
                let register = try SchoolRegister(path: file, choice: choice)
                if let first = register.oddLines.first {
                    Console.error(
                        "\(file):\(first): left out, with \(Wording.count(register.oddLines.count, "line")) that have another number of cells than there are columns"
                    )
                }
                return register
            } catch {
                throw ExitFailure(error.description, code: 65)
            }
        }

        private static func about(_ school: SchoolRegister.Establishment) -> String {
            let words = [school.phase, school.town, school.trust, school.pupils.map { Wording.count($0, "pupil") }]
            let status = school.status == "Open" ? [] : [school.status]
            let all = words.compactMap(\.self) + status
            return all.isEmpty ? "" : " (\(all.joined(separator: ", ")))"
        }
    }
}
