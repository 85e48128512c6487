import CivilTime

/// Which days of a period a rule means (the day columns of the table in RFC 5545 §3.3.10).
///
/// Days of a month are bits of a mask, so that a rule is a handful of operations a month.
final class RecurrenceDays {
    private let rule: RecurrenceRule
    private let start: CivilDate
    private let months: [Int]
    private let monthMask: UInt32
    private let monthDays: MonthDays
    private let yearDays: NumberSet
    private let weekNumbers: NumberSet
    private let plainWeekdays: UInt8
    /// The day number at which the week of the start begins, as the rule counts weeks.
    let firstWeekStart: Int
    /// The plain weekdays as days after the beginning of a week.
    private let weekMask: UInt32
    private let ordinalDays: [RecurrenceRule.DayOfWeek]
    private let hasWeekdays: Bool
    /// Whether the rule speaks of more than weekdays.
    private let hasOtherParts: Bool
    /// Whether every day matches.
    let isOpen: Bool

    init(rule: consuming RecurrenceRule, start: CivilDate) {
        self.start = start
        let saysNothing =
            rule.byWeekNumber.isEmpty && rule.byYearDay.isEmpty && rule.byMonthDay.isEmpty && rule.byDay.isEmpty
        let isYearly = rule.frequency == .yearly
        months = isYearly && saysNothing && rule.byMonth.isEmpty ? [start.month] : rule.byMonth
        monthMask = months.isEmpty ? .max : months.reduce(0) { $0 | 1 << UInt32($1) }
        let takesStart = saysNothing && (isYearly || rule.frequency == .monthly)
        monthDays = MonthDays(takesStart ? [start.day] : rule.byMonthDay)
        yearDays = NumberSet(rule.byYearDay)
        weekNumbers = NumberSet(rule.byWeekNumber)
        let keepsOrdinals = isYearly || rule.frequency == .monthly
        ordinalDays = keepsOrdinals ? rule.byDay.filter { $0.ordinal != 0 } : []
        var named: UInt8 = rule.byDay.reduce(0) { mask, day in
            day.ordinal == 0 || !keepsOrdinals ? mask | 1 << UInt8(day.weekday.rawValue) : mask
        }
        let needsWeekday =
            saysNothing && rule.frequency == .weekly
            || isYearly && !rule.byWeekNumber.isEmpty && rule.byDay.isEmpty
                && rule.byMonthDay.isEmpty && rule.byYearDay.isEmpty
        if needsWeekday { named = 1 << UInt8(start.weekday.rawValue) }
        hasWeekdays = named != 0 || !ordinalDays.isEmpty
        plainWeekdays = rule.frequency == .weekly && !hasWeekdays ? 0x7F : named
        hasOtherParts =
            !(months.isEmpty && monthDays.isEmpty && yearDays.isEmpty && weekNumbers.isEmpty)
        isOpen = !hasOtherParts && !hasWeekdays
        let twice = UInt32(plainWeekdays) << 7 | UInt32(plainWeekdays)
        weekMask = twice >> UInt32(rule.weekStart.rawValue) & 0x7F
        firstWeekStart = start.dayNumber - floorModulo(start.weekday.rawValue - rule.weekStart.rawValue, 7)
        self.rule = rule
    }

    private var countsInYears: Bool { !yearDays.isEmpty || !weekNumbers.isEmpty }

    /// How much work it is to find the days of a period, as steps of a budget.
    var steps: Int {
        switch rule.frequency {
        case .yearly, .monthly: stretches * (1 + ordinalDays.count + (countsInYears ? 31 : 0))
        case .weekly: hasOtherParts ? 7 : 1
        default: 1
        }
    }

    /// Into how many stretches a period is divided: a year into its months.
    var stretches: Int { rule.frequency == .yearly ? months.isEmpty ? 12 : months.count : 1 }

    /// The days of a period that match, in one of its stretches.
    ///
    /// Periods are counted from the one that holds the start; `steps` is how many of them to go on.
    func mask(_ stretch: Int, of steps: Int) -> DayMask {
        switch rule.frequency {
        case .yearly:
            return mask(year: start.year + steps, month: months.isEmpty ? stretch + 1 : months[stretch])
        case .monthly:
            let count = start.year * 12 + start.month - 1 + steps
            let month = floorModulo(count, 12) + 1
            guard monthMask >> UInt32(month) & 1 == 1 else { return DayMask(first: 0, bits: 0) }
            return mask(year: floorDivide(count, 12), month: month)
        case .weekly:
            let week = DayMask(first: firstWeekStart + 7 * steps, bits: weekMask)
            return hasOtherParts ? week.filter { matches(CivilDate(dayNumber: $0)) } : week
        default:
            let day = start.dayNumber + steps
            return DayMask(first: day, bits: isOpen || matches(CivilDate(dayNumber: day)) ? 1 : 0)
        }
    }

