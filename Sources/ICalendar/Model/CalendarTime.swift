import CivilTime

/// A DATE or DATE-TIME value (RFC 5545 §3.3.4 and §3.3.5).
public enum CalendarTime: Hashable, Sendable {
    /// A whole day, in whatever zone the reader is.
    case date(CivilDate)
    /// A wall time in whatever zone the reader is.
    case floating(LocalDateTime)
    /// A moment.
    case utc(Instant)
    /// A wall time in the zone of that `TZID`.
    case zoned(LocalDateTime, zone: String)

    /// Reads `20270111`, `20270111T140000`, `20270111T140000Z`; anything else is nil.
    ///
    /// With a `TZID` the second form is in that zone. Dashes and colons, fractions, an offset, and a time without
    /// seconds are understood too (ISO 8601).
    public init?(_ text: some StringProtocol, zone: String? = nil) {
        var isLoose = false
        self.init(text, zone: zone, isLoose: &isLoose)
    }

    /// Reads one, and says whether it is written otherwise than the RFC has it.
    init?(_ text: some StringProtocol, zone: String?, isLoose: inout Bool) {
        guard let (local, form) = CalendarTime.parse(text) else {
            isLoose = true
            guard let loose = LooseTime(text), let (local, form) = CalendarTime.parse(loose.text) else { return nil }
            self.init(local + -loose.offset, form: form, zone: zone)
            return
        }
        self.init(local, form: form, zone: zone)
    }

    private init(_ local: LocalDateTime, form: Form, zone: String?) {
        switch form {
        case .date: self = .date(local.date)
        case .utc: self = .utc(Instant(utc: local))
        case .local: self = zone.map { .zoned(local, zone: $0) } ?? .floating(local)
        }
    }

    /// The wall time; midnight for a whole day, UTC for a moment.
    public var local: LocalDateTime {
        switch self {
        case .date(let date): LocalDateTime(date: date)
        case .floating(let local), .zoned(let local, _): local
        case .utc(let instant): instant.utc
        }
    }

    /// Whether this is a whole day.
    public var isDate: Bool {
        if case .date = self { true } else { false }
    }

    private enum Form {
        case date, local, utc
    }

    private static func parse(_ text: some StringProtocol) -> (LocalDateTime, Form)? {
        text.utf8.withContiguousStorageIfAvailable { parse(UnsafeRawBufferPointer($0)) }
            ?? Array(text.utf8).withUnsafeBytes(parse)
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> (LocalDateTime, Form)? {
        guard bytes.count == 8 || bytes.count == 15 || bytes.count == 16,
            let year = number(bytes, start: 0, count: 4), let month = number(bytes, start: 4, count: 2),
            let day = number(bytes, start: 6, count: 2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        guard bytes.count > 8 else { return (LocalDateTime(date: date), .date) }
        guard bytes[8] == 0x54 || bytes[8] == 0x74, let hour = number(bytes, start: 9, count: 2),
            let minute = number(bytes, start: 11, count: 2),
            let second = number(bytes, start: 13, count: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        let local = LocalDateTime(date: date, secondOfDay: hour * 3600 + minute * 60 + min(second, 59))
        guard bytes.count == 16 else { return (local, .local) }
        return bytes[15] == 0x5A || bytes[15] == 0x7A ? (local, .utc) : nil
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, start: Int, count: Int) -> Int? {
        var value = 0
        for index in start..<start + count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}

extension CalendarTime: CustomStringConvertible {
    /// The form of the stream: `20270111T140000Z`.
    public var description: String {
        let digits = local.description.filter { $0 != "-" && $0 != ":" }
        return switch self {
        case .date: String(digits.prefix(8))
        case .utc: digits + "Z"
        case .floating, .zoned: digits
        }
    }
}
