extension State {
    /// What the plan costs, term by term, by the names that the exchange format gives them; their sum is the cost.
    var terms: [String: Int] {
        let weights = instance.weights
        var terms: [String: Int] = [:]
        for (index, placement) in placements.enumerated() {
            guard let placement else { continue }
            terms.merge(instance.localCosts(index, placement).named, uniquingKeysWith: +)
        }
        terms["load"] = weights.load * trackCounts.reduce(0) { $0 + $1 * $1 }
        terms["balance"] = weights.balance * seats.reduce(0) { $0 + $1 * $1 }
        terms["reciprocal"] = score.cost - terms.values.reduce(0, +)
        return terms.filter { $0.value != 0 }
    }
}

extension LocalCosts {
    fileprivate var named: [String: Int] {
        [
            "avoid": avoid, "optional": optional, "theme": theme, "outside": outside, "repeat": repeats,
            "elapsed": elapsed, "move": move, "swap": swap,
        ]
    }
}

extension Instance {
    /// What is published, as far as it is still possible: its score and its terms.
    var published: (score: Solution.Score, terms: [String: Int]) {
        var state = State(self)
        for (index, placement) in publishedPlacements where state.obstacle(index, placement) == nil {
            state.place(index, placement)
        }
        return (state.score, state.terms)
    }
}
