import ArgumentParser
import MusterDaemon
import MusterOperations
import MusterStore

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a consistent copy of the database to a new file, also while the daemon runs.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file to write.")
    var file: String

    func run() throws {
        // It only reads, and writes where whoever calls it may: the daemon may not.
        try global.workspace().backup(to: file)
        Console.line(
            "\(file) holds everything. To restore: stop muster, then muster restore \(file)."
        )
    }
}
