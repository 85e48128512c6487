import CivilTime
import Foundation
import ICalendar
import MusterTestSupport
import Testing

@Suite struct `Recurrence` {
    /// python-dateutil and libical as oracles: starts, ends, rules and zones in, moments out.
    ///
    /// Both make wall times, which the system's time zones turn into moments with the offset before a gap and the first
    /// of two. It is not asked what dateutil is known to get wrong: it takes seven days for BYWEEKNO without BYDAY,
    /// where the RFC takes the weekday of the start, and cuts the first week of WEEKLY with BYSETPOS at the start.
    private static let oracles = """
        import ctypes, datetime, json, sys, zoneinfo
        from dateutil.rrule import rrulestr
        libical = ctypes.CDLL('libical.so.3')
        libical.icalrecur_expand_recurrence.argtypes = [
            ctypes.c_char_p, ctypes.c_int64, ctypes.c_int, ctypes.POINTER(ctypes.c_int64)]
        utc = datetime.timezone.utc
        def moments(times, zone):
            found = {int(time.replace(tzinfo=zone).timestamp()) for time in times}
            return sorted(found)
        def dateutil(rule, begin, until):
            times = []
            try:
                for time in rrulestr('RRULE:' + rule, dtstart=begin):
                    if time >= until or len(times) >= 400: break
                    times.append(time)
            except ValueError:  # hours that no interval reaches: it refuses what simply never happens
                return []
            return times
        def ical(rule, begin, until):
            array = (ctypes.c_int64 * 400)()
            libical.icalrecur_expand_recurrence(rule.encode(), int(begin.replace(tzinfo=utc).timestamp()), 400, array)
            times = [datetime.datetime.fromtimestamp(at, utc).replace(tzinfo=None) for at in array if at]
            return [time for time in times if begin <= time < until]
        for line in sys.stdin:
            start, end, rule, name, suits_libical = json.loads(line)
            begin, until = (datetime.datetime.strptime(text, '%Y%m%dT%H%M%S') for text in (start, end))
            zone = zoneinfo.ZoneInfo(name)
            print(json.dumps([moments(times(rule, begin, until), zone) for times in ((dateutil, ical) if suits_libical else (dateutil,))]))
        """

    @Test func `agrees with dateutil and libical on 3,000 random rules in four zones`() throws {
        var random = SeededGenerator(seed: 7)
        let zones = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
        let cases = (0..<3000).map { (RandomRule(&random), zones[$0 % zones.count]) }
        let input = cases.map {
            "[\"\($0.start)\", \"\($0.end)\", \"\($0.rule)\", \"\($1)\", \($0.suitsLibical)]\n"
        }.joined()
        let lines = try Subprocess.python(Self.oracles, input: Data(input.utf8)).split(separator: "\n")
        #expect(lines.count == cases.count)
        var asked = 0
        for ((test, name), line) in zip(cases, lines) {
            let expected = try JSONDecoder().decode([[Int]].self, from: Data(line.utf8))
            let rule = try RecurrenceRule(test.rule)
            let start = try #require(CalendarTime(test.start)).local
            let end = try #require(CalendarTime(test.end)).local
            var cursor = ZoneCursor(try #require(TimeZoneDatabase.system[name]))
            let times = rule.expand(from: start, until: rule.until?.local, window: start..<end).times.prefix(400)
            let moments = Set(times.map { cursor.instant($0).seconds }).sorted()
            #expect(moments == expected[0], "\(test.start) \(test.rule) \(name)")
            guard test.suitsLibical else { continue }
            asked += 1
            #expect(moments == expected[1], "libical: \(test.start) \(test.rule) \(name)")
        }
        #expect(asked > 1500)
    }

    @Test func `in a window is the part of a longer expansion that lies in it`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let test = RandomRule(&random)
            let rule = try RecurrenceRule(test.rule)
            let start = try #require(CalendarTime(test.start)).local
            let all = rule.expand(from: start, until: rule.until?.local, window: start..<start + 86_400 * 900)
            guard !all.isCut else { continue }
            let from = start + Int.random(in: 0..<86_400 * 400, using: &random)
            let to = from + Int.random(in: 1..<86_400 * 300, using: &random)
            let part = rule.expand(from: start, until: rule.until?.local, window: from..<to)
            #expect(part.times == all.times.filter { $0 >= from && $0 < to }, "\(test.start) \(test.rule)")
        }
    }

    @Test(arguments: [
        "FREQ=SECONDLY", "FREQ=MINUTELY;BYSECOND=1,2,3", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;INTERVAL=100000;BYHOUR=3;BYSETPOS=9",
    ])
    func `ends in bounded time whatever the rule says`(text: String) throws {
        let start = try #require(CalendarTime("19700101T000000")).local
        let window = start + 86_400 * 20_000..<start + 86_400 * 20_400
        let result = try RecurrenceRule(text).expand(from: start, until: nil, window: window)
        #expect(result.times.count <= RecurrenceRule.Budget().occurrences)
    }

    @Test(arguments: [
        "", "FREQ=SOMETIMES", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1", "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=YEARLY;RSCALE=CHINESE", "FREQ=DAILY;INTERVAL=99999999999999999999",
    ])
    func `refuses what is no rule`(text: String) {
        #expect(throws: RecurrenceRule.Failure.self) { try RecurrenceRule(text) }
    }
}

