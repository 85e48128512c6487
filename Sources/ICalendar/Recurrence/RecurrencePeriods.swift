import CivilTime

/// The periods of a rule (years, weeks, hours …), numbered from the one that holds the start, and the times in each.
///
/// The times of a period are every anchor (a day, or the period itself where it is shorter) with every offset from it,
/// so that long lists of hours, minutes and seconds are never multiplied out.
///
/// An object, so that nothing that loops over it copies its lists.
final class RecurrencePeriods {
    private let start: LocalDateTime
    private let frequency: RecurrenceRule.Frequency
    private let interval: Int
    /// The times of each period to keep, by their places from its beginning, and from its end.
    private let setPositions: (fromBeginning: [Int], fromEnd: [Int])
    private let days: RecurrenceDays
    /// Bits of the hours, minutes and seconds that the rule names; all of them where it names none.
    private let hours: UInt64
    private let minutes: UInt64
    private let seconds: UInt64
    /// Seconds after each anchor at which the rule's times lie, ascending.
    let offsets: [Int]
    /// Whether each period holds exactly one time, the start's own, so that counting needs no looking.
    let isPlain: Bool

    init(rule written: borrowing RecurrenceRule, start: LocalDateTime) {
        let rule = written.isOfAllDays ? written.inWeeks : copy written
        self.start = start
        frequency = rule.frequency
        interval = rule.interval
        setPositions = (rule.bySetPosition.filter { $0 > 0 }.sorted(), rule.bySetPosition.filter { $0 < 0 }.sorted())
        days = RecurrenceDays(rule: rule, start: start.date)
        isPlain = rule.frequency <= .weekly && rule.isWithoutParts
        hours = Self.bits(rule.byHour)
        minutes = Self.bits(rule.byMinute)
        let bySecond = rule.bySecond.isEmpty ? [] : Set(rule.bySecond.map { min($0, 59) }).sorted()
        seconds = Self.bits(bySecond)
        let second = start.secondOfDay % min(frequency.seconds, 86_400)
        guard !(rule.byHour.isEmpty && rule.byMinute.isEmpty && bySecond.isEmpty) else {
            offsets = [second]
            return
        }
        let hourList = frequency >= .daily ? rule.byHour.isEmpty ? [second / 3600] : rule.byHour : [0]
        let minuteList = frequency >= .hourly ? rule.byMinute.isEmpty ? [second / 60 % 60] : rule.byMinute : [0]
        let secondList = frequency >= .minutely ? bySecond.isEmpty ? [second % 60] : bySecond : [0]
        offsets = hourList.flatMap { hour in
            minuteList.flatMap { minute in secondList.map { hour * 3600 + minute * 60 + $0 } }
        }
    }

