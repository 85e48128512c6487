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
    /// With a `TZID` the second form is in that zone.
    public init?(_ text: some StringProtocol, zone: String? = nil) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 8, let date = CalendarTime.date(bytes[0..<8]) else { return nil }
        if bytes.count == 8 {
            self = .date(date)
            return
        }
        guard bytes.count == 15 || bytes.count == 16, bytes[8] == 0x54 || bytes[8] == 0x74,
            let hour = CalendarTime.number(bytes[9..<11]), let minute = CalendarTime.number(bytes[11..<13]),
            let second = CalendarTime.number(bytes[13..<15]), hour < 24, minute < 60, second <= 60
        else { return nil }
        let local = LocalDateTime(date: date, secondOfDay: hour * 3600 + minute * 60 + min(second, 59))
        if bytes.count == 16 {
            guard bytes[15] == 0x5A || bytes[15] == 0x7A else { return nil }
            self = .utc(Instant(utc: local))
        } else if let zone {
            self = .zoned(local, zone: zone)
        } else {
            self = .floating(local)
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

    private static func date(_ bytes: ArraySlice<UInt8>) -> CivilDate? {
        let start = bytes.startIndex
        guard let year = number(bytes[start..<start + 4]), let month = number(bytes[start + 4..<start + 6]),
            let day = number(bytes[start + 6..<start + 8])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
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
