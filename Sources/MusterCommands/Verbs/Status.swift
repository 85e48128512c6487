import ArgumentParser
import CivilTime
import Foundation
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

    @Flag(help: "A line for each programme of this machine: /etc/muster, and every folder in it that has one.")
    var all = false

    func run() async throws {
        guard !all else { return try await showAll() }
        let report = try await report(global)
        let text = StatusText(report: report)
        if json { try Console.json(text.counts) } else { text.lines().forEach { Console.line($0) } }
        if report.trouble != nil { throw ExitCode(2) }
        if report.needsSomebody { throw ExitCode(1) }
    }

    /// The worst of them decides the exit code.
    private func showAll() async throws {
        let programmes = InstalledProgramme.all
        guard !programmes.isEmpty else { throw ExitFailure("There is no programme in /etc/muster.", code: 66) }
        let width = programmes.map(\.name.count).max() ?? 0
        var worst: Int32 = 0
        for programme in programmes {
            let (line, code) = await line(try GlobalOptions.parse(["--config", programme.config]))
            Console.line("\(programme.name.padded(width))  \(line)")
            worst = max(worst, code)
        }
        if worst > 0 { throw ExitCode(worst) }
    }

    /// How one of several is doing, and the exit code that this alone would have.
    private func line(_ global: GlobalOptions) async -> (String, Int32) {
        do {
            let report = try await report(global)
            if let trouble = report.trouble { return (trouble, 2) }
            return (report.line, report.needsSomebody ? 1 : 0)
        } catch {
            let sentence = OperationFailure(error).description.split(whereSeparator: \.isNewline).first ?? "fails"
            return (String(sentence), 2)
        }
    }

    /// Where the state cannot be written it is read all the same: just then somebody looks here.
    private func report(_ global: GlobalOptions) async throws -> StatusReport {
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

/// The programmes that are installed on this machine.
private struct InstalledProgramme {
    let name: String
    let config: String

    /// That of `/etc/muster`, and those of the folders in it, by name.
    static var all: [InstalledProgramme] {
        let root = "/etc/muster"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let several = names.sorted().map { InstalledProgramme(name: $0, config: root + "/" + $0) }
        return ([InstalledProgramme(name: "muster", config: root)] + several).filter {
            FileManager.default.fileExists(atPath: $0.config + "/muster.yaml")
        }
    }
}
