/// A UTC-OFFSET value (RFC 5545 §3.3.14): how far clocks are from UTC.
public struct UTCOffset: Hashable, Sendable {
    /// Seconds east of UTC.
    public var seconds: Int

    /// An offset of so many seconds east of UTC.
    public init(seconds: Int) {
        self.seconds = seconds
    }

    /// Reads `+0100`, `-0330`, `+005730`; anything else, or a day and more, is nil.
    public init?(_ text: some StringProtocol) {
        let value = String(text).trimmed
        guard let sign = value.first, sign == "+" || sign == "-" else { return nil }
        let digits = value.dropFirst()
        guard digits.utf8.count == 4 || digits.utf8.count == 6, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(digits)
        else { return nil }
        let full = digits.utf8.count == 4 ? number * 100 : number
        let (hours, minutes, seconds) = (full / 10_000, full / 100 % 100, full % 100)
        guard hours < 24, minutes < 60, seconds < 60 else { return nil }
        self.seconds = (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
    }

    /// Reads `+1`, `+01`, `+0100`, `+01:00`, `−01:00` as well; anything else is nil.
    init?(loose text: some StringProtocol) {
        guard let sign = text.first, "+-−".contains(sign), text.utf8.count <= 12 else { return nil }
        let digits = Substring(text).dropFirst().filter { $0 != ":" }
        let padded = digits.count % 2 == 1 ? "0" + digits : digits
        self.init((sign == "+" ? "+" : "-") + padded + (padded.count == 2 ? "00" : ""))
    }
}

extension UTCOffset: CustomStringConvertible {
    /// The form of the stream: `+0100`, `-003730`.
    public var description: String {
        let value = abs(seconds)
        let parts = [value / 3600, value / 60 % 60] + (value % 60 == 0 ? [] : [value % 60])
        return (seconds < 0 ? "-" : "+") + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    }
}
