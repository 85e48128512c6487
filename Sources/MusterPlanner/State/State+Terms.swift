extension State {
    /// What the plan costs, term by term, by the names that the exchange format gives them; their sum is the cost.
    var terms: [String: Int] {
        let weights = instance.weights
        var terms: [String: Int] = [:]
        for (index, placement) in placements.enumerated() {
            guard let placement else { continue }
            terms.merge(instance.localTerms(index, placement), uniquingKeysWith: +)
        }
        terms["load"] = weights.load * trackCounts.reduce(0) { $0 + $1 * $1 }
        terms["balance"] = weights.balance * seats.reduce(0) { $0 + $1 * $1 }
        terms["reciprocal"] = score.cost - terms.values.reduce(0, +)
        return terms.filter { $0.value != 0 }
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

    /// What a placement costs by itself, term by term.
    fileprivate func localTerms(_ index: Int, _ placement: Placement) -> [String: Int] {
        let track = tracks[index]
        let own = teamTerms(track, placement.people)
        var terms = ["theme": own.theme, "outside": own.outside, "repeat": own.repeats, "swap": own.swap]
        for (stage, start) in zip(track.stages, placement.starts) {
            terms["avoid", default: 0] += stage.avoid.cost(start, start + stage.slots)
            terms["optional", default: 0] += optionalCost(track, stage, start)
            if let published = stage.publishedStart, published != start { terms["move", default: 0] += weights.move }
        }
        for attendance in attendances(index, placement) {
            terms["avoid", default: 0] += people[attendance.person].avoid.cost(attendance.start, attendance.end)
        }
        terms["move", default: 0] += track.lostStarts * weights.move
        terms["elapsed"] = elapsedCost(track, placement.starts)
        return terms
    }
}
