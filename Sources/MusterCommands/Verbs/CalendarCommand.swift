import ArgumentParser
import CivilTime
import ICalendar
import MusterDaemon
import MusterModel
import MusterOperations

struct CalendarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "See how a calendar is understood: its instances, its busy times, what is wrong with it.",
        discussion: """
            Whole days and floating times are in the zone of the environment variable TZ; the latter in that of the \
            calendar where it names one (X-WR-TIMEZONE). A mail is as good as a file: the calendar that it brings is \
            looked at. Exit code 0: read, whatever was wrong with it; 65: the file is no calendar; 66: it cannot be read.
            """,
        subcommands: [Expand.self, FreeBusy.self, Check.self, Find.self])

    struct Expand: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every instance of every event that overlaps a window, by start, in UTC.")

        @OptionGroup var window: WindowOptions

        func run() throws {
            let expansion = try window.expand()
            let occurrences = expansion.results.flatMap(\.occurrences).filter { $0.overlaps(expansion.window) }.sorted {
                ($0.start, $0.end, $0.uid) < ($1.start, $1.end, $1.uid)
            }
            Console.lines(occurrences.lazy.map { window.json ? json($0) : text($0) })
        }

        private func json(_ occurrence: Occurrence) -> String {
            let original = occurrence.recurrenceID.map { "\"\($0)\"" } ?? "null"
            return "{\"uid\":\(Console.quoted(occurrence.uid)),\"start\":\"\(occurrence.start)\","
                + "\"end\":\"\(occurrence.end)\",\"recurrenceID\":\(original)}"
        }

        private func text(_ occurrence: Occurrence) -> String {
            let claim = occurrence.claim == .busy ? "" : "  (\(occurrence.claim))"
            return "\(occurrence.start)  \(occurrence.end)  \(occurrence.uid)\(claim)"
        }
    }

    struct FreeBusy: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "freebusy",
            abstract: "List the busy intervals in a window, merged, in UTC.",
            discussion: "Tentative events are busy; transparent and cancelled ones are not.")

        @OptionGroup var window: WindowOptions

        func run() throws {
            let expansion = try window.expand()
            let busy = BusyTime.merged(expansion.results.flatMap(\.busyTimes), in: expansion.window)
            Console.lines(
                busy.lazy.map { interval in
                    window.json
                        ? "{\"start\":\"\(interval.lowerBound)\",\"end\":\"\(interval.upperBound)\"}"
                        : "\(interval.lowerBound)  \(interval.upperBound)"
                })
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find what is wrong with a calendar, line by line, and what an answer to an invitation says.",
            discussion: "Exit code 0: it can be read; 1: with remarks, with --strict; 65: it is no calendar.")

        @OptionGroup var file: CalendarFile

        @Flag(help: "Exit with 1 where there are remarks.")
        var strict = false

        @Flag(help: "Write the remarks as JSON.")
        var json = false

        func run() throws {
            let result = try file.read()
            let diagnostics = CalendarCheck.diagnostics(result, zone: try CalendarFile.zone())
            if json {
                try Console.json(diagnostics.map(Remark.init))
            } else {
                for diagnostic in diagnostics { Console.line(file.remark(diagnostic)) }
                for reply in result.calendars.flatMap({ SchedulingReply.read($0).replies }) {
                    for sentence in sentences(reply) { Console.line("\(file.name): \(sentence)") }
                }
                let events = result.calendars.flatMap(\.components).count { $0.name == "VEVENT" }
                Console.line(
                    "\(file.name): \(Wording.count(events, "event")) · \(Wording.count(diagnostics.count, "remark"))")
            }
            if !diagnostics.isEmpty, strict { throw ExitCode(1) }
        }

        private func sentences(_ reply: SchedulingReply) -> [String] {
            let event = "revision \(reply.sequence) of \(reply.uid)"
            let proposal = reply.proposal.map { ", and proposes \($0.lowerBound) to \($0.upperBound)" } ?? ""
            return reply.attendances.map { attendance in
                reply.method == .refresh
                    ? "\(attendance.address) asks for \(reply.uid) again"
                    : "\(attendance.address) answers \(attendance.participationStatus) to \(event)\(proposal)"
            }
        }
    }

    struct Find: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the calendars on a CalDAV server, by the logins of the config.",
            discussion: """
                What is listed may stand under "calendars" of a person, school or partnership, each by itself; the \
                address given stands for all of them that keep somebody busy. Exit code 0: some were found; 69: none.
                """)

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The address of a server, principal, folder or calendar: caldavs://cal.example/alice/.")
        var address: String

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() async throws {
            let found = try await global.perform(
                FindCalendars.self, FindCalendars.Request(address: address))
            if json { return try Console.json(found) }
            for calendar in found {
                let use = calendar.keepsBusy ? "keeps busy" : "keeps nobody busy"
                Console.line("\(calendar.address)  \(calendar.name ?? "")  (\(use))")
            }
        }
    }

    private struct Remark: Encodable {
        let line: Int
        let message: String

        init(_ diagnostic: CalendarDiagnostic) {
            line = diagnostic.line
            message = diagnostic.message
        }
    }
}
