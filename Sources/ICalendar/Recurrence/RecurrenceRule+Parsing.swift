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
        var remarks: [Remark] = []
        try self.init(text, &remarks)
        if let odd = remarks.first(where: \.isOdd) { throw Failure(description: odd.sentence) }
    }

    /// What of a rule is left out.
    struct Remark {
        /// A sentence that follows "the recurrence rule".
        let sentence: String
        /// Whether the RFC forbids it; else nobody knows it, as parts that are misspelled.
        var isOdd = true
    }

    /// Reads a rule generously: a part that cannot be understood costs no more than itself, and becomes a remark.
    ///
    /// - Throws: `Failure` where nothing is left of the rule, or where it means something else than would be.
    init(_ text: String, _ remarks: inout [Remark]) throws(Failure) {
        self.init(.daily)
        guard text.utf8.count <= Bounds.ruleBytes else {
            throw Failure(description: "it is longer than \(Bounds.ruleBytes) bytes, and none needs to be")
        }
        var hasFrequency = false
        for part in Self.withoutName(text, &remarks).utf8.split(separator: UInt8(ascii: ";")) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                remarks.append(Remark(sentence: "has a part \"\(Substring(part).quotable)\" without a value"))
                continue
            }
            let name = String(Substring(part[..<equals])).tidied
            let value = String(Substring(part[part.index(after: equals)...])).tidied
            if name == "FREQ" { hasFrequency = true }
            if try !read(name, value: value, remarks: &remarks), !name.hasPrefix("X-") {
                remarks.append(Remark(sentence: "has a part \(name.quotable), which nobody knows", isOdd: false))
            }
        }
        guard hasFrequency else { throw Failure(description: "FREQ is missing") }
        if frequency == .monthly, !byYearDay.isEmpty {
            remarks.append(Remark(sentence: "has BYYEARDAY, which monthly rules cannot have"))
            byYearDay = []
        }
    }

    /// The rule without the name of its property, which some programs write twice.
    private static func withoutName(_ text: String, _ remarks: inout [Remark]) -> Substring {
        guard let colon = text.utf8.prefix(8).firstIndex(of: UInt8(ascii: ":")) else { return text[...] }
        remarks.append(Remark(sentence: "has \"\(text[...colon].quotable)\" before it"))
        return text[text.utf8.index(after: colon)...]
    }

    /// Takes what a part says; false where nobody knows the part.
    private mutating func read(_ name: String, value: String, remarks: inout [Remark]) throws(Failure) -> Bool {
        func odd() { remarks.append(Remark(sentence: "has \(name)=\(value.quotable), which it cannot have")) }
        func number(_ range: ClosedRange<Int>) -> Int? {
            let number = Int(value, in: range)
            if number == nil { odd() }
            return number
        }
        func numbers(_ range: ClosedRange<Int>) -> [Int] {
            // Numbers that may be negative count from either end, and there is none at 0.
            Set(
                value.split(separator: ",").compactMap { part -> Int? in
                    let number = Int(part, in: range).flatMap { $0 == 0 && range.lowerBound < 0 ? nil : $0 }
                    if number == nil { remarks.append(Remark(sentence: "has \"\(part.quotable)\" in \(name)")) }
                    return number
                }
            ).sorted()
        }
        switch name {
        case "FREQ":
            guard let known = Self.frequency(value) else {
                throw Failure(description: "FREQ=\(value.quotable) is unknown")
            }
            frequency = known
        case "INTERVAL": interval = number(Bounds.interval) ?? 1
        case "COUNT": count = number(Bounds.count)
        case "UNTIL":
            until = CalendarTime(value)
            if until == nil { odd() }
        case "BYSECOND": bySecond = numbers(0...60)
        case "BYMINUTE": byMinute = numbers(0...59)
        case "BYHOUR": byHour = numbers(0...23)
        case "BYDAY": byDay = Self.days(value, &remarks)
        case "BYMONTHDAY": byMonthDay = numbers(-31...31)
        case "BYYEARDAY": byYearDay = numbers(-366...366)
        case "BYWEEKNO": byWeekNumber = numbers(-53...53)
        case "BYMONTH": byMonth = numbers(1...12)
        case "BYSETPOS": bySetPosition = numbers(-366...366)
        case "WKST":
            let day = Self.weekday(value)
            if day == nil { odd() }
            weekStart = day ?? .monday
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

    /// Days of the week, each once.
    private static func days(_ text: String, _ remarks: inout [Remark]) -> [DayOfWeek] {
        var seen: Set<DayOfWeek> = []
        return text.split(separator: ",").compactMap { part in
            guard let weekday = weekday(part.suffix(2)),
                let ordinal = part.utf8.count == 2 ? 0 : Int(part.dropLast(2), in: Bounds.weekdayOrdinal)
            else {
                remarks.append(Remark(sentence: "has \"\(part.quotable)\" in BYDAY"))
                return nil
            }
            let day = DayOfWeek(weekday, ordinal: ordinal)
            return seen.insert(day).inserted ? day : nil
        }
    }
}

extension StringProtocol {
    /// Short enough for a remark.
    fileprivate var quotable: String { String(prefix(40)) }
}
