import ArgumentParser
import Foundation
import MusterDaemon
import MusterOperations

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give the published season to a spreadsheet (csv, people), a calendar (ics) or a script (json).",
        discussion: "prometheus gives metrics instead, as the daemon serves them: a textfile for node_exporter.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, people, ics, json, prometheus
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: "csv: a row for each session; people: a row for each person and session; ics, json or prometheus.")
    var format: Format

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file.", valueName: "file"))
    var output: String?

    func run() async throws {
        let text = try await text()
        if let output { return try Console.write(text, to: output) }
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    private func text() async throws -> String {
        guard let format = ExportSeason.Format(rawValue: format.rawValue) else {
            let status = try await global.perform(ReportStatus.self, Nothing())
            return Metrics(status, programme: Workspace.name(ofConfig: global.config)).text
        }
        return try await global.perform(ExportSeason.self, ExportSeason.Request(format: format)).text
    }
}
