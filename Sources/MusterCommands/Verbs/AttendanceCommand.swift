import ArgumentParser
import Foundation
import MusterOperations

struct AttendanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attendance", abstract: "Who was at a session.",
        subcommands: [Show.self, Record.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show who was asked, and who was there.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The session, as 900001/review.")
        var session: String

        @Flag(help: "Write a spreadsheet (CSV) that muster attendance record reads again.")
        var csv = false

        func run() async throws {
            let shown = try await global.perform(ListAttendance.self, ListAttendance.Request(session: session))
            if csv { return FileHandle.standardOutput.write(Data(shown.sheet.utf8)) }
            Console.line(shown.title)
            for entry in shown.entries {
                let state = entry.wasThere.map { $0 ? "was there" : "was not there" } ?? "not known"
                Console.line("  \(state)  \(entry.name) (\(entry.role))")
            }
        }
    }

    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep who was there.",
            discussion:
                "A spreadsheet (CSV) has a column person, email or name, and perhaps attended (yes or no). One without attended lists those who were there, as the reports of online rooms do; the others were not."
        )

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The session, as 900001/review.")
        var session: String

        @Argument(help: "The spreadsheet; - for standard input.")
        var file: String?

        @Option(help: ArgumentHelp("Somebody who was there, by id, address or name.", valueName: "person"))
        var present: [String] = []

        @Option(help: ArgumentHelp("Somebody who was not.", valueName: "person"))
        var absent: [String] = []

        func validate() throws {
            guard file != nil || !present.isEmpty || !absent.isEmpty else {
                throw ValidationError("Name a spreadsheet, or people with --present and --absent.")
            }
        }

        func run() async throws {
            var people: [String: Bool] = [:]
            for person in present { people[person] = true }
            for person in absent { people[person] = false }
            let request = RecordAttendance.Request(
                session: session, people: people, sheet: try file.map(Self.content) ?? Data())
            let kept = try await global.perform(RecordAttendance.self, request)
            Console.line("\(kept.title): \(kept.present) were there; \(kept.changed) changed.")
            for line in kept.unknown { Console.line("  not asked to it, so nothing is kept: \(line)") }
        }

        private static func content(of file: String) throws -> Data {
            guard let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file),
                let data = try? handle.read(upToCount: 1 << 20)
            else { throw ExitFailure("\(file) cannot be read; check the path", code: 66) }
            return data
        }
    }
}
