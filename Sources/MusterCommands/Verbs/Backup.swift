import ArgumentParser
import MusterDaemon
import MusterOperations
import MusterStore

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a consistent copy of the database to a new file, also while the daemon runs.")

    @OptionGroup var place: GlobalOptions

    @Argument(help: "The file to write.")
    var file: String

    func run() throws {
        let workspace = try place.workspace()
        try workspace.store.backup(to: file)
        Console.line(
            "\(file) holds everything. To restore: stop muster, then muster restore \(file)."
        )
    }
}
