import CivilTime

extension RecurrenceRule {
    /// Why a rule cannot be understood: a sentence.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// Reads `FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270331T235959Z`.
    ///
    /// - Throws: `Failure` for a rule that the RFC does not allow, or that uses another calendar (`RSCALE`).
    public init(_ text: String) throws(Failure) {
        var parts: [String: String] = [:]
        for part in text.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { throw Failure(description: "the part \"\(part.prefix(40))\" has no value") }
            parts[String(pair[0]).trimmed.uppercased()] = String(pair[1]).trimmed.uppercased()
        }
        guard let name = parts["FREQ"], let frequency = Self.frequencies[name] else {
            throw Failure(description: "FREQ is missing or unknown")
        }
        if let scale = parts["RSCALE"], scale != "GREGORIAN" {
            throw Failure(description: "it follows the calendar \(scale), and only the Gregorian one is understood")
        }
        self.init(frequency)
        interval = try Self.number(parts["INTERVAL"], "INTERVAL", 1...100_000) ?? 1
        count = try Self.number(parts["COUNT"], "COUNT", 1...1_000_000)
        if let text = parts["UNTIL"] {
            guard let time = CalendarTime(text) else {
                throw Failure(description: "UNTIL=\(text.prefix(40)) is no time")
            }
            until = time
        }
        bySecond = try Self.numbers(parts["BYSECOND"], "BYSECOND", 0...60)
        byMinute = try Self.numbers(parts["BYMINUTE"], "BYMINUTE", 0...59)
        byHour = try Self.numbers(parts["BYHOUR"], "BYHOUR", 0...23)
        byMonthDay = try Self.numbers(parts["BYMONTHDAY"], "BYMONTHDAY", -31...31, isSigned: true)
        byYearDay = try Self.numbers(parts["BYYEARDAY"], "BYYEARDAY", -366...366, isSigned: true)
        byWeekNumber = try Self.numbers(parts["BYWEEKNO"], "BYWEEKNO", -53...53, isSigned: true)
        byMonth = try Self.numbers(parts["BYMONTH"], "BYMONTH", 1...12)
        bySetPosition = try Self.numbers(parts["BYSETPOS"], "BYSETPOS", -366...366, isSigned: true)
        byDay = try Self.days(parts["BYDAY"])
        if let text = parts["WKST"] {
            guard let day = Self.weekdays[text] else {
                throw Failure(description: "WKST=\(text.prefix(20)) is no weekday")
            }
            weekStart = day
        }
    }

    static let weekdays: [String: Weekday] = [
        "MO": .monday, "TU": .tuesday, "WE": .wednesday, "TH": .thursday, "FR": .friday, "SA": .saturday, "SU": .sunday,
    ]

    private static let frequencies: [String: Frequency] = [
        "SECONDLY": .secondly, "MINUTELY": .minutely, "HOURLY": .hourly, "DAILY": .daily, "WEEKLY": .weekly,
        "MONTHLY": .monthly, "YEARLY": .yearly,
    ]

    private static func number(_ text: String?, _ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw Failure(description: "\(name)=\(text.prefix(20)) is not a number from \(range.lowerBound) up")
        }
        return value
    }

    private static func numbers(
        _ text: String?, _ name: String, _ range: ClosedRange<Int>, isSigned: Bool = false
    ) throws(Failure) -> [Int] {
        var values: Set<Int> = []
        for part in text?.split(separator: ",") ?? [] {
            guard let value = Int(part), range.contains(value), !(isSigned && value == 0) else {
                throw Failure(description: "\(name) has \"\(part.prefix(20))\"")
            }
            values.insert(value)
        }
        return values.sorted()
    }

    private static func days(_ text: String?) throws(Failure) -> [DayOfWeek] {
        var days: [DayOfWeek] = []
        for part in text?.split(separator: ",") ?? [] {
            guard let weekday = weekdays[String(part.suffix(2))] else {
                throw Failure(description: "BYDAY has \"\(part.prefix(20))\"")
            }
            let digits = part.dropLast(2)
            guard let ordinal = digits.isEmpty ? 0 : Int(digits), abs(ordinal) <= 53 else {
                throw Failure(description: "BYDAY has \"\(part.prefix(20))\"")
            }
            days.append(DayOfWeek(weekday, ordinal: ordinal))
        }
        return days
    }
}
