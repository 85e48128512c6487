/// What the numbers of a calendar may be.
///
/// Strangers write them, so that every number of a text is read here, into a range that leaves room for the arithmetic
/// behind it: sums and products of what these hold cannot overflow.
enum Bounds {
    /// Every how many periods a rule repeats; longer than all of time in any period.
    static let interval = 1...Int(Int32.max)
    /// How often a rule repeats.
    static let count = 1...Int(Int32.max)
    /// Which weekday of a month or a year is meant, from the beginning or the end; 0 for every one.
    static let weekdayOrdinal = -53...53
    /// How many days a duration has: ten thousand years, since no time lies outside them.
    static let days = 0...3_660_000
    /// How many seconds a duration has beside its days.
    static let seconds = 0...days.upperBound * 86_400
    /// An INTEGER value (RFC 5545 §3.3.8).
    static let integer = Int(Int32.min)...Int(Int32.max)
    /// The revision of an event.
    static let sequence = 0...Int(Int32.max)
    /// Bytes of a rule: one that lists every number that it may is shorter.
    static let ruleBytes = 16_384
    /// Bytes of the name of a time zone, as far as anybody can know it.
    static let zoneNameBytes = 255
}

extension Int {
    /// The number that ASCII digits spell, with a sign before them or not; nil where something else stands there, or a
    /// number outside the range.
    init?(_ text: some StringProtocol, in range: ClosedRange<Int>) {
        guard let number = Int.spelled(text), range.contains(number) else { return nil }
        self = number
    }

    /// The number that ASCII digits spell, or of the range that which is nearest to it; nil where something else stands
    /// there.
    init?(_ text: some StringProtocol, clampedTo range: ClosedRange<Int>) {
        guard let number = Int.spelled(text) else { return nil }
        self = number.clamped(to: range)
    }

    /// The number, as far as any range reaches.
    private static func spelled(_ text: some StringProtocol) -> Int? {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = Swift.min(value * 10 + Int(digit - 0x30), 1 << 50)
        }
        return isNegative ? -value : value
    }

    /// Of a range the number that is nearest.
    func clamped(to range: ClosedRange<Int>) -> Int { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}
