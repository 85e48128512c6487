import ArgumentParser
import CivilTime
import Foundation
import ICalendar
import Mail

/// A calendar, and the window of it to look at.
struct WindowOptions: ParsableArguments {
    @OptionGroup var file: CalendarFile

    @Option(help: ArgumentHelp("The first moment of the window.", valueName: "ISO-8601"))
    var from: String

    @Option(help: ArgumentHelp("The moment after the window.", valueName: "ISO-8601"))
    var to: String

    @Option(
        help: ArgumentHelp(
            "An address of whose calendar it is: what they declined keeps them free.", valueName: "address"))
    var owner: [String] = []

    @Flag(help: "Write a JSON object a line.")
    var json = false

    /// Reads the calendar and expands it; what is wrong with it goes to the standard error.
    func expand() throws -> (window: Range<Instant>, results: [CalendarExpander.Result]) {
        let from = try moment(from, "--from")
        let to = try moment(to, "--to")
        guard from <= to else { throw ValidationError("--from \(self.from) should not be later than --to \(self.to).") }
        let result = try file.read(.times, owners: Set(owner))
        let expander = CalendarExpander(
            window: from..<to, floatingZone: try CalendarFile.zone(), owners: Set(owner),
            budget: RecurrenceRule.Budget(occurrences: 2_000_000, steps: 50_000_000))
        let results = expander.expand(result.calendars)
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

    func read(_ scope: CalendarReader.Scope = .everything, owners: Set<String> = []) throws -> CalendarReader.Result {
        guard let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: Self.limit + 1) ?? Data()
        else { throw ExitFailure("\(name) cannot be read; check the path", code: 66) }
        var limits = CalendarReader.Limits()
        limits.bytes = Self.limit
        do {
            return try CalendarReader(limits: limits, scope: scope, owners: owners).read(calendar(in: Array(data)))
        } catch let failure as ExitFailure {
            throw failure
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
