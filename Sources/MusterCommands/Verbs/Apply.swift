import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish the plan: a new revision, and a mail in the outbox for everyone who must be told.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: SearchOptions

    @Option(help: ArgumentHelp("Publish an earlier revision again, to undo.", valueName: "n"))
    var revision: Int?

    @Option(help: ArgumentHelp("A few words to remember why.", valueName: "text"))
    var note = ""

    @Flag(help: "Write what was done as JSON.")
    var json = false

    func run() async throws {
        let response = try await global.perform(
            PublishPlan.self, PublishPlan.Request(search: options.search, revision: revision, note: note))
        if json { return try Console.json(AppliedJSON(response)) }
        let text = PlanText(report: response.report)
        (text.head() + text.season() + text.calendars() + text.notes() + text.changes()).forEach { Console.line($0) }
        Console.line()
        Console.line(result(response))
        if response.released > 0 {
            Console.line("\(Wording.count(response.released, "mail")) that waited for approval go out with it.")
        }
        if !response.revertedTargets.isEmpty {
            Console.line("Taken back with it: what was decided about \(Wording.list(response.revertedTargets)).")
        }
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
