/// A day of the proleptic Gregorian calendar, without a time or a zone.
///
/// Stored as the number of days since 1 January 1970, so that differences and orders are integer arithmetic.
public struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1 January 1970; negative before.
    public let dayNumber: Int

    /// The day that lies `dayNumber` days after 1 January 1970.
    public init(dayNumber: Int) {
        self.dayNumber = dayNumber
    }

    /// The day with these numbers, or nil where the calendar has no such day (31 April, month 13).
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, (-999_999...999_999).contains(year),
            day <= CivilDate.length(ofMonth: month, year: year)
        else { return nil }
        dayNumber = CivilDate.dayNumber(year: year, month: month, day: day)
    }

    /// Reads `2027-01-11`; anything else is nil.
    public init?(iso text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
            let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]), let day = decimal(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Year, month (1 to 12) and day (1 to 31).
    public var components: (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The year.
    public var year: Int { components.year }

    /// The month, 1 to 12.
    public var month: Int { components.month }

    /// The day of the month, 1 to 31.
    public var day: Int { components.day }

    /// The day of the week.
    public var weekday: Weekday {
        Weekday(rawValue: floorModulo(dayNumber + 3, 7)) ?? .monday
    }

    /// The Monday of this day's week.
    public var monday: CivilDate { self - weekday.rawValue }

    /// Days in the month, 28 to 31.
    public static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Whether the year has a 29 February.
    public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days since 1 January 1970 of a day that need not be checked: the day may lie outside the month.
    public static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The order of time.
    public static func < (left: CivilDate, right: CivilDate) -> Bool { left.dayNumber < right.dayNumber }

    /// The day that many days later.
    public static func + (date: CivilDate, days: Int) -> CivilDate { CivilDate(dayNumber: date.dayNumber + days) }

    /// The day that many days earlier.
    public static func - (date: CivilDate, days: Int) -> CivilDate { CivilDate(dayNumber: date.dayNumber - days) }

    /// The days from the right day to the left one.
    public static func - (left: CivilDate, right: CivilDate) -> Int { left.dayNumber - right.dayNumber }
}

extension CivilDate: Strideable {
    /// The days from this day to the other.
    public func distance(to other: CivilDate) -> Int { other - self }

    /// The day that many days later.
    public func advanced(by days: Int) -> CivilDate { self + days }
}

extension CivilDate: CustomStringConvertible {
    /// `2027-01-11`.
    public var description: String { String { $0.put(self) } }
}

extension CivilDate: Codable {
    /// Reads the ISO form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = CivilDate(iso: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no date")
        }
        self = date
    }

    /// Writes the ISO form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ClosedRange<CivilDate> {
    /// One day, or two with "to" between them; nil where they are none, or the second lies before the first.
    ///
    /// - Parameter date: reads one of them.
    public init?(days text: String, reading date: (Substring) -> CivilDate? = { CivilDate(iso: $0) }) {
        let dates = text.split(separator: " ").filter { $0 != "to" }.map(date)
        guard let first = dates.first ?? nil, let last = dates.last ?? nil, dates.count <= 2, first <= last else {
            return nil
        }
        self = first...last
    }
}
