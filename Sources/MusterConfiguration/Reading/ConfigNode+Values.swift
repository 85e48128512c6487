import CivilTime
import MusterModel

// How the values of the config are written; each reader reports what it cannot read, with an example of what it can.

extension ConfigNode {
    func string() -> String? {
        guard let scalar else {
            error("here should be a text")
            return nil
        }
        return scalar
    }

    func integer(_ range: ClosedRange<Int>) -> Int? {
        guard let scalar, let value = Int(scalar), range.contains(value) else {
            error("\"\(scalar ?? "…")\" should be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func bool() -> Bool? {
        switch scalar?.lowercased() {
        case "yes", "true", "on": return true
        case "no", "false", "off": return false
        default:
            error("\"\(scalar ?? "…")\" should be yes or no")
            return nil
        }
    }

    func choice<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> Value? where Value.RawValue == String {
        choice(Value.allCases.map(\.rawValue)).flatMap(Value.init(rawValue:))
    }

    func choice(_ words: [String]) -> String? {
        guard let scalar, words.contains(scalar) else {
            let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
            error("\"\(scalar ?? "…")\" should be one of \(list)\(Suggestion.phrase(for: scalar ?? "", among: words))")
            return nil
        }
        return scalar
    }

    func date() -> CivilDate? {
        guard let scalar, let date = CivilDate(iso: scalar) else {
            error("\"\(scalar ?? "…")\" should be a date such as 2027-01-11")
            return nil
        }
        return date
    }

    /// `2027-01-11 to 2027-03-24`, or one day.
    func dates() -> ClosedRange<CivilDate>? {
        let parts = (scalar ?? "").split(separator: " ").filter { $0 != "to" && $0 != "–" && $0 != "-" }
        let dates = parts.map { CivilDate(iso: $0) }
        guard let first = dates.first ?? nil, let last = dates.last ?? nil, dates.count <= 2 else {
            let looksRight = parts.first { $0.count == 10 && CivilDate(iso: $0) == nil && $0.dropFirst(4).first == "-" }
            error(
                looksRight.map { "there is no day \($0); check month and day" }
                    ?? "\"\(scalar ?? "…")\" should be a date, or a first and a last one: 2027-01-11 to 2027-03-24")
            return nil
        }
        guard first <= last else {
            error("\(last) lies before \(first); write the first day first")
            return nil
        }
        return first...last
    }

    /// `60 min`, `2 h`, `1 h 30 min`, `1 day`, in minutes.
    func minutes(_ range: ClosedRange<Int>) -> Int? {
        guard let scalar, let value = Self.minutes(scalar), range.contains(value) else {
            error(
                "\"\(scalar ?? "…")\" should be a length such as 60 min or 1 h 30 min, at most \(range.upperBound) minutes"
            )
            return nil
        }
        return value
    }

    private static func minutes(_ text: String) -> Int? {
        var total = 0
        var number: Int?
        var spaced = ""
        for character in text {
            if let last = spaced.last, last.isNumber != character.isNumber, last != " " { spaced.append(" ") }
            spaced.append(character)
        }
        for word in spaced.split(separator: " ") {
            if let value = Int(word) {
                guard number == nil, value < 100_000 else { return nil }
                number = value
                continue
            }
            guard let value = number else { return nil }
            switch word {
            case "min", "minutes", "minute", "m": total += value
            case "h", "hours", "hour": total += 60 * value
            case "day", "days", "d": total += 1440 * value
            default: return nil
            }
            number = nil
        }
        return number == nil ? total : nil
    }

    /// `13:30-15:00`.
    func window() -> TimeWindow? {
        guard let scalar, let window = TimeWindow(text: scalar) else {
            let ends = (scalar ?? "").split(separator: "-").map { TimeOfDay($0) }
            let isReversed = ends.count == 2 && ends.allSatisfy { $0 != nil }
            error(
                isReversed
                    ? "\"\(scalar ?? "")\" ends before it begins; write the earlier time first"
                    : "\"\(scalar ?? "…")\" should be times of day such as 13:30-15:00")
            return nil
        }
        return window
    }

    func weekdays() -> Set<Weekday> {
        Set(
            items.flatMap { item -> [Weekday] in
                guard let text = item.scalar, let days = WorkingPattern.weekdays(text[...]) else {
                    item.error("\"\(item.scalar ?? "…")\" should be weekdays such as mon, or mon-thu")
                    return []
                }
                return days
            })
    }

    /// A text, or `{ id: reading, text: Reading across the curriculum }`; a text alone is its own id, in small letters.
    func idAndText() -> (id: String, text: String)? {
        guard pairs != nil else { return string().map { ($0.lowercased(), $0) } }
        guard let mapping = mapping(["id", "text"]), let text = mapping.require("text")?.string() else { return nil }
        return (mapping["id"]?.string() ?? text.lowercased(), text)
    }

    func strings() -> [String] { items.compactMap { $0.string() } }
}

extension TimeWindow {
    /// Reads `13:30-15:00`; anything else, and an end that is not after the start, is nil.
    public init?(text: some StringProtocol) {
        let parts = String(text).replacing("–", with: "-").split(separator: "-").map {
            TimeOfDay($0.filter { $0 != " " })
        }
        guard parts.count == 2, let from = parts[0], let to = parts[1], from < to else { return nil }
        self = from..<to
    }
}

extension WorkingPattern {
    /// Reads `mon`, `Mon-Thu`; anything else is nil.
    static func weekdays(_ text: Substring) -> [Weekday]? {
        let ends = text.split(separator: "-").map { Weekday(name: String($0)) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
            return nil
        }
        return Weekday.allCases.filter { (first...last).contains($0) }
    }

    /// Reads `Mon-Thu 08:00-17:00; Fri 08:00-12:30`, one or more windows a day.
    ///
    /// - Throws: the entry that cannot be read.
    init(text: String) throws(PatternError) {
        var hours: [Weekday: [TimeWindow]] = [:]
        for entry in text.split(whereSeparator: { $0 == ";" || $0 == "," || $0 == "|" }) {
            for (weekday, window, _) in try Self.entries(entry) { hours[weekday, default: []].append(window) }
        }
        self.init(hours: hours.mapValues { $0.sorted { $0.lowerBound < $1.lowerBound } })
    }

    /// Reads `Wed 13:15-15:15` or `A Wed 13:15-15:15`: weekdays, windows, and the week of a timetable of two.
    static func entries(_ entry: Substring) throws(PatternError) -> [(Weekday, TimeWindow, String?)] {
        var words = entry.split(separator: " ")
        var week: String?
        if let first = words.first, first == "A" || first == "B" {
            week = String(first)
            words.removeFirst()
        }
        guard let first = words.first, let days = weekdays(first), words.count > 1 else {
            throw PatternError(entry: String(entry))
        }
        var result: [(Weekday, TimeWindow, String?)] = []
        for word in words.dropFirst() {
            guard let window = TimeWindow(text: word) else { throw PatternError(entry: String(entry)) }
            result += days.map { ($0, window, week) }
        }
        return result
    }
}

/// An entry of hours that cannot be read.
struct PatternError: Error {
    let entry: String
}
