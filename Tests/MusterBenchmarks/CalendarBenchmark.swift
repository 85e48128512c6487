import CivilTime
import Foundation
import ICalendar
import MusterTestSupport

/// Reads and expands a calendar of so many events, beside libical and beside Python's icalendar with
/// recurring-ical-events, all of them on the same file.
///
/// Of several rounds the fastest counts, on either side: what else the machine does only ever slows.
struct CalendarBenchmark: PairedBenchmark {
    private static let oracles = "Tests/Oracles"
    private static let window = GeneratedCalendar.year
    private static let rounds = 20

    private let events: Int
    private let folder = FileManager.default.temporaryDirectory.appending(path: "muster-bench-\(UUID().uuidString)")
    private let bytes: [UInt8]

    init(_ events: Int) throws {
        self.events = events
        bytes = Array(GeneratedCalendar.text(events: events).utf8)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: folder.appending(path: "calendar.ics"))
        let flags = try Subprocess.run("/usr/bin/env", ["pkg-config", "--cflags", "--libs", "libical"])
        let built = try Subprocess.run(
            "/usr/bin/env",
            ["cc", "-O2", "-o", libical, "\(Self.oracles)/libical.c"]
                + flags.output.split(whereSeparator: \.isWhitespace).map(String.init))
        guard built.status == 0 else { throw BenchmarkFailure(description: built.errors) }
    }

    private var file: String { folder.path + "/calendar.ics" }
    private var libical: String { folder.path + "/libical" }

    /// Our events in a second, read for their times as calendars of people are.
    func ours() throws -> Rate {
        let events = try rate(.times).events
        return Rate(perSecond: events, microseconds: 1e6 / events)
    }

    /// Libical's, by its own functions for both steps, timed by itself.
    func peer() throws -> Double {
        let limits = [Self.window.lowerBound.seconds, Self.window.upperBound.seconds, Self.rounds].map(String.init)
        let result = try Subprocess.run(libical, ["bench", file] + limits)
        let numbers = result.output.split(separator: " ").compactMap { Double($0.filter { $0 != "\n" }) }
        guard result.status == 0, numbers.count == 3 else { throw BenchmarkFailure(description: result.errors) }
        return Double(events) / (numbers[0] + numbers[1])
    }

    /// What else is worth knowing: our rates with everything kept, and Python's.
    func remarks() throws -> String {
        let whole = try rate(.everything)
        let source = """
            import sys, time, icalendar, recurring_ical_events, datetime
            data = open(sys.argv[1], 'rb').read()
            begin = time.monotonic()
            calendar = icalendar.Calendar.from_ical(data)
            middle = time.monotonic()
            utc = datetime.timezone.utc
            window = [datetime.datetime.fromtimestamp(int(at), utc) for at in sys.argv[2:4]]
            found = len(recurring_ical_events.of(calendar).between(*window))
            print(middle - begin, time.monotonic() - middle, found)
            """
        // It takes minutes for the year: a week is enough to know its rates.
        let limits = ["\(Self.window.lowerBound.seconds)", "\(Self.window.lowerBound.seconds + 7 * 86_400)"]
        let output = try Subprocess.python(source, [file] + limits)
        let numbers = output.split(separator: " ").compactMap { Double($0.filter { $0 != "\n" }) }
        guard numbers.count == 3 else { throw BenchmarkFailure(description: output) }
        let megabytes = Double(bytes.count) / 1e6
        return """
            calendars, \(Int(megabytes * 10) / 10) MB, \(whole.instances) instances in the year: everything kept \
            \(Int(whole.events)) events/s, of which reading \(Int(megabytes / whole.reading)) MB/s and expanding \
            \(Int(Double(whole.instances) / whole.expanding)) instances/s; Python icalendar reads \
            \(Int(Double(events) / numbers[0])) events/s, and recurring-ical-events takes \(numbers[1]) s for the first week
            """
    }

    private func rate(_ scope: CalendarReader.Scope) throws -> (
        events: Double, reading: Double, expanding: Double, instances: Int
    ) {
        let clock = ContinuousClock()
        var fastest = (reading: Duration.seconds(3600), expanding: Duration.zero)
        var instances = 0
        var length = 0
        for _ in 0..<Self.rounds {
            let begin = clock.now
            let calendars = try CalendarReader(scope: scope).read(bytes).calendars
            let middle = clock.now
            let expander = CalendarExpander(window: Self.window, floatingZone: .utc)
            instances = 0
            for occurrence in calendars.lazy.flatMap({ expander.expand($0).occurrences }) {
                instances += 1
                length += occurrence.end - occurrence.start
            }
            let round = (reading: middle - begin, expanding: clock.now - middle)
            if round.reading + round.expanding < fastest.reading + fastest.expanding { fastest = round }
        }
        guard length > 0 else { throw BenchmarkFailure(description: "no instance has a length") }
        let seconds = (reading: fastest.reading / .seconds(1), expanding: fastest.expanding / .seconds(1))
        return (Double(events) / (seconds.reading + seconds.expanding), seconds.reading, seconds.expanding, instances)
    }
}
