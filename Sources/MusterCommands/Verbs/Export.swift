import ArgumentParser
import Foundation
import MusterDaemon
import MusterOperations

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Give the published season to a spreadsheet (xlsx, csv, people), a calendar (ics) or a script (json).",
        discussion: "prometheus gives metrics instead, as the daemon serves them: a textfile for node_exporter.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, people, xlsx, ics, json, prometheus
    }

    @OptionGroup var global: GlobalOptions

    @Argument(
        help:
            "xlsx: a workbook; csv: a row for each session; people: one for each person and session; ics, json, prometheus."
    )
    var format: Format

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file.", valueName: "file"))
    var output: String?

    func run() async throws {
        let content = try await content()
        if let output { return try Console.write(content, to: output) }
        FileHandle.standardOutput.write(content)
    }

    private func content() async throws -> Data {
        guard let format = ExportSeason.Format(rawValue: format.rawValue) else {
            let status = try await global.perform(ReportStatus.self, Nothing())
            let metrics = Metrics(status, programme: Workspace.name(ofConfig: global.config))
            return Data(metrics.text.utf8)
        }
        return try await global.perform(ExportSeason.self, ExportSeason.Request(format: format)).content
    }
}
