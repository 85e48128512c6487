import CivilTime

/// The periods of a rule (years, weeks, hours …), numbered from the one that holds the start, and the times in each.
///
/// The times of a period are every anchor (a day, or the period itself where it is shorter) with every offset from it,
/// so that long lists of hours, minutes and seconds are never multiplied out.
struct RecurrencePeriods {
    private let rule: RecurrenceRule
    private let start: LocalDateTime
    private let days: RecurrenceDays
    /// Bits of the hours, minutes and seconds that the rule names; all of them where it names none.
    private let hours: UInt64
    private let minutes: UInt64
    private let seconds: UInt64
    /// Seconds after each anchor at which the rule's times lie, ascending.
    let offsets: [Int]
    private(set) var anchors: [Int] = []
    private var knownDay = Int.min
    private var knownDayMatches = false

    init(rule: RecurrenceRule, start: LocalDateTime) {
        self.rule = rule
        self.start = start
        days = RecurrenceDays(rule: rule, start: start.date)
        let second = start.secondOfDay
        let bySecond = Array(Set(rule.bySecond.map { min($0, 59) })).sorted()
        hours = Self.bits(rule.byHour)
        minutes = Self.bits(rule.byMinute)
        seconds = Self.bits(bySecond)
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
        case .secondly, .minutely, .hourly: begin = firstPeriod + steps * unit
        case .daily: begin = (date.dayNumber + steps) * 86_400
        case .weekly: begin = (days.firstWeekStart + 7 * steps) * 86_400
        case .monthly:
            let month = date.year * 12 + date.month - 1 + steps
            begin =
                CivilDate.dayNumber(year: floorDivide(month, 12), month: floorModulo(month, 12) + 1, day: 1) * 86_400
        case .yearly: begin = CivilDate.dayNumber(year: date.year + steps, month: 1, day: 1) * 86_400
        }
        return begin < Self.end ? begin : nil
    }

    /// A period that begins before the moment, as late as is safe.
    func index(before bound: LocalDateTime) -> Int {
        let (from, to) = (start.date, bound.date)
        let between: Int
        switch rule.frequency {
        case .secondly, .minutely, .hourly: between = floorDivide(bound.seconds - firstPeriod, unit)
        case .daily: between = to - from
        case .weekly: between = floorDivide(to - from, 7)
        case .monthly: between = (to.year - from.year) * 12 + to.month - from.month
        case .yearly: between = to.year - from.year
        }
        return max(0, floorDivide(between, rule.interval) - 1)
    }

    /// Fills `anchors` for a period; returns the next period at which to look.
    mutating func load(_ index: Int, begin: Int) -> Int {
        anchors.removeAll(keepingCapacity: true)
        guard rule.frequency < .daily else {
            days.append(period: index * rule.interval, to: &anchors)
            for position in anchors.indices { anchors[position] *= 86_400 }
            return index + 1
        }
        let day = floorDivide(begin, 86_400)
        if day != knownDay {
            knownDay = day
            knownDayMatches = days.isOpen || days.matches(CivilDate(dayNumber: day))
        }
        guard knownDayMatches else { return next(after: index, notBefore: (day + 1) * 86_400) }
        let second = begin - day * 86_400
        guard hours >> UInt64(second / 3600) & 1 == 1 else {
            return next(after: index, notBefore: begin - second % 3600 + 3600)
        }
        if rule.frequency < .hourly, minutes >> UInt64(second / 60 % 60) & 1 == 0 {
            return next(after: index, notBefore: begin - second % 60 + 60)
        }
        if rule.frequency == .secondly, seconds >> UInt64(second % 60) & 1 == 0 { return index + 1 }
        anchors.append(begin)
        return index + 1
    }

    /// Which times of the loaded period a rule with BYSETPOS keeps, ascending.
    var positions: [Int] {
        let count = anchors.count * offsets.count
        let indices = rule.bySetPosition.map { $0 > 0 ? $0 - 1 : count + $0 }
        return Set(indices).filter { $0 >= 0 && $0 < count }.sorted()
    }

    /// The first period after one that begins at a second or later; only for periods shorter than a day.
    private func next(after index: Int, notBefore bound: Int) -> Int {
        let length = unit * rule.interval
        return max(index + 1, -floorDivide(-(bound - firstPeriod), length))
    }

    private var firstPeriod: Int { floorDivide(start.seconds, unit) * unit }

    private var unit: Int {
        switch rule.frequency {
        case .secondly: 1
        case .minutely: 60
        default: 3600
        }
    }

    private static let end = CivilDate.dayNumber(year: 10_000, month: 1, day: 1) * 86_400
}
