/// Numbers of days or weeks, from the beginning or the end of a year, to look up in one step however many there are.
struct NumberSet {
    private var holds: [Bool] = []

    init(_ numbers: [Int]) {
        guard !numbers.isEmpty else { return }
        holds = Array(repeating: false, count: 2 * Self.farthest + 1)
        for number in numbers where abs(number) <= Self.farthest { holds[number + Self.farthest] = true }
    }

    var isEmpty: Bool { holds.isEmpty }

    /// Whether a number is among them, counted from the beginning, or from the end of so many.
    func contains(_ number: Int, of count: Int) -> Bool {
        holds[number + Self.farthest] || holds[number - count - 1 + Self.farthest]
    }

    private static let farthest = 366
}
