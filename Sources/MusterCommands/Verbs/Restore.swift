import ArgumentParser
import Foundation
import MusterDaemon
import MusterOperations
import MusterStore

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the place of the database, while nothing else runs.",
        discussion:
            "Everybody is then told anew how the sessions to come stand, with a SEQUENCE above all that they may have seen: look at muster plan, then muster apply."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file that muster backup wrote.")
    var file: String

    func run() throws {
        let directory = try Workspace.stateDirectory(config: global.config, state: global.state)
        let sending = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter {
            $0.hasPrefix("muster.send.") && $0.hasSuffix(".lock")
        }
        let locks = try ([DaemonConnection.lockName, "muster.lock"] + sending).map {
            try StateLock(directory: directory, name: $0)
        }
        defer { withExtendedLifetime(locks) {} }
        let aside = try Store.restore(file, to: directory, at: try global.clock()())
        if let aside { Console.line("The old database is kept as \(aside).") }
        let workspace = try global.workspace()
        let revision = try workspace.revision ?? 0
        Console.line(
            "Restored, at revision \(revision). Now: muster plan shows whom muster apply would tell how things stand.")
    }
}
