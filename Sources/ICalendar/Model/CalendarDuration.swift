import CivilTime

/// A DURATION value (RFC 5545 §3.3.6): days follow the calendar, the rest is exact.
public struct CalendarDuration: Hashable, Sendable {
    /// Whole days; negative when the duration is.
    public var days: Int
    /// Seconds beside the days.
    public var seconds: Int

    /// A duration of days and seconds.
    public init(days: Int = 0, seconds: Int = 0) {
        self.days = days
        self.seconds = seconds
    }

    /// Reads `PT1H30M`, `P1W`, `-P2DT3H`; anything else is nil.
    public init?(_ text: some StringProtocol) {
        var rest = Substring(text.uppercased())
        var sign = 1
        if let first = rest.first, first == "+" || first == "-" {
            sign = first == "-" ? -1 : 1
            rest = rest.dropFirst()
        }
        guard rest.first == "P", rest.count > 1 else { return nil }
        rest = rest.dropFirst()
        var days = 0
        var seconds = 0
        var isTime = false
        while let first = rest.first {
            if first == "T" {
                isTime = true
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard (1...7).contains(digits.count), let number = Int(digits),
                let unit = rest.dropFirst(digits.count).first
            else { return nil }
            rest = rest.dropFirst(digits.count + 1)
            switch (unit, isTime) {
            case ("W", false): days += 7 * number
            case ("D", false): days += number
            case ("H", true): seconds += 3600 * number
            case ("M", true): seconds += 60 * number
            case ("S", true): seconds += number
            default: return nil
            }
        }
        self.init(days: sign * days, seconds: sign * seconds)
    }
}

extension CalendarDuration: CustomStringConvertible {
    /// The form of the stream: `-PT15M`, `P1DT2H`.
    public var description: String {
        let isNegative = days < 0 || seconds < 0
        let (hours, minutes, rest) = (abs(seconds) / 3600, abs(seconds) / 60 % 60, abs(seconds) % 60)
        var time = ""
        if hours > 0 { time += "\(hours)H" }
        if minutes > 0 { time += "\(minutes)M" }
        if rest > 0 || (days == 0 && time.isEmpty) { time += "\(rest)S" }
        return (isNegative ? "-P" : "P") + (days != 0 ? "\(abs(days))D" : "") + (time.isEmpty ? "" : "T" + time)
    }
}
