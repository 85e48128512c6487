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
    ///
    /// Units on the wrong side of the `T`, years, fractions, and a number of seconds without its unit are understood,
    /// since no other reading of `P45M`, `PT1D`, `P0Y1D`, `PT1.5H` or `PT3600` makes sense. None is longer than all of
    /// time.
    public init?(_ text: some StringProtocol) {
        var isLoose = false
        self.init(text, isLoose: &isLoose)
    }

    /// Reads one, and says whether it is written otherwise than the RFC has it.
    init?(_ text: some StringProtocol, isLoose: inout Bool) {
        var rest = Substring(text).utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        guard rest.popFirst().map(uppercased) == UInt8(ascii: "P"), !rest.isEmpty else { return nil }
        var (days, seconds, isTime) = (0, 0, false)
        while let first = rest.first {
            if uppercased(first) == UInt8(ascii: "T") {
                isTime = true
                rest.removeFirst()
                continue
            }
            guard let amount = Amount(&rest, isTime: isTime) else { return nil }
            isLoose = isLoose || amount.isLoose
            days = (days + amount.days).clamped(to: Bounds.days)
            seconds = (seconds + amount.seconds).clamped(to: Bounds.seconds)
        }
        self.init(days: isNegative ? -days : days, seconds: isNegative ? -seconds : seconds)
    }
}

/// A number with its unit.
private struct Amount {
    private(set) var days = 0
    private(set) var seconds = 0
    /// Whether the RFC knows no such amount at such a place.
    private(set) var isLoose = false

    /// Reads the one at the beginning, and takes it away.
    init?(_ rest: inout Substring.UTF8View, isTime: Bool) {
        guard let number = Int(Substring(Amount.digits(&rest)), clampedTo: Bounds.seconds) else { return nil }
        var millionths = 0
        if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
            rest.removeFirst()
            isLoose = true
            let digits = Array(Amount.digits(&rest).prefix(6))
            millionths = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            for _ in digits.count..<6 { millionths *= 10 }
        }
        let unit: Int
        if rest.isEmpty { isLoose = true }
        switch rest.popFirst().map(uppercased) {
        case UInt8(ascii: "Y"):
            unit = 365 * 86_400
            isLoose = true
        case UInt8(ascii: "W"): unit = 7 * 86_400
        case UInt8(ascii: "D"): unit = 86_400
        case UInt8(ascii: "H"): unit = 3600
        case UInt8(ascii: "M"): unit = 60
        case UInt8(ascii: "S"): unit = 1
        case nil where isTime: unit = 1
        default: return nil
        }
        let isOfDays = unit >= 86_400
        isLoose = isLoose || isOfDays == isTime
        days = isOfDays ? number.clamped(to: Bounds.days) * (unit / 86_400) : 0
        seconds = (isOfDays ? 0 : number.clamped(to: Bounds.seconds) * unit) + millionths * unit / 1_000_000
    }

    private static func digits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest.removeFirst(digits.count)
        return digits
    }
}

/// A letter in upper case.
private func uppercased(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }

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
