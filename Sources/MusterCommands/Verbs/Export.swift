import ArgumentParser
import Foundation
import MusterDaemon
import MusterOperations

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give the published season to a spreadsheet (csv), a calendar (ics) or a script (json).",
        discussion: "prometheus gives metrics instead, as the daemon serves them: a textfile for node_exporter.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, ics, json, prometheus
    }

    @OptionGroup var place: GlobalOptions

    @Argument(help: "csv, ics, json or prometheus.")
    var format: Format

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file.", valueName: "file"))
    var output: String?

    func run() throws {
        let workspace = try place.workspace()
        let text: String
        switch format {
        case .csv: text = try workspace.exportCSV()
        case .ics: text = try workspace.exportCalendar()
        case .json: text = try workspace.exportJSON()
        case .prometheus: text = try Metrics(workspace).text
        }
        if let output { return try Console.write(text, to: output) }
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