    private static func bits(_ values: [Int]) -> UInt64 {
        values.isEmpty ? .max : values.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// The first second of a period; nil beyond the year 9999.
    func begin(_ index: Int) -> Int? {
        let steps = index * interval
        let date = start.date
        let begin: Int
        switch frequency {
        case .secondly, .minutely, .hourly: begin = firstPeriod + steps * frequency.seconds
        case .daily: begin = (date.dayNumber + steps) * 86_400
        case .weekly: begin = (days.firstWeekStart + 7 * steps) * 86_400
        case .monthly:
            let month = date.year * 12 + date.month - 1 + steps
            begin =
                CivilDate.dayNumber(year: floorDivide(month, 12), month: floorModulo(month, 12) + 1, day: 1) * 86_400
        case .yearly: begin = CivilDate.dayNumber(year: date.year + steps, month: 1, day: 1) * 86_400
        }
        return begin < end ? begin : nil
    }

    /// A period that begins before the moment, as late as is safe.
    func index(before bound: LocalDateTime) -> Int {
        let (from, to) = (start.date, bound.date)
        let between: Int
        switch frequency {
        case .secondly, .minutely, .hourly: between = floorDivide(bound.seconds - firstPeriod, frequency.seconds)
        case .daily: between = to - from
        case .weekly: between = floorDivide(to - from, 7)
        case .monthly: between = (to.year - from.year) * 12 + to.month - from.month
        case .yearly: between = to.year - from.year
        }
        return max(0, floorDivide(between, interval) - 1)
    }

    /// Whether they are shorter than a day, so that many in a row may hold no time.
    var areShort: Bool { frequency < .daily }

    /// The next period at which to look, where a short one holds no time; nil where it holds some or may do so.
    func next(after index: Int, begin: Int) -> Int? {
        let day = floorDivide(begin, 86_400)
        let second = begin - day * 86_400
        guard days.isOpen || days.matches(CivilDate(dayNumber: day)) else {
            return next(after: index, notBefore: (day + 1) * 86_400)
        }
        guard hours >> UInt64(second / 3600) & 1 == 1 else {
            return next(after: index, notBefore: begin - second % 3600 + 3600)
        }
        if frequency < .hourly, minutes >> UInt64(second / 60 % 60) & 1 == 0 {
            return next(after: index, notBefore: begin - second % 60 + 60)
        }
        return frequency == .secondly && seconds >> UInt64(second % 60) & 1 == 0 ? index + 1 : nil
    }

    /// Into how many stretches the days of a period are divided.
    var stretches: Int { areShort ? 1 : days.stretches }

    /// The anchors of a period in one of its stretches, ascending.
    func anchors(_ stretch: Int, of index: Int, begin: Int) -> DayMask {
        areShort ? DayMask(first: begin, bits: 1) : days.mask(stretch, of: index * interval).inSeconds
    }

    /// Whether only some of the times of each period count (BYSETPOS).
    var hasPositions: Bool { !setPositions.fromBeginning.isEmpty || !setPositions.fromEnd.isEmpty }

    /// How much work it is to look at a period, as steps of a budget; the times that it then gives count by themselves.
    var steps: Int {
        guard !areShort else { return 1 }
        return days.steps + (hasPositions ? frequency.days : 0)
    }

    /// The times of a period that BYSETPOS names, ascending.
    func positions(of index: Int, begin: Int) -> [Int] {
        let anchors = (0..<stretches).flatMap { self.anchors($0, of: index, begin: begin) }
        let count = anchors.count * offsets.count
        // No more positions than times are looked at, so that long lists cost nothing in periods that hold few.
        var places = setPositions.fromBeginning.prefix { $0 <= count }.map { $0 - 1 }
        places += setPositions.fromEnd.reversed().prefix { $0 >= -count }.map { count + $0 }
        if !setPositions.fromBeginning.isEmpty, !setPositions.fromEnd.isEmpty { places = Array(Set(places)) }
        return places.sorted().map { anchors[$0 / offsets.count] + offsets[$0 % offsets.count] }
    }

    /// The first period after one that begins at a second or later; only for periods shorter than a day.
    private func next(after index: Int, notBefore bound: Int) -> Int {
        let length = frequency.seconds * interval
        return max(index + 1, -floorDivide(-(bound - firstPeriod), length))
    }

    private var firstPeriod: Int { floorDivide(start.seconds, frequency.seconds) * frequency.seconds }

    private let end = CivilDate.dayNumber(year: 10_000, month: 1, day: 1) * 86_400
}

extension RecurrenceRule.Frequency {
    /// How many days a period touches at most.
    fileprivate var days: Int {
        switch self {
        case .secondly, .minutely, .hourly, .daily: 1
        case .weekly: 7
        case .monthly: 31
        case .yearly: 366
        }
    }

    /// How long a period is; of those longer than a day, more than that.
    fileprivate var seconds: Int {
        switch self {
        case .secondly: 1
        case .minutely: 60
        case .hourly: 3600
        case .daily: 86_400
        case .weekly, .monthly, .yearly: 7 * 86_400
        }
    }
}

extension RecurrenceRule {
    /// How much work it is to get ready for looking at periods, as steps of a budget: each time of day is made once.
    var preparationSteps: Int { max(1, byHour.count) * max(1, byMinute.count) * max(1, bySecond.count) }

    /// Whether the rule looks at every day, each by itself.
    ///
    /// A plain one with COUNT is none of them, since the days before a window are better counted by one division.
    fileprivate var isOfAllDays: Bool {
        frequency == .daily && interval == 1 && bySetPosition.isEmpty && (count == nil || !isWithoutParts)
    }

    /// The same times by the week, which is seven days in one go.
    fileprivate var inWeeks: RecurrenceRule {
        var rule = self
        rule.frequency = .weekly
        if rule.byDay.isEmpty { rule.byDay = Weekday.allCases.map { DayOfWeek($0) } }
        return rule
    }
}
