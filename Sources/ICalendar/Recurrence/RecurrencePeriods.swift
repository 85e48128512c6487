import CivilTime

/// The periods of a rule (years, weeks, hours …), numbered from the one that holds the start, and the times in each.
struct RecurrencePeriods {
    private let rule: RecurrenceRule
    private let start: LocalDateTime
    private let days: RecurrenceDays
    private let hours: [Int]
    private let minutes: [Int]
    private let seconds: [Int]

    init(rule: RecurrenceRule, start: LocalDateTime) {
        self.rule = rule
        self.start = start
        days = RecurrenceDays(rule: rule, start: start.date)
        let second = start.secondOfDay
        hours = rule.byHour.isEmpty && rule.frequency >= .daily ? [second / 3600] : rule.byHour
        minutes = rule.byMinute.isEmpty && rule.frequency >= .hourly ? [second / 60 % 60] : rule.byMinute
        let given = rule.bySecond.isEmpty && rule.frequency >= .minutely ? [second % 60] : rule.bySecond
        seconds = Array(Set(given.map { min($0, 59) })).sorted()
    }

    /// How many times a period can have at most, since lists of hours, minutes and seconds multiply.
    var mostTimes: Int {
        let days = rule.frequency == .yearly ? 366 : rule.frequency == .monthly ? 31 : rule.frequency == .weekly ? 7 : 1
        return days * max(1, hours.count) * max(1, minutes.count) * max(1, seconds.count)
    }

    /// The first moment of a period; nil beyond the year 9999.
    func begin(_ index: Int) -> LocalDateTime? {
        let begin: LocalDateTime
        switch rule.frequency {
        case .secondly, .minutely, .hourly:
            begin = LocalDateTime(seconds: (floorDivide(start.seconds, unit) + index * rule.interval) * unit)
        default:
            begin = LocalDateTime(date: dayRange(index).lowerBound)
        }
        return begin.date.year <= 9999 ? begin : nil
    }

    /// A period that begins before the window, as late as is safe.
    func index(before bound: LocalDateTime) -> Int {
        let length = unit * rule.interval
        return max(0, floorDivide(bound.seconds - start.seconds, length) - 2)
    }

    /// False only where the day of a period shorter than a day cannot match, so that the whole day may be skipped.
    func mayMatch(_ index: Int) -> Bool {
        guard rule.frequency < .daily, let begin = begin(index) else { return true }
        return days.matches(begin.date)
    }

    /// The first period that begins on the next day or later; only for periods shorter than a day.
    func indexOfNextDay(after index: Int) -> Int {
        guard let begin = begin(index) else { return index + 1 }
        let midnight = LocalDateTime(date: begin.date + 1).seconds
        let length = unit * rule.interval
        return index + max(1, floorDivide(midnight - begin.seconds + length - 1, length))
    }

    /// All times of a period, ascending.
    func times(_ index: Int) -> [LocalDateTime] {
        var times: [LocalDateTime] = []
        switch rule.frequency {
        case .secondly, .minutely, .hourly:
            times = timesWithinDay(index)
        default:
            for day in days.matching(dayRange(index)) {
                for hour in hours {
                    for minute in minutes {
                        for second in seconds {
                            times.append(LocalDateTime(date: day, secondOfDay: hour * 3600 + minute * 60 + second))
                        }
                    }
                }
            }
        }
        return rule.bySetPosition.isEmpty ? times : positions(times)
    }

    private func timesWithinDay(_ index: Int) -> [LocalDateTime] {
        guard let begin = begin(index) else { return [] }
        let second = begin.secondOfDay
        guard rule.byHour.isEmpty || rule.byHour.contains(second / 3600) else { return [] }
        if rule.frequency == .hourly {
            return minutes.flatMap { minute in seconds.map { begin + (minute * 60 + $0) } }
        }
        guard rule.byMinute.isEmpty || rule.byMinute.contains(second / 60 % 60) else { return [] }
        if rule.frequency == .minutely { return seconds.map { begin + $0 } }
        return rule.bySecond.isEmpty || seconds.contains(second % 60) ? [begin] : []
    }

    private func positions(_ times: [LocalDateTime]) -> [LocalDateTime] {
        let indices = rule.bySetPosition.map { $0 > 0 ? $0 - 1 : times.count + $0 }
        return Set(indices).filter(times.indices.contains).sorted().map { times[$0] }
    }

    private var unit: Int {
        switch rule.frequency {
        case .secondly: 1
        case .minutely: 60
        case .hourly: 3600
        case .daily: 86_400
        case .weekly: 604_800
        case .monthly: 31 * 86_400
        case .yearly: 366 * 86_400
        }
    }

    private func dayRange(_ index: Int) -> Range<CivilDate> {
        let date = start.date
        let steps = index * rule.interval
        switch rule.frequency {
        case .yearly:
            let year = date.year + steps
            return first(year, 1)..<first(year + 1, 1)
        case .monthly:
            let month = date.year * 12 + date.month - 1 + steps
            return first(
                floorDivide(month, 12), floorModulo(month, 12) + 1)..<first(
                    floorDivide(month + 1, 12), floorModulo(month + 1, 12) + 1)
        case .weekly:
            let begin = date - floorModulo(date.weekday.rawValue - rule.weekStart.rawValue, 7) + 7 * steps
            return begin..<begin + 7
        default:
            return date + steps..<date + steps + 1
        }
    }

    private func first(_ year: Int, _ month: Int) -> CivilDate {
        CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: month, day: 1))
    }
}
