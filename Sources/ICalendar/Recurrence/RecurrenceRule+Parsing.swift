import CivilTime

extension RecurrenceRule {
    /// Why a rule cannot be understood: a sentence.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// Reads `FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270331T235959Z`.
    ///
    /// - Throws: `Failure` for a rule that the RFC does not allow, or that uses another calendar (`RSCALE`, `SKIP`).
    public init(_ text: String) throws(Failure) {
        var unknown: [String] = []
        try self.init(text, unknownParts: &unknown)
    }

    /// Reads a rule, and adds the names of parts that no RFC has, and that no program made up for itself (`X-…`):
    /// misspelled ones, mostly.
    init(_ text: String, unknownParts: inout [String]) throws(Failure) {
        self.init(.daily)
        var hasFrequency = false
        for part in text.utf8.split(separator: UInt8(ascii: ";")) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                throw Failure(description: "the part \"\(Substring(part).quotable)\" has no value")
            }
            let name = String(Substring(part[..<equals])).tidied
            let value = String(Substring(part[part.index(after: equals)...])).tidied
            if name == "FREQ" { hasFrequency = true }
            if try !read(name, value), !name.hasPrefix("X-") { unknownParts.append(name) }
        }
        guard hasFrequency else { throw Failure(description: "FREQ is missing") }
    }

    /// Takes what a part says; false where nobody knows the part.
    private mutating func read(_ name: String, _ value: String) throws(Failure) -> Bool {
        switch name {
        case "FREQ":
            guard let known = Self.frequency(value) else {
                throw Failure(description: "FREQ=\(value.quotable) is unknown")
            }
            frequency = known
        case "INTERVAL": interval = try Self.number(value, name, 1...Int(Int32.max))
        case "COUNT": count = try Self.number(value, name, 1...Int.max)
        case "UNTIL":
            guard let time = CalendarTime(value) else {
                throw Failure(description: "UNTIL=\(value.quotable) is no time")
            }
            until = time
        case "BYSECOND": bySecond = try Self.numbers(value, name, 0...60)
        case "BYMINUTE": byMinute = try Self.numbers(value, name, 0...59)
        case "BYHOUR": byHour = try Self.numbers(value, name, 0...23)
        case "BYDAY": byDay = try Self.days(value)
        case "BYMONTHDAY": byMonthDay = try Self.numbers(value, name, -31...31, isSigned: true)
        case "BYYEARDAY": byYearDay = try Self.numbers(value, name, -366...366, isSigned: true)
        case "BYWEEKNO": byWeekNumber = try Self.numbers(value, name, -53...53, isSigned: true)
        case "BYMONTH": byMonth = try Self.numbers(value, name, 1...12)
        case "BYSETPOS": bySetPosition = try Self.numbers(value, name, -366...366, isSigned: true)
        case "WKST":
            guard let day = Self.weekday(value) else {
                throw Failure(description: "WKST=\(value.quotable) is no weekday")
            }
            weekStart = day
        case "RSCALE":
            guard value == "GREGORIAN" else {
                throw Failure(
                    description: "it follows the calendar \(value.quotable), and only the Gregorian one is understood")
            }
        case "SKIP":
            guard value == "OMIT" else {
                throw Failure(
                    description: "SKIP=\(value.quotable) moves days that a month lacks, which is not understood")
            }
        default: return false
        }
        return true
    }

    static func weekday(_ name: some StringProtocol) -> Weekday? {
        switch name {
        case "MO": .monday
        case "TU": .tuesday
        case "WE": .wednesday
        case "TH": .thursday
        case "FR": .friday
        case "SA": .saturday
        case "SU": .sunday
        default: nil
        }
    }

    private static func frequency(_ name: String) -> Frequency? {
        switch name {
        case "SECONDLY": .secondly
        case "MINUTELY": .minutely
        case "HOURLY": .hourly
        case "DAILY": .daily
        case "WEEKLY": .weekly
        case "MONTHLY": .monthly
        case "YEARLY": .yearly
        default: nil
        }
    }

    private static func number(_ text: String, _ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw Failure(description: "\(name)=\(text.quotable) is not a number from \(range.lowerBound) up")
        }
        return value
    }

    /// The numbers of a list, each once, ascending.
    private static func numbers(
        _ text: String, _ name: String, _ range: ClosedRange<Int>, isSigned: Bool = false
    ) throws(Failure) -> [Int] {
        var values: [Int] = []
        for part in text.split(separator: ",") {
            guard let value = Int(part), range.contains(value), !(isSigned && value == 0) else {
                throw Failure(description: "\(name) has \"\(part.quotable)\"")
            }
            if !values.contains(value) { values.append(value) }
        }
        return values.sorted()
    }

    private static func days(_ text: String) throws(Failure) -> [DayOfWeek] {
        var days: [DayOfWeek] = []
        for part in text.split(separator: ",") {
            guard let weekday = weekday(part.suffix(2)),
                let ordinal = part.utf8.count == 2 ? 0 : Int(part.dropLast(2)), abs(ordinal) <= 53
            else { throw Failure(description: "BYDAY has \"\(part.quotable)\"") }
            days.append(DayOfWeek(weekday, ordinal: ordinal))
        }
        return days
    }
}

extension StringProtocol {
    /// Short enough for a remark.
    fileprivate var quotable: String { String(prefix(40)) }
}