    /// Whether a day matches every part of the rule that speaks of days.
    func matches(_ date: CivilDate) -> Bool {
        if hasWeekdays, ordinalDays.isEmpty, plainWeekdays >> UInt8(date.weekday.rawValue) & 1 == 0 { return false }
        guard hasOtherParts else { return true }
        let (year, month, day) = date.components
        if monthMask >> UInt32(month) & 1 == 0 { return false }
        if !monthDays.isEmpty {
            let length = CivilDate.length(ofMonth: month, year: year)
            if monthDays.mask(length: length) >> UInt32(day - 1) & 1 == 0 { return false }
        }
        return matchesYear(date, year: year)
    }

    // MARK: Months

    private func mask(year: Int, month: Int) -> DayMask {
        let length = CivilDate.length(ofMonth: month, year: year)
        let first = CivilDate.dayNumber(year: year, month: month, day: 1)
        var mask: UInt32 = (1 << UInt32(length)) - 1
        if !monthDays.isEmpty { mask &= monthDays.mask(length: length) }
        if hasWeekdays { mask &= weekdayMask(year: year, first: first, length: length) }
        let days = DayMask(first: first, bits: mask)
        guard countsInYears else { return days }
        return days.filter { matchesYear(CivilDate(dayNumber: $0), year: year) }
    }

    /// The days of a month that are one of the rule's weekdays.
    private func weekdayMask(year: Int, first: Int, length: Int) -> UInt32 {
        let firstWeekday = floorModulo(first + 3, 7)
        let weekly: UInt32 = 0x1020_4081  // every seventh day
        var mask: UInt32 = 0
        for weekday in 0..<7 where plainWeekdays >> UInt8(weekday) & 1 == 1 {
            mask |= weekly << UInt32((weekday - firstWeekday + 7) % 7)
        }
        guard !ordinalDays.isEmpty else { return mask }
        let isWithinYear = rule.frequency == .yearly && rule.byMonth.isEmpty
        let begin = isWithinYear ? CivilDate.dayNumber(year: year, month: 1, day: 1) : first
        let count = isWithinYear ? CivilDate.isLeap(year) ? 366 : 365 : length
        for entry in ordinalDays {
            let offset = floorModulo(entry.weekday.rawValue - floorModulo(begin + 3, 7), 7)
            let last = offset + (count - 1 - offset) / 7 * 7
            let index = (entry.ordinal > 0 ? offset + 7 * (entry.ordinal - 1) : last + 7 * (entry.ordinal + 1))
            let day = begin + index - first
            if index >= 0, index < count, day >= 0, day < length { mask |= 1 << UInt32(day) }
        }
        return mask
    }

    // MARK: Years

    /// The parts of the rule that count days and weeks of the year.
    private func matchesYear(_ date: CivilDate, year: Int) -> Bool {
        if !yearDays.isEmpty {
            let dayOfYear = date.dayNumber - CivilDate.dayNumber(year: year, month: 1, day: 1) + 1
            let length = CivilDate.isLeap(year) ? 366 : 365
            if !yearDays.contains(dayOfYear, of: length) { return false }
        }
        return weekNumbers.isEmpty || matchesWeekNumber(date, year: year)
    }

    /// Weeks are counted in the year to which they belong, which for some days around New Year is not their own
    /// (ISO 8601); the days are found in the period of their own year.
    private func matchesWeekNumber(_ date: CivilDate, year: Int) -> Bool {
        let first = firstWeek(year)
        let next = firstWeek(year + 1)
        if date >= next { return weekNumbers.contains(1, of: (firstWeek(year + 2) - next) / 7) }
        if date < first {
            let previous = firstWeek(year - 1)
            let weeks = (first - previous) / 7
            return weekNumbers.contains(weeks, of: weeks)
        }
        return weekNumbers.contains((date - first) / 7 + 1, of: (next - first) / 7)
    }

    /// The first day of week 1: the first week with at least four days in the year.
    private func firstWeek(_ year: Int) -> CivilDate {
        let january = CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: 1, day: 1))
        let offset = floorModulo(january.weekday.rawValue - rule.weekStart.rawValue, 7)
        return offset <= 3 ? january - offset : january + (7 - offset)
    }
}

/// Days of a month, from its beginning or its end.
private struct MonthDays {
    /// Bit 0 for the first day.
    private var fromBeginning: UInt32 = 0
    /// Bit 31 for the last day.
    private var fromEnd: UInt32 = 0

    init(_ days: [Int]) {
        for day in days where (-31...31).contains(day) && day != 0 {
            if day > 0 { fromBeginning |= 1 << UInt32(day - 1) } else { fromEnd |= 1 << UInt32(32 + day) }
        }
    }

    var isEmpty: Bool { fromBeginning | fromEnd == 0 }

    /// Those of a month of so many days.
    func mask(length: Int) -> UInt32 { fromBeginning | fromEnd >> UInt32(32 - length) }
}
