/// Random numbers for tests, the same for the same seed (xorshift64*).
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// A generator with its seed.
    public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// The next number.
    public mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A number of a range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in so many of a hundred cases.
    public mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }
}
