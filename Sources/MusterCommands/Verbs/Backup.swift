import ArgumentParser
import MusterDaemon
import MusterOperations
import MusterStore

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a consistent copy of the database to a new file, also while the daemon runs.",
        discussion: """
            With --keep it is written into a folder, under the name of the programme and the time, and the oldest of \
            those that it has written there before are taken away. What was written is read again and checked.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file to write, or with --keep the folder.")
    var file: String

    @Option(help: ArgumentHelp("Keep so many in the folder.", valueName: "n"))
    var keep: Int?

    func validate() throws {
        if let keep, !(1...10_000).contains(keep) { throw ValidationError("--keep should be a number from 1 on.") }
    }

    func run() throws {
        // It writes where whoever calls it may: the daemon may not.
        let workspace = try global.workspace()
        var written = file
        if let keep {
            written = try workspace.backup(into: file, keeping: keep)
        } else {
            try workspace.backup(to: file)
        }
        Console.line("\(written) holds everything. To restore: stop muster, then muster restore \(written).")
    }
}
