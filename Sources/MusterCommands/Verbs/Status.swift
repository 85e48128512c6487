import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Is it well, what is stuck, since when, and what to do: on one screen.")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Write it as JSON.")
    var json = false

    func run() async throws {
        let text = StatusText(report: try await report())
        if json { return try Console.json(text.counts) }
        text.lines().forEach { Console.line($0) }
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
