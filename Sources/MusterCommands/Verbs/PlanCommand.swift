import ArgumentParser
import CivilTime
import Foundation
import MusterConfiguration
import MusterDaemon
import MusterModel
import MusterOperations
import MusterPlanner
import MusterStore
import MusterWeb

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show the season, what would change, and who would be mailed. Sends nothing.",
        discussion: "Exit code 0; with --detailed-exitcode, 2 where something would change.")

    @OptionGroup var place: GlobalOptions
    @OptionGroup var search: SearchOptions

    @Flag(help: "Write plan and changes as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write the season as a page to look at, print or attach.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Write the compiled planning problem.", valueName: "file"))
    var problem: String?

    @Option(help: ArgumentHelp("Write the planner's solution.", valueName: "file"))
    var solution: String?

    @Flag(help: "Show what the published and the proposed plan cost, term by term (weights: of a cycle).")
    var compare = false

    @Flag(help: "Exit with 2 where something would change.")
    var detailedExitcode = false

    func run() async throws {
        let workspace = try place.workspace()
        let proposal = try await workspace.propose(search.options())
        Console.endProgress()
        try writeFiles(workspace, proposal)
        let held = try workspace.store.waitingForApproval()
        if json {
            try Console.json(ProposalJSON(proposal, held: held))
        } else {
            let text = ProposalText(workspace: workspace, proposal: proposal)
            let lines =
                text.head() + text.season() + text.calendars() + text.notes()
                + (compare ? ScoreText(proposal).lines() : []) + text.changes()
            lines.forEach { Console.line($0) }
            if held > 0 {
                Console.line(
                    "Held: \(Wording.count(held, "message")) of earlier changes wait for approval; muster apply lets them go."
                )
            }
            if !proposal.changes.isEmpty {
                Console.line(
                    "Nothing was sent. muster apply publishes this; --html FILE shows every date, time and team.")
            }
        }
        if detailedExitcode, !proposal.changes.isEmpty { throw ExitCode(2) }
    }

    private func writeFiles(_ workspace: Workspace, _ proposal: Proposal) throws {
        if let html { try Console.write(try SeasonPage(workspace, proposal).html(), to: html) }
        guard let search = proposal.search else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let problem {
            try Console.write(String(decoding: try encoder.encode(search.problem), as: UTF8.self), to: problem)
        }
        if let solution {
            try Console.write(
                String(decoding: try encoder.encode(search.outcome.solution), as: UTF8.self), to: solution)
        }
    }
}

/// A proposal as scripts read it.
private struct ProposalJSON: Encodable {
    struct Change: Encodable {
        let session: String
        let reasons: [String: Int]
        let sentences: [String]
    }

    let basis: Int?
    let plan: Plan
    let score: Solution.Score?
    let terms: [String: Int]?
    let changes: [Change]
    let mails: Int
    let mailsByReason: [String: Int]
    let recipients: Int
    /// Messages of earlier changes that wait for approval.
    let held: Int

    init(_ proposal: Proposal, held: Int) {
        self.held = held
        basis = proposal.basis?.number
        plan = proposal.plan
        score = proposal.search?.outcome.solution.score
        terms = proposal.search?.outcome.explanation.terms
        changes = proposal.changes.changes.map { change in
            Change(
                session: change.id,
                reasons: change.notifications.reduce(into: [:]) { $0[$1.reason.rawValue, default: 0] += 1 },
                sentences: change.sentences)
        }
        let reasons = proposal.changes.mailsByReason
        mails = reasons.values.reduce(0, +)
        mailsByReason = Dictionary(uniqueKeysWithValues: reasons.map { ($0.key.rawValue, $0.value) })
        recipients = proposal.changes.recipients.count
    }
}

extension SeasonPage {
    /// The season of a proposal as one page.
    fileprivate init(_ workspace: Workspace, _ proposal: Proposal) {
        let state =
            proposal.changes.isEmpty
            ? "published as revision \(proposal.basis?.number ?? 0)" : "proposed, not yet published"
        let local = workspace.now().utc
        self.init(
            title: workspace.configuration.organiser.name,
            summary: "\(proposal.plan.summary(of: workspace.programme)); \(state)",
            season: Season(programme: workspace.programme, plan: proposal.plan),
            remarks: workspace.calendarRemarks(proposal.copies),
            footer: "Made by muster on \(Wording.longDay(local.date)) at \(local.time) UTC.")
    }
}
