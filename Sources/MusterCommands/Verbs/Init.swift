import ArgumentParser
import CivilTime
import Foundation
import MusterConfiguration

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the files of a small programme to begin with.",
        discussion:
            "Four made-up schools with the season that comes next: muster check finds nothing wrong with it, and muster plan plans it. Change it into yours piece by piece."
    )

    @Argument(help: "A new folder.")
    var directory: String

    func run() throws {
        guard (try? FileManager.default.contentsOfDirectory(atPath: directory))?.isEmpty ?? true else {
            throw ExitFailure("\(directory) is not empty; name a new folder.", code: 73)
        }
        let today = Instant(seconds: Int(Date().timeIntervalSince1970)).utc.date
        for (path, text) in StarterProgramme(on: today).files {
            let file = URL(fileURLWithPath: directory).appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Console.write(text, to: file.path)
            Console.line("wrote  \(directory)/\(path)")
        }
        Console.line("Next: muster check --config \(directory), then muster plan --config \(directory)")
    }
}
