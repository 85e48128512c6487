import MusterModel
import MusterOperations

/// A proposal in lines of text.
struct ProposalText {
    let lines: [String]

    init(_ shown: ShowProposal.Response) {
        let (change, view) = (shown.change, shown.view)
        let mails = view.mailsByReason.values.reduce(0, +)
        func part(_ title: String, _ lines: [String]) -> [String] {
            lines.isEmpty ? [] : ["", title] + lines.map { "  " + $0 }
        }
        let nothing = "Nothing forces it: it follows from the config, or from sessions that became possible."
        lines =
            ["Proposal \(change.number): \(change.title), \(change.at.inWords)"]
            + part("Why", view.causes.isEmpty ? [nothing] : view.causes)
            + part("Changes", view.changes.map(PlanText.describe)) + part("What else could be", view.alternatives)
            + part("To know", view.notes)
            + [
                "",
                "\(Wording.count(mails, "mail")) to \(Wording.count(view.recipients, "person")); \(Wording.count(view.undisturbed, "other")) hear nothing. So far \(view.stability).",
                "muster proposals approve \(change.number) publishes it; reject \(change.number) --reason \"…\" leaves all as it is.",
            ]
    }
}
