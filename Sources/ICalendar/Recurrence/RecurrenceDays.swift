import CivilTime

/// Which days of a period a rule means (the day columns of the table in RFC 5545 §3.3.10).
struct RecurrenceDays {
    private let rule: RecurrenceRule
    private let months: [Int]
    private let monthDays: [Int]
    private let plainWeekdays: Set<Weekday>
    private let ordinalDays: [RecurrenceRule.DayOfWeek]

    init(rule: RecurrenceRule, start: CivilDate) {
        self.rule = rule
        let saysNothing =
            rule.byWeekNumber.isEmpty && rule.byYearDay.isEmpty && rule.byMonthDay.isEmpty && rule.byDay.isEmpty
        let isYearly = rule.frequency == .yearly
        months = isYearly && saysNothing && rule.byMonth.isEmpty ? [start.month] : rule.byMonth
        monthDays = saysNothing && (isYearly || rule.frequency == .monthly) ? [start.day] : rule.byMonthDay
        let keepsOrdinals = isYearly || rule.frequency == .monthly
        ordinalDays = keepsOrdinals ? rule.byDay.filter { $0.ordinal != 0 } : []
        var weekdays = Set(rule.byDay.filter { $0.ordinal == 0 || !keepsOrdinals }.map(\.weekday))
        let needsWeekday =
            saysNothing && rule.frequency == .weekly
            || isYearly && !rule.byWeekNumber.isEmpty && rule.byDay.isEmpty
                && rule.byMonthDay.isEmpty && rule.byYearDay.isEmpty
        if needsWeekday { weekdays = [start.weekday] }
        plainWeekdays = weekdays
    }

    /// The days of a period that match, ascending.
    func matching(_ period: Range<CivilDate>) -> [CivilDate] {
        if rule.frequency == .yearly, !rule.byWeekNumber.isEmpty || months.isEmpty { return period.filter(matches) }
        if rule.frequency == .yearly {
            let year = period.lowerBound.year
            return months.flatMap { month in
                let first = CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: month, day: 1))
                return (first..<first + CivilDate.length(ofMonth: month, year: year)).filter(matches)
            }
        }
        return period.filter(matches)
    }

    /// Whether a day matches every part of the rule that speaks of days.
    func matches(_ date: CivilDate) -> Bool {
        let (year, month, day) = date.components
        if !months.isEmpty, !months.contains(month) { return false }
        if !monthDays.isEmpty {
            let length = CivilDate.length(ofMonth: month, year: year)
            if !monthDays.contains(day), !monthDays.contains(day - length - 1) { return false }
        }
        if !rule.byYearDay.isEmpty {
            let dayOfYear = date.dayNumber - CivilDate.dayNumber(year: year, month: 1, day: 1) + 1
            let length = CivilDate.isLeap(year) ? 366 : 365
            if !rule.byYearDay.contains(dayOfYear), !rule.byYearDay.contains(dayOfYear - length - 1) { return false }
        }
        if !rule.byWeekNumber.isEmpty, !matchesWeekNumber(date, year: year) { return false }
        guard !plainWeekdays.isEmpty || !ordinalDays.isEmpty else { return true }
        return plainWeekdays.contains(date.weekday) || ordinalDays.contains { isNth($0, date, year, month, day) }
    }

    private func isNth(_ entry: RecurrenceRule.DayOfWeek, _ date: CivilDate, _ year: Int, _ month: Int, _ day: Int)
        -> Bool
    {
        guard entry.weekday == date.weekday else { return false }
        let isWithinYear = rule.frequency == .yearly && rule.byMonth.isEmpty
        let position = isWithinYear ? date.dayNumber - CivilDate.dayNumber(year: year, month: 1, day: 1) : day - 1
        let length =
            isWithinYear ? (CivilDate.isLeap(year) ? 366 : 365) : CivilDate.length(ofMonth: month, year: year)
        return entry.ordinal > 0 ? position / 7 + 1 == entry.ordinal : (length - 1 - position) / 7 + 1 == -entry.ordinal
    }

    /// Weeks are counted in the year of the period, which is the year of the day: days of week 1 that lie in the year
    /// before belong to no week here, as in the periods of the rule.
    private func matchesWeekNumber(_ date: CivilDate, year: Int) -> Bool {
        let first = firstWeek(year)
        let next = firstWeek(year + 1)
        if date >= next { return contains(week: 1, of: (firstWeek(year + 2) - next) / 7) }
        if date < first {
            let previous = firstWeek(year - 1)
            let weeks = (first - previous) / 7
            return contains(week: weeks, of: weeks)
        }
        return contains(week: (date - first) / 7 + 1, of: (next - first) / 7)
    }

    private func contains(week: Int, of weeks: Int) -> Bool {
        rule.byWeekNumber.contains(week) || rule.byWeekNumber.contains(week - weeks - 1)
    }

    /// The first day of week 1: the first week with at least four days in the year.
    private func firstWeek(_ year: Int) -> CivilDate {
        let january = CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: 1, day: 1))
        let offset = floorModulo(january.weekday.rawValue - rule.weekStart.rawValue, 7)
        return offset <= 3 ? january - offset : january + (7 - offset)
    }
}
