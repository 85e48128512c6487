import ArgumentParser
import CivilTime
import Foundation
import ICalendar
import Mail
import MusterDaemon
import MusterModel

struct CalendarVerb: AsyncParsableCommand {
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

        @OptionGroup var place: PlaceOptions

        @Argument(help: "The address of a server, principal, folder or calendar: caldavs://cal.example/alice/.")
        var address: String

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() async throws {
            let found: [Workspace.FoundCalendar]
            do {
                found = try await place.workspace().findCalendars(at: address)
            } catch let failure as Workspace.SearchFailure {
                throw ExitFailure("\(address): \(failure)", code: 69)
            }
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

/// A calendar, and the window of it to look at.
struct WindowOptions: ParsableArguments {
    @OptionGroup var file: CalendarFile

    @Option(help: ArgumentHelp("The first moment of the window.", valueName: "ISO-8601"))
    var from: String

    @Option(help: ArgumentHelp("The moment after the window.", valueName: "ISO-8601"))
    var to: String

    @Flag(help: "Write a JSON object a line.")
    var json = false

    /// Reads the calendar and expands it; what is wrong with it goes to the standard error.
    func expand() throws -> (window: Range<Instant>, results: [CalendarExpander.Result]) {
        let from = try moment(from, "--from")
        let to = try moment(to, "--to")
        guard from <= to else { throw ValidationError("--from \(self.from) should not be later than --to \(self.to).") }
        let result = try file.read(.times)
        let expander = CalendarExpander(
            window: from..<to, floatingZone: try CalendarFile.zone(),
            budget: RecurrenceRule.Budget(occurrences: 2_000_000, steps: 50_000_000))
        let results = result.calendars.map(expander.expand)
        for diagnostic in result.diagnostics + results.flatMap(\.diagnostics) { Console.error(file.remark(diagnostic)) }
        return (from..<to, results)
    }

    private func moment(_ text: String, _ option: String) throws -> Instant {
        guard let instant = Instant(iso: text) ?? Instant(iso: text + "Z") else {
            throw ValidationError("\(option) \(text) should be a time such as 2027-01-11T09:00:00Z.")
        }
        return instant
    }
}

/// A calendar in a file or on the standard input.
struct CalendarFile: ParsableArguments {
    @Argument(help: "An iCalendar file, a mail with one in it, or - for the standard input.")
    var file: String

    private static let limit = 256 << 20

    var name: String { file == "-" ? "standard input" : file }

    func read(_ scope: CalendarReader.Scope = .everything) throws -> CalendarReader.Result {
        guard let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: Self.limit + 1) ?? Data()
        else { throw ExitFailure("\(name) cannot be read; check the path", code: 66) }
        let calendar = try calendar(in: Array(data))
        var limits = CalendarReader.Limits()
        limits.bytes = Self.limit
        do {
            return try CalendarReader(limits: limits, scope: scope).read(calendar)
        } catch {
            throw ExitFailure("\(name) \(error)", code: 65)
        }
    }

    /// The calendar that a mail brings; of anything else the whole.
    private func calendar(in bytes: [UInt8]) throws -> [UInt8] {
        guard MailReader.isMail(bytes) else { return bytes }
        var limits = MailReader.Limits()
        limits.bytes = Self.limit
        let result = try MailReader(limits: limits).read(bytes)
        for remark in result.remarks { Console.error("\(name): \(remark)") }
        if let part = result.mail.calendarParts.first { return part.content }
        let reason = result.mail.holdsTNEF ? ", only what Outlook alone reads (winmail.dat)" : ""
        throw ExitFailure("\(name) is a mail without a calendar in it\(reason)", code: 65)
    }

    func remark(_ diagnostic: CalendarDiagnostic) -> String {
        diagnostic.line > 0 ? "\(name):\(diagnostic.line): \(diagnostic.message)" : "\(name): \(diagnostic.message)"
    }

    /// The zone of the environment variable TZ.
    static func zone() throws -> TimeZoneRules {
        let value = ProcessInfo.processInfo.environment["TZ"]
        guard let zone = TimeZoneDatabase.system.zone(environment: value) else {
            throw ExitFailure("TZ=\(value ?? "") names no time zone; write a name such as Europe/London", code: 64)
        }
        return zone
    }
}
