import CivilTime

/// The periods of a rule (years, weeks, hours …), numbered from the one that holds the start, and the times in each.
///
/// The times of a period are every anchor (a day, or the period itself where it is shorter) with every offset from it,
/// so that long lists of hours, minutes and seconds are never multiplied out.
///
/// An object, so that nothing that loops over it copies its lists.
final class RecurrencePeriods {
    private let rule: RecurrenceRule
    private let start: LocalDateTime
    private let days: RecurrenceDays
    /// Bits of the hours, minutes and seconds that the rule names; all of them where it names none.
    private let hours: UInt64
    private let minutes: UInt64
    private let seconds: UInt64
    /// Seconds after each anchor at which the rule's times lie, ascending.
    let offsets: [Int]

    init(rule: RecurrenceRule, start: LocalDateTime) {
        self.rule = rule
        self.start = start
        days = RecurrenceDays(rule: rule, start: start.date)
        hours = Self.bits(rule.byHour)
        minutes = Self.bits(rule.byMinute)
        let bySecond = Array(Set(rule.bySecond.map { min($0, 59) })).sorted()
        seconds = Self.bits(bySecond)
        let second = start.secondOfDay % min(rule.frequency.seconds, 86_400)
        guard !(rule.byHour.isEmpty && rule.byMinute.isEmpty && bySecond.isEmpty) else {
            offsets = [second]
            return
        }
        let frequency = rule.frequency
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

    /// Whether each period holds exactly one time, the start's own, so that counting needs no looking.
    var isPlain: Bool { rule.frequency <= .weekly && rule.isWithoutParts }

    /// The first second of a period; nil beyond the year 9999.
    func begin(_ index: Int) -> Int? {
        let steps = index * rule.interval
        let date = start.date
        let begin: Int
        switch rule.frequency {
        case .secondly, .minutely, .hourly: begin = firstPeriod + steps * rule.frequency.seconds
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
        switch rule.frequency {
        case .secondly, .minutely, .hourly: between = floorDivide(bound.seconds - firstPeriod, rule.frequency.seconds)
        case .daily: between = to - from
        case .weekly: between = floorDivide(to - from, 7)
        case .monthly: between = (to.year - from.year) * 12 + to.month - from.month
        case .yearly: between = to.year - from.year
        }
        return max(0, floorDivide(between, rule.interval) - 1)
    }

    /// The next period at which to look, where a period holds no time; nil where it holds some or may do so.
    func next(after index: Int, begin: Int) -> Int? {
        guard rule.frequency < .daily else { return nil }
        let day = floorDivide(begin, 86_400)
        let second = begin - day * 86_400
        guard days.isOpen || days.matches(CivilDate(dayNumber: day)) else {
            return next(after: index, notBefore: (day + 1) * 86_400)
        }
        guard hours >> UInt64(second / 3600) & 1 == 1 else {
            return next(after: index, notBefore: begin - second % 3600 + 3600)
        }
        if rule.frequency < .hourly, minutes >> UInt64(second / 60 % 60) & 1 == 0 {
            return next(after: index, notBefore: begin - second % 60 + 60)
        }
        return rule.frequency == .secondly && seconds >> UInt64(second % 60) & 1 == 0 ? index + 1 : nil
    }

    /// Into how many stretches the days of a period are divided.
    var stretches: Int { rule.frequency < .daily ? 1 : days.stretches }

    /// The anchors of a period in one of its stretches, ascending.
    func anchors(_ stretch: Int, of index: Int, begin: Int) -> DayMask {
        rule.frequency < .daily
            ? DayMask(first: begin, bits: 1) : days.mask(stretch, of: index * rule.interval).inSeconds
    }

    /// Whether only some of the times of each period count (BYSETPOS).
    var hasPositions: Bool { !rule.bySetPosition.isEmpty }

    /// The times of a period that BYSETPOS names, ascending.
    func positions(of index: Int, begin: Int) -> [Int] {
        let anchors = (0..<stretches).flatMap { self.anchors($0, of: index, begin: begin) }
        let count = anchors.count * offsets.count
        let places = Set(rule.bySetPosition.map { $0 > 0 ? $0 - 1 : count + $0 })
        return places.filter { $0 >= 0 && $0 < count }.sorted().map {
            anchors[$0 / offsets.count] + offsets[$0 % offsets.count]
        }
    }

    /// The first period after one that begins at a second or later; only for periods shorter than a day.
    private func next(after index: Int, notBefore bound: Int) -> Int {
        let length = rule.frequency.seconds * rule.interval
        return max(index + 1, -floorDivide(-(bound - firstPeriod), length))
    }

    private var firstPeriod: Int { floorDivide(start.seconds, rule.frequency.seconds) * rule.frequency.seconds }

    private let end = CivilDate.dayNumber(year: 10_000, month: 1, day: 1) * 86_400
}

extension RecurrenceRule.Frequency {
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
