/// A time of day to the minute, 00:00 to 24:00.
public struct TimeOfDay: Hashable, Comparable, Sendable {
    /// Minutes since midnight.
    public let minutes: Int

    /// The time that many minutes after midnight.
    public init(minutes: Int) {
        self.minutes = minutes
    }

    /// Reads `8:45`, `08:45`, `24:00`; anything else is nil.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            let hour = decimal(parts[0].utf8), let minute = decimal(parts[1].utf8),
            minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        minutes = hour * 60 + minute
    }

    /// The order of the day.
    public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.minutes < right.minutes }
}

extension TimeOfDay: CustomStringConvertible {
    /// `08:45`.
    public var description: String {
        String {
            $0.put(minutes / 60, 2)
            $0.put(":")
            $0.put(minutes % 60, 2)
        }
    }
}
