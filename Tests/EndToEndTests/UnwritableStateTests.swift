import Foundation
import MusterTestSupport
import Testing

/// What `muster status` says where the state cannot be written, on mounts that nobody else sees.
@Suite(.enabled(if: Mounts.arePossible, "mounts of one's own take root and a namespace"))
struct `A state that cannot be written` {
    private let files: ProgrammeFiles

    init() throws {
        files = try ProgrammeFiles()
        let result = try MusterProgram(files: files)("apply")
        #expect(result.status == 0, "\(result.errors)")
    }

    private var state: String { files.folder.path + "/state" }

    /// `muster status` after something was done to the state in a namespace of its own.
    private func status(after preparation: String, exits code: Int32 = 2) throws -> String {
        let status = [
            DaemonProcess.program, "status", "--config", files.config, "--state", state, "--now", ProgrammeFiles.now,
        ]
        let result = try Mounts.run(preparation + "\n" + status.map { "'\($0)'" }.joined(separator: " "))
        #expect(result.status == code, "\(result.output)\(result.errors)")
        return result.output
    }

    @Test func `is named and read all the same where it is mounted to be read alone`() throws {
        let text = try status(after: "mount --bind '\(state)' '\(state)'; mount -o remount,ro,bind '\(state)'")
        #expect(text.contains("cannot be opened for writing") && text.contains("revision 1"))
    }

    @Test func `is named and read all the same where the disk is full`() throws {
        let text = try status(
            after: """
                cp -r '\(state)' '\(state).full'; mount -t tmpfs -o size=4m tmpfs '\(state)'
                cp '\(state).full'/* '\(state)'; dd if=/dev/zero of='\(state)/rest' bs=4k 2>/dev/null || true
                """)
        #expect(text.contains("is full") && text.contains("revision 1"))
    }

    @Test func `is not said to be one where it can be written`() throws {
        #expect(!(try status(after: "true", exits: 0).contains("state      ")))
    }
}

/// Mounts that end with the script that makes them.
enum Mounts {
    static let arePossible = (try? run("mount -t tmpfs tmpfs /mnt").status) == 0

    static func run(_ script: String) throws -> Subprocess.Result {
        try Subprocess.run("/usr/bin/unshare", ["--mount", "--propagation", "private", "bash", "-ec", script])
    }
}
