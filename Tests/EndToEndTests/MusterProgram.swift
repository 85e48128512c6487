import Foundation
import MusterTestSupport

/// The program, run on a config as people run it.
struct MusterProgram {
    let files: ProgrammeFiles
    /// The time that it is told.
    var now = ProgrammeFiles.now

    /// Runs a verb with its arguments.
    func callAsFunction(_ arguments: String...) throws -> Subprocess.Result {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: "muster"
        ).path
        let place = ["--config", files.config]
        let state =
            arguments.first == "check" ? [] : ["--state", files.folder.path + "/state", "--now", now]
        return try Subprocess.run(program, arguments + place + state)
    }
}
