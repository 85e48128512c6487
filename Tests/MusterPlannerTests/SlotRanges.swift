import MusterPlanner

extension [SlotRange] {
    /// These intervals and one more, sorted; those that touch become one.
    func with(_ added: SlotRange) -> [SlotRange] {
        (self + [added]).sorted { $0.from < $1.from }.reduce(into: []) { joined, range in
            if let last = joined.last, range.from <= last.to {
                joined[joined.count - 1].to = Swift.max(last.to, range.to)
            } else {
                joined.append(range)
            }
        }
    }
}
