/// A moment, to the second, whatever the zone.
public struct Instant: Hashable, Comparable, Sendable {
    /// Seconds since 1 January 1970, 00:00 UTC, leap seconds not counted.
    public let seconds: Int

    /// The moment that many seconds after 1 January 1970, 00:00 UTC.
    public init(seconds: Int) {
        self.seconds = seconds
    }

    /// The moment at which clocks in UTC show this.
    public init(utc: LocalDateTime) {
        seconds = utc.seconds
    }

    /// What clocks in UTC show.
    public var utc: LocalDateTime { LocalDateTime(seconds: seconds) }

    /// Reads ISO 8601 with a zone: `2027-01-11T14:00:00Z`, `2027-01-11T14:00+01:00`, or a date alone for its midnight
    /// in UTC; anything else is nil.
    public init?(iso text: some StringProtocol) {
        guard let date = CivilDate(iso: text.prefix(10)) else { return nil }
        var rest = text.dropFirst(10)
        guard !rest.isEmpty else {
            self.init(seconds: date.dayNumber * 86_400)
            return
        }
        guard rest.first == "T" || rest.first == " " else { return nil }
        rest = rest.dropFirst()
        let clock = rest.prefix { $0.isNumber || $0 == ":" || $0 == "." }
        rest = rest.dropFirst(clock.count)
        let parts = clock.prefix { $0 != "." }.split(separator: ":").map { decimal($0.utf8) }
        guard (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1],
            let second = parts.count == 3 ? parts[2] : .some(0), hour < 24, minute < 60, second < 60,
            let offset = Instant.offset(rest)
        else { return nil }
        self.init(seconds: date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset)
    }

    private static func offset(_ text: some StringProtocol) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = String(text.dropFirst().filter { $0 != ":" })
        guard digits.utf8.count == 4, let value = decimal(digits.utf8) else { return nil }
        return (sign == "-" ? -1 : 1) * (value / 100 * 3600 + value % 100 * 60)
    }

    /// The order of time.
    public static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }

    /// The moment that many seconds later.
    public static func + (instant: Instant, seconds: Int) -> Instant { Instant(seconds: instant.seconds + seconds) }

    /// The moment that many seconds earlier.
    public static func - (instant: Instant, seconds: Int) -> Instant { Instant(seconds: instant.seconds - seconds) }

    /// The seconds from the right moment to the left one.
    public static func - (left: Instant, right: Instant) -> Int { left.seconds - right.seconds }
}

extension Instant: CustomStringConvertible {
    /// `2027-01-11T14:00:00Z`.
    public var description: String {
        String {
            $0.put(utc)
            $0.put("Z")
        }
    }
}

extension Instant: Codable {
    /// Reads ISO 8601.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Instant(iso: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no moment")
        }
        self = instant
    }

    /// Writes ISO 8601 in UTC.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
