import MusterModel
import MusterOperations
import MusterPlanner

/// What the published and the proposed plan cost, term by term, for a terminal.
struct ScoreText {
    let report: PlanReport

    func lines() -> [String] {
        guard let proposed = report.cost else { return [] }
        guard let published = report.publishedCost else {
            return ["", "What the plan costs (nothing is published to compare it with)"]
                + table(
                    [row("left out, by priority", proposed.score.unscheduled)],
                    proposed.terms.map { (word($0.key), $0.value) }) + [row("in all", proposed.score.cost)]
        }
        let names = Set(proposed.terms.keys).union(published.terms.keys).sorted { rank($0) < rank($1) }
        let head = "  " + "".padded(44) + "published".aligned(to: 11) + "proposed".aligned(to: 11)
        let rows = names.map { row(word($0), published.terms[$0] ?? 0, proposed.terms[$0] ?? 0) }
        return ["", "What the plans cost, term by term", head]
            + [row("left out, by priority", published.score.unscheduled, proposed.score.unscheduled)] + rows
            + [row("in all", published.score.cost, proposed.score.cost)]
    }

    private func table(_ head: [String], _ rows: [(String, Int)]) -> [String] {
        head + rows.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { row($0.0, $0.1) }
    }

    private func row(_ text: String, _ values: Int...) -> String {
        "  " + text.padded(44) + values.map { Wording.grouped($0).aligned(to: 11) }.joined()
    }

    private func rank(_ name: String) -> Int {
        Weight(rawValue: name).flatMap { Weight.allCases.firstIndex(of: $0) } ?? -1
    }

    private func word(_ name: String) -> String {
        switch Weight(rawValue: name) {
        case .optional: "optional: invited people who cannot come"
        case .load: "load: teams on one person’s shoulders"
        case .balance: "balance: seats filled by one school"
        case .theme: "theme: teams that do not know the theme"
        case .outside: "outside: teams all of one region"
        case .repeat: "repeat: people who were there before"
        case .reciprocal: "reciprocal: schools that review each other"
        case .elapsed: "elapsed: school days from first to last"
        case .move: "move: published sessions that move"
        case .swap: "swap: published people exchanged"
        case nil: "avoid: lessons and less liked times"
        }
    }
}

extension String {
    fileprivate func aligned(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
