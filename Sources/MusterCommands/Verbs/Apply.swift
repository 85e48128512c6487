import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish the plan: a new revision, and a mail in the outbox for everyone who must be told.")

    @OptionGroup var place: GlobalOptions
    @OptionGroup var search: SearchOptions

    @Option(help: ArgumentHelp("Publish an earlier revision again, to undo.", valueName: "n"))
    var revision: Int?

    @Option(help: ArgumentHelp("A few words to remember why.", valueName: "text"))
    var note = ""

    @Flag(help: "Write what was done as JSON.")
    var json = false

    func run() async throws {
        let workspace = try place.workspace()
        let lock = try workspace.lock()
        defer { withExtendedLifetime(lock) {} }
        let proposal: Proposal
        if let revision {
            proposal = try workspace.propose(revision: revision)
        } else {
            proposal = try await workspace.propose(search.options())
        }
        Console.endProgress()
        let isUnchanged = proposal.changes.isEmpty && proposal.plan == proposal.basis?.plan
        let report = isUnchanged ? nil : try workspace.publish(proposal, note: note, isApproved: true)
        let released = try report?.released ?? workspace.store.approve(at: workspace.now())
        if json { return try Console.json(AppliedJSON(proposal, report)) }
        let text = ProposalText(workspace: workspace, proposal: proposal)
        (text.head() + text.season() + text.calendars() + text.notes() + text.changes()).forEach { Console.line($0) }
        Console.line()
        Console.line(result(proposal, report))
        if released > 0 {
            Console.line("\(Wording.count(released, "mail")) that waited for approval go out with it.")
        }
        if report != nil, !proposal.revertedDecisions.isEmpty {
            Console.line(
                "Taken back with it: what was decided about \(Wording.list(proposal.revertedDecisions.map(\.subject)))."
            )
        }
    }

    private func result(_ proposal: Proposal, _ report: PublicationResult?) -> String {
        guard let report else { return "Nothing changed, no mail; revision \(proposal.basis?.number ?? 0) stands." }
        let undo = proposal.basis.map { " To undo: muster apply --revision \($0.number)." } ?? ""
        let mails =
            report.mails == 0
            ? "no mail"
            : "\(Wording.count(report.mails, "mail")) wait\(report.mails == 1 ? "s" : "") in the outbox"
        let next = report.mails == 0 ? "" : " muster send delivers them."
        return
            "\(Wording.count(proposal.plan.sessionCount, "session")) published as revision \(report.revision); \(mails).\(next)\(undo)"
    }
}

private struct AppliedJSON: Encodable {
    let revision: Int?
    let isChanged: Bool
    let messages: Int
    let withdrawn: Int

    init(_ proposal: Proposal, _ report: PublicationResult?) {
        revision = report?.revision ?? proposal.basis?.number
        isChanged = report != nil
        messages = report?.mails ?? 0
        withdrawn = report?.withdrawn ?? 0
    }
}