/// A random rule with a random start, made of the parts that the RFC allows together.
private struct RandomRule {
    let start: String
    let end: String
    let rule: String

    /// Whether libical 3.0 is to be believed about the rule.
    ///
    /// It is known to be wrong about BYMONTHDAY counted from the end in rules by the day or shorter, about BYMONTHDAY of
    /// yearly rules without BYMONTH, about BYYEARDAY with BYMONTH, about hours of hourly rules, about Sundays of every
    /// other week, about BYWEEKNO and about BYSETPOS. Some of these keep it busy for ever.
    var suitsLibical: Bool {
        let isShort = rule.hasPrefix("FREQ=HOURLY") || rule.hasPrefix("FREQ=DAILY")
        let monthDays = rule.split(separator: ";").first { $0.hasPrefix("BYMONTHDAY") }
        if let monthDays, isShort && monthDays.contains("-") { return false }
        if rule.hasPrefix("FREQ=YEARLY"), monthDays != nil, !rule.contains("BYMONTH=") { return false }
        if rule.hasPrefix("FREQ=HOURLY"), rule.contains("BYHOUR") { return false }
        if rule.hasPrefix("FREQ=WEEKLY;INTERVAL"), rule.contains("BYDAY=SU") { return false }
        return !["BYYEARDAY", "BYWEEKNO", "BYSETPOS"].contains { rule.contains($0) }
    }

    init(_ random: inout SeededGenerator) {
        let date = CivilDate(dayNumber: Int.random(in: 20_000..<21_500, using: &random))
        let begin = LocalDateTime(date: date, secondOfDay: Int.random(in: 0..<86_400, using: &random) / 900 * 900)
        start = CalendarTime.floating(begin).description
        let frequency = ["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"].randomElement(using: &random) ?? "DAILY"
        let span = ["HOURLY": 20, "DAILY": 200, "WEEKLY": 500, "MONTHLY": 1500, "YEARLY": 6000][frequency] ?? 100
        end = CalendarTime.floating(begin + 86_400 * span).description
        var parts = ["FREQ=\(frequency)"]
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func some(_ range: ClosedRange<Int>, _ most: Int) -> String {
            let count = Int.random(in: 1...most, using: &random)
            let values = Set((0..<count).map { _ in Int.random(in: range, using: &random) })
            return values.filter { $0 != 0 || range.lowerBound == 0 }.sorted().map(String.init).joined(separator: ",")
        }
        func add(_ name: String, _ values: String) { if !values.isEmpty { parts.append("\(name)=\(values)") } }
        if chance(40) { parts.append("INTERVAL=\(Int.random(in: 2...5, using: &random))") }
        if chance(25) { parts.append("COUNT=\(Int.random(in: 1...40, using: &random))") }
        if chance(30) { add("BYMONTH", some(1...12, 4)) }
        let usesWeeks = frequency == "YEARLY" && chance(15)
        if usesWeeks {
            add("BYWEEKNO", some(2...50, 3))
        } else if frequency == "YEARLY", chance(20) {
            add("BYYEARDAY", some(-366...366, 4))
        } else if frequency != "WEEKLY", chance(30) {
            add("BYMONTHDAY", some(-31...31, 4))
        }
        if usesWeeks || chance(40) {
            let days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].shuffled(using: &random).prefix(
                Int.random(in: 1...3, using: &random))
            let ordinal = !usesWeeks && (frequency == "MONTHLY" || frequency == "YEARLY") && chance(50)
            parts.append(
                "BYDAY="
                    + days.map { (ordinal ? String([-2, -1, 1, 2, 3].randomElement(using: &random) ?? 1) : "") + $0 }
                    .joined(separator: ","))
        }
        if chance(15) { add("BYHOUR", some(0...23, 3)) }
        if chance(10) { add("BYMINUTE", some(0...59, 2)) }
        if frequency == "MONTHLY" || frequency == "YEARLY", chance(15) { add("BYSETPOS", some(-3...3, 2)) }
        if chance(15), frequency != "WEEKLY" || !parts.contains(where: { $0.hasPrefix("BYSETPOS") }) {
            parts.append("WKST=SU")
        }
        rule = parts.joined(separator: ";")
    }
}
