/// Some of up to 32 days in a row, as day numbers or in seconds, ascending.
struct DayMask: Sequence, IteratorProtocol {
    private var first: Int
    private var bits: UInt32
    private var unit = 1

    /// The days after the first, itself counted as 0, whose bits are set.
    init(first: Int, bits: UInt32) {
        self.first = first
        self.bits = bits
    }

    /// The first seconds of the days.
    var inSeconds: DayMask {
        var seconds = self
        seconds.first *= 86_400
        seconds.unit = 86_400
        return seconds
    }

    /// Those days for which something holds.
    func filter(_ holds: (Int) -> Bool) -> DayMask {
        DayMask(first: first, bits: reduce(0) { holds($1) ? $0 | 1 << UInt32($1 - first) : $0 })
    }

    mutating func next() -> Int? {
        guard bits != 0 else { return nil }
        let day = first + bits.trailingZeroBitCount * unit
        bits &= bits - 1
        return day
    }
}
