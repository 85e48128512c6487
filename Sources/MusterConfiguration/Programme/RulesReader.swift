import MusterModel

/// Reads the rules of a cycle.
struct RulesReader {
    static let keys = [
        "same-trust", "earlier-team", "distinct-schools", "outside-region", "reviewers-from", "out-at-once",
        "examinations", "edges-of-term", "limits",
    ]

    func read(_ node: ConfigNode) -> CycleRules {
        var rules = CycleRules()
        guard let mapping = node.mapping(Self.keys) else { return rules }
        mapping["same-trust"]?.choice(CycleRules.Preference.self).map { rules.sameTrust = $0 }
        mapping["earlier-team"]?.choice(CycleRules.Preference.self).map { rules.earlierTeam = $0 }
        mapping["distinct-schools"]?.bool().map { rules.distinctSchools = $0 }
        mapping["outside-region"]?.choice(["prefer", "ignore"]).map { rules.prefersOutsideRegion = $0 == "prefer" }
        mapping["reviewers-from"]?.choice(["programme", "partnership"]).map {
            rules.partnershipOnly = $0 == "partnership"
        }
        mapping["out-at-once"].flatMap(outAtOnce).map { rules.outAtOnce = $0 }
        mapping["examinations"]?.choice(CycleRules.Preference.self).map { rules.examinations = $0 }
        mapping["edges-of-term"]?.choice(CycleRules.Preference.self).map { rules.edgesOfTerm = $0 }
        if let limits = mapping["limits"]?.mapping(["teams", "teams-per", "per-day", "per-week"]) {
            limits["teams"]?.integer(0...100).map { rules.limits.teams = $0 }
            limits["teams-per"]?.choice(["cycle", "year"]).map { rules.countsTeamsByYear = $0 == "year" }
            limits["per-day"]?.integer(0...20).map { rules.limits.perDay = $0 }
            limits["per-week"]?.integer(0...50).map { rules.limits.perWeek = $0 }
        }
        return rules
    }

    /// Points by the names of the kinds of trouble.
    func weights(_ node: ConfigNode) -> [Weight: Int] {
        guard let mapping = node.mapping(Weight.allCases.map(\.rawValue)) else { return [:] }
        return Weight.allCases.reduce(into: [:]) { weights, weight in
            weights[weight] = mapping[weight.rawValue]?.integer(0...1_000_000)
        }
    }

    /// `unlimited`, `2`, `1 per 200 pupils`.
    private func outAtOnce(_ node: ConfigNode) -> CycleRules.OutAtOnce? {
        let words = (node.scalar ?? "").split(separator: " ").map(String.init)
        if words == ["unlimited"] { return .unlimited }
        if words.count == 1, let count = Int(words[0]), (0...1000).contains(count) { return .count(count) }
        if words.count == 4, words[0] == "1", words[1] == "per", words[3] == "pupils", let pupils = Int(words[2]),
            (1...100_000).contains(pupils)
        {
            return .perPupils(pupils)
        }
        node.error("\"\(node.scalar ?? "…")\" should be unlimited, a number, or 1 per 200 pupils")
        return nil
    }
}
