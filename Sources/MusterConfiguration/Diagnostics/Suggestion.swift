import MusterModel

/// Finds what somebody may have meant.
enum Suggestion {
    /// `; did you mean "a.marshe"?`, or nothing where no known word is near.
    static func phrase(for word: String, among known: some Sequence<some Identifier>) -> String {
        phrase(for: word, among: known.map(\.rawValue))
    }

    static func phrase(for word: String, among known: some Sequence<String>) -> String {
        nearest(to: word, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// The nearest known word, at most a third of its letters away.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased())
        var best: (distance: Int, word: String)?
        for candidate in known {
            let distance = distance(wanted, Array(candidate.lowercased()))
            guard distance <= max(1, max(wanted.count, candidate.count) / 3), distance < best?.distance ?? .max else {
                continue
            }
            best = (distance, candidate)
        }
        return best?.word
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var rows = [Array(0...right.count)]
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let change = left[row - 1] == right[column - 1] ? 0 : 1
                var value = min(rows[row - 1][column] + 1, current[column - 1] + 1, rows[row - 1][column - 1] + change)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    value = min(value, rows[row - 2][column - 2] + 1)
                }
                current.append(value)
            }
            rows.append(current)
        }
        return rows[left.count][right.count]
    }
}
