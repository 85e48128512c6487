import MusterModel
import MusterOperations

/// A proposal in lines of text.
struct ProposalText {
    let lines: [String]

    init(_ shown: ShowProposal.Response) {
        let (change, view) = (shown.change, shown.view)
        func part(_ title: String, _ lines: [String]) -> [String] {
            lines.isEmpty ? [] : ["", title] + lines.map { "  " + $0 }
        }
        lines =
            ["Proposal \(change.number): \(change.title), \(change.at.inWords)"]
            + part("Why", view.reasons)
            + part("Changes", view.changes.map(PlanText.describe)) + part("What else could be", view.alternatives)
            + part("Who would step in", shown.seats.map(\.line))
            + part("To know", view.notes)
            + [
                "", view.effect,
                "muster proposals approve \(change.number) publishes it; reject \(change.number) --reason \"…\" leaves all as it is.",
            ]
            + (shown.seats.contains { $0.state == .notAsked }
                ? ["muster proposals ask \(change.number) asks those first who would step in."] : [])
    }
}
