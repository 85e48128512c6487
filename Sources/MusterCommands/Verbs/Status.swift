import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Is it well, what is stuck, since when, and what to do: on one screen.",
        discussion: "Exit code 0: well; 1: somebody has to do something; 2: the state cannot be written.")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Write it as JSON.")
    var json = false

    func run() async throws {
        let report = try await report()
        let text = StatusText(report: report)
        if json { try Console.json(text.counts) } else { text.lines().forEach { Console.line($0) } }
        if report.trouble != nil { throw ExitCode(2) }
        if report.needsSomebody { throw ExitCode(1) }
    }

    /// Where the state cannot be written it is read all the same: just then somebody looks here.
    private func report() async throws -> StatusReport {
        do {
            return try await global.perform(ReportStatus.self, Nothing())
        } catch let error as StoreError where error.kind == .readOnly || error.kind == .full {
            let directory = try Workspace.stateDirectory(config: global.config, state: global.state)
            guard let store = try? Store(readingFrom: directory) else { throw error }
            let workspace = try global.workspace(store: store)
            return try StatusReport(
                workspace, nextReminder: try workspace.nextReminder(after: workspace.now()), trouble: error)
        }
    }
}
