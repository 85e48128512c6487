import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish the plan: a new revision, and a mail in the outbox for everyone who must be told.",
        discussion: "On a terminal it shows the plan first and asks; what you have seen is what is published.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: SearchOptions

    @Argument(help: "A plan that muster plan --out has written, to publish exactly that; left out: plan anew.")
    var file: String?

    @Option(help: ArgumentHelp("Publish an earlier revision again, to undo.", valueName: "n"))
    var revision: Int?

    @Option(help: ArgumentHelp("A few words to remember why.", valueName: "text"))
    var note = ""

    @Flag(help: "Show the whole season, and not only what changes.")
    var season = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Write what was done as JSON.")
    var json = false

    func validate() throws {
        guard file == nil || revision == nil else { throw ValidationError("Give a file or --revision, not both.") }
    }

    func run() async throws {
        var isShown = false
        var request = PublishPlan.Request(search: options.search, revision: revision, note: note)
        if let file {
            request.proposed = try ProposedPlan(file: file)
        } else if revision == nil, !yes, !json, Console.canAsk {
            guard let proposed = try await agreedPlan() else { return Console.line("Nothing was published.") }
            request.proposed = proposed
            isShown = true
        }
        try show(try await global.perform(PublishPlan.self, request), isShown: isShown)
    }

    /// Plans, shows what that would change, and asks; nil where the answer is no.
    private func agreedPlan() async throws -> ProposedPlan? {
        let response = try await global.perform(
            PlanSeason.self, PlanSeason.Request(search: options.search, includesProposed: true))
        let report = response.report
        guard !report.changes.isEmpty else { return response.proposed }
        show(report)
        let mails = Wording.count(report.mailsByReason.values.reduce(0, +), "mail")
        let question = "Publish this: \(mails) to \(Wording.count(report.recipients, "person"))?"
        return Console.ask(question) ? response.proposed : nil
    }

    private func show(_ response: PublishPlan.Response, isShown: Bool) throws {
        if json { return try Console.json(AppliedJSON(response)) }
        if !isShown { show(response.report) }
        Console.line()
        Console.line(result(response))
        if response.released > 0 {
            Console.line("\(Wording.count(response.released, "mail")) that waited for approval go out with it.")
        }
        if !response.revertedTargets.isEmpty {
            Console.line("Taken back with it: what was decided about \(Wording.list(response.revertedTargets)).")
        }
    }

    private func show(_ report: PlanReport) {
        PlanText(report: report, showsSeason: season).lines.forEach { Console.line($0) }
    }

    private func result(_ response: PublishPlan.Response) -> String {
        let basis = response.report.basis
        guard let result = response.result else { return "Nothing changed, no mail; revision \(basis ?? 0) stands." }
        let undo = basis.map { " To undo: muster apply --revision \($0)." } ?? ""
        let mails =
            result.mails == 0
            ? "no mail"
            : "\(Wording.count(result.mails, "mail")) wait\(result.mails == 1 ? "s" : "") in the outbox"
        let next = result.mails == 0 ? "" : " muster send delivers them."
        return
            "\(Wording.count(response.report.plan.sessionCount, "session")) published as revision \(result.revision); \(mails).\(next)\(undo)"
    }
}

private struct AppliedJSON: Encodable {
    let revision: Int?
    let isChanged: Bool
    let messages: Int
    let withdrawn: Int

    init(_ response: PublishPlan.Response) {
        revision = response.result?.revision ?? response.report.basis
        isChanged = response.result != nil
        messages = response.result?.mails ?? 0
        withdrawn = response.result?.withdrawn ?? 0
    }
}
