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

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: SearchOptions

    @Flag(help: "Write plan and changes as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write the season as a page to look at, print or attach.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Write the plan, for muster apply to publish exactly this.", valueName: "file"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Write a spreadsheet: a row for each person and session, with the address.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Write the compiled planning problem.", valueName: "file"))
    var problem: String?

    @Option(help: ArgumentHelp("Write the planner's solution.", valueName: "file"))
    var solution: String?

    @Flag(help: "Show the whole season, and not only what would change.")
    var season = false

    @Flag(help: "Show what the published and the proposed plan cost, term by term (weights: of a cycle).")
    var compare = false

    @Flag(help: "Exit with 2 where something would change.")
    var detailedExitcode = false

    func run() async throws {
        let response = try await global.perform(
            PlanSeason.self,
            PlanSeason.Request(
                search: options.search, includesProblem: problem != nil || solution != nil,
                includesProposed: out != nil, includesSheet: csv != nil))
        let report = response.report
        if let html { try Console.write(try SeasonPage(report).html(), to: html) }
        if let out, let proposed = response.proposed { try Console.write(try proposed.text(), to: out) }
        if let csv, let sheet = response.sheet { try Console.write(sheet, to: csv) }
        if let problem, let text = response.problem { try Console.write(text, to: problem) }
        if let solution, let text = response.solution { try Console.write(text, to: solution) }
        if json { try Console.json(PlanJSON(report)) } else { show(report) }
        if detailedExitcode, !report.changes.isEmpty { throw ExitCode(2) }
    }

    private func show(_ report: PlanReport) {
        PlanText(report: report, showsSeason: season, comparesCosts: compare).lines.forEach { Console.line($0) }
        if report.held > 0 {
            Console.line(
                "Held: \(Wording.count(report.held, "message")) of earlier changes wait for approval; muster apply lets them go."
            )
        }
        if !report.changes.isEmpty {
            Console.line(
                "Nothing was sent. muster apply \(out ?? "")\(out == nil ? "" : " ")publishes this; --season shows the whole season, --html FILE as a page."
            )
        }
    }
}

/// A proposal as scripts read it.
private struct PlanJSON: Encodable {
    struct Change: Encodable {
        let session: SessionID
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

    init(_ report: PlanReport) {
        held = report.held
        basis = report.basis
        plan = report.plan
        score = report.cost?.score
        terms = report.cost?.terms
        changes = report.changes.map {
            Change(session: $0.session, reasons: $0.reasons, sentences: $0.sentences)
        }
        mails = report.mailsByReason.values.reduce(0, +)
        mailsByReason = report.mailsByReason.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value }
        recipients = report.recipients
    }
}

extension SeasonPage {
    /// The season of a proposal as one page.
    fileprivate init(_ report: PlanReport) {
        let state =
            report.changes.isEmpty ? "published as revision \(report.basis ?? 0)" : "proposed, not yet published"
        self.init(
            title: report.organiser, summary: "\(report.summary); \(state)", season: report.season,
            remarks: report.calendarRemarks,
            footer: "Made by muster, \(report.at.inWords).")
    }
}
