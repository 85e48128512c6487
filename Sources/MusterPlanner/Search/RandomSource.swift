/// Random numbers that are the same for the same seed everywhere (SplitMix64).
struct RandomSource {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(bitPattern: Int64(seed)) &+ 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number from 0 up to, not including, a positive bound.
    mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A number from 0 up to, not including, 1.
    mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func shuffle<Element>(_ items: inout [Element]) {
        guard items.count > 1 else { return }
        for index in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(index, next(below: index + 1)) }
    }
}
