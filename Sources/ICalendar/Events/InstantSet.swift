import CivilTime

/// A few moments, to look up in many times.
struct InstantSet {
    private var sorted: [Instant] = []

    var isEmpty: Bool { sorted.isEmpty }

    init(_ instants: some Sequence<Instant> = []) {
        sorted = instants.sorted()
    }

    func contains(_ instant: Instant) -> Bool {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < instant { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == instant
    }
}
