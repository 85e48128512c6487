/// The rule by which clocks change every year, as the last line of a TZif file gives it (POSIX `TZ`, RFC 8536 §3.3.1).
public struct YearlyRule: Sendable {
    /// A day and a time of a year at which clocks change.
    struct Change: Sendable {
        enum Day: Sendable {
            case weekday(month: Int, week: Int, weekday: Int)
            case julian(Int)
            case zeroBased(Int)
        }

        let day: Day
        /// Seconds after midnight on the wall clock before the change; may be negative or more than a day.
        let time: Int

        /// The wall time of the change in a year.
        func local(year: Int) -> LocalDateTime {
            let firstDay = CivilDate.dayNumber(year: year, month: 1, day: 1)
            let dayNumber: Int
            switch day {
            case .julian(let number):
                dayNumber = firstDay + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
            case .zeroBased(let number):
                dayNumber = firstDay + number
            case .weekday(let month, let week, let weekday):
                let first = CivilDate.dayNumber(year: year, month: month, day: 1)
                var day = floorModulo(weekday - floorModulo(first + 4, 7), 7) + (week - 1) * 7
                while day >= CivilDate.length(ofMonth: month, year: year) { day -= 7 }
                dayNumber = first + day
            }
            return LocalDateTime(seconds: dayNumber * 86_400 + time)
        }
    }

    let standardName: String
    let standardOffset: Int
    let daylightName: String
    let daylightOffset: Int
    /// When daylight saving time begins and ends; nil where there is none.
    let changes: (start: Change, end: Change)?

    /// Reads a POSIX `TZ` string such as `GMT0BST,M3.5.0/1,M10.5.0`; anything else is nil.
    public init?(posix text: String) {
        var scanner = PosixScanner(text)
        guard let name = scanner.name(), let offset = scanner.offset() else { return nil }
        standardName = name
        standardOffset = -offset
        guard !scanner.isAtEnd else {
            daylightName = name
            daylightOffset = -offset
            changes = nil
            return
        }
        guard let name = scanner.name() else { return nil }
        daylightName = name
        daylightOffset = scanner.peek == "," ? standardOffset + 3600 : -(scanner.offset() ?? 0)
        guard let start = scanner.change(), let end = scanner.change(), scanner.isAtEnd else { return nil }
        changes = (start, end)
    }

    /// Both changes of a year, in order of time.
    func transitions(year: Int) -> [TimeZoneRules.Transition] {
        guard let changes else { return [] }
        let start = Instant(seconds: changes.start.local(year: year).seconds - standardOffset)
        let end = Instant(seconds: changes.end.local(year: year).seconds - daylightOffset)
        return [
            TimeZoneRules.Transition(at: start, offset: daylightOffset, isDaylight: true, abbreviation: daylightName),
            TimeZoneRules.Transition(at: end, offset: standardOffset, isDaylight: false, abbreviation: standardName),
        ].sorted { $0.at < $1.at }
    }

    /// The stretch around a moment without a change; nil where there are no changes at all.
    func span(around instant: Instant) -> OffsetSpan? {
        guard let changes else { return nil }
        let year = LocalDateTime(seconds: instant.seconds + standardOffset).date.year
        var before = (at: Int.min, offset: standardOffset)
        var after = Int.max
        for year in year - 1...year + 1 {
            let start = changes.start.local(year: year).seconds - standardOffset
            let end = changes.end.local(year: year).seconds - daylightOffset
            for (at, offset) in [(start, daylightOffset), (end, standardOffset)] {
                if at > instant.seconds {
                    after = min(after, at)
                } else if at >= before.at {
                    before = (at, offset)
                }
            }
        }
        return OffsetSpan(lower: before.at, upper: after, offset: before.offset)
    }
}

private struct PosixScanner {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }
    var peek: Character? { rest.first }

    mutating func name() -> String? {
        if rest.first == "<" {
            guard let end = rest.firstIndex(of: ">") else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return String(rest[rest.index(after: rest.startIndex)..<end])
        }
        let letters = rest.prefix { $0.isLetter }
        guard letters.count >= 3 else { return nil }
        rest = rest.dropFirst(letters.count)
        return String(letters)
    }

    /// Hours, minutes and seconds west of UTC, as POSIX writes offsets; also a time of day.
    mutating func offset() -> Int? {
        var sign = 1
        if let first = rest.first, first == "+" || first == "-" {
            sign = first == "-" ? -1 : 1
            rest = rest.dropFirst()
        }
        let digits = rest.prefix { $0.isNumber || $0 == ":" }
        let parts = digits.split(separator: ":").map { decimal($0.utf8) }
        guard !parts.isEmpty, parts.count <= 3 else { return nil }
        var total = 0
        for (part, unit) in zip(parts, [3600, 60, 1]) {
            guard let part, part < 1000 else { return nil }
            total += part * unit
        }
        rest = rest.dropFirst(digits.count)
        return sign * total
    }

    mutating func change() -> YearlyRule.Change? {
        guard rest.first == "," else { return nil }
        rest = rest.dropFirst()
        let text = rest.prefix { $0 != "/" && $0 != "," }
        rest = rest.dropFirst(text.count)
        let day: YearlyRule.Change.Day
        if text.first == "M" {
            let numbers = text.dropFirst().split(separator: ".").compactMap { decimal($0.utf8) }
            guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]), numbers[2] < 7
            else { return nil }
            day = .weekday(month: numbers[0], week: numbers[1], weekday: numbers[2])
        } else if text.first == "J" {
            guard let number = decimal(text.dropFirst().utf8), (1...365).contains(number) else { return nil }
            day = .julian(number)
        } else {
            guard let number = decimal(text.utf8), number <= 365 else { return nil }
            day = .zeroBased(number)
        }
        guard rest.first == "/" else { return YearlyRule.Change(day: day, time: 7200) }
        rest = rest.dropFirst()
        return offset().map { YearlyRule.Change(day: day, time: $0) }
    }
}
