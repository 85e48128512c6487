import Foundation
import MusterTestSupport
import Testing

/// Commands beside a daemon: it has the state and does the work.
@Suite(.serialized) struct `A command beside the daemon` {
    private let files: ProgrammeFiles
    private let muster: MusterProgram
    private let daemon: DaemonProcess

    init() throws {
        files = try ProgrammeFiles(
            operator: """
                webhooks:
                  - { id: hook, url: "http://127.0.0.1:1/", format: standard, secrets: "credential:hook", private-network: yes }
                """)
        muster = MusterProgram(files: files)
        daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
    }

    @Test func `has each of its verbs done there, and shows what it always did`() throws {
        let planned = try muster("plan", "--json")
        #expect(planned.status == 0 && planned.output.contains("\"mails\" : "), "\(planned.errors)")
        let applied = try muster("apply")
        #expect(applied.output.contains("3 sessions published as revision 1"), "\(applied.output)\(applied.errors)")
        #expect(try muster("explain", "Oakford").output.contains("Why then"))
        #expect(try muster("status").output.contains("revision 1"))
        #expect(try muster("export", "csv").output.contains("spring/900001/review"))
        #expect(try muster("export", "prometheus").output.contains("muster_revision{programme=\"config\"} 1"))
        let move = try muster("move", "900001/pre-review", "2027-01-19T14:00")
        #expect(move.status == 0 && move.output.contains("is to be at 2027-01-19T14:00"), "\(move.errors)")
        #expect(try muster("status").output.contains("moved      spring/900001/pre-review"))
        #expect(try muster("unpin", "900001/pre-review").status == 0)
        #expect(try muster("outbox", "list").output.contains("Invitation"))
        #expect(try muster("webhook", "list").output.contains("hook"))
        #expect(try muster("feed", "list").output.contains("No feeds"))
        #expect(try muster("person", "export", "m.khan").output.contains("m.khan"))
        #expect(try muster("backup", files.folder.path + "/backup").status == 0)
        let failed = try muster("explain", "Nowhere")
        #expect(failed.status == 64 && failed.errors.contains("There is no session, track, school or person"))
    }

    @Test func `follows the config as it stands in its files, and changes nothing where that has errors`() throws {
        try files.replace("Rapid Response", with: "Slow Response", in: "programme/cycles/spring.yaml")
        #expect(try muster("plan").output.contains("Slow Response"))
        try files.replace("team: { lead: 1", with: "team: { lead: nobody", in: "programme/cycles/spring.yaml")
        let refused = try muster("apply")
        #expect(refused.status == 78 && refused.errors.contains("spring.yaml:"), "\(refused.errors)")
        #expect(try !FileManager.default.contentsOfDirectory(atPath: files.folder.path + "/state").isEmpty)
    }

    @Test func `is refused with another config for the same state`() throws {
        let other = try ProgrammeFiles()
        let place = ["--config", other.config, "--state", files.folder.path + "/state", "--now", ProgrammeFiles.now]
        let result = try Subprocess.run(DaemonProcess.program, ["status"] + place)
        #expect(result.status == 78 && result.errors.contains("name that with --config"), "\(result.errors)")
    }

    @Test func `is refused with the config of another programme, daemon or not`() throws {
        #expect(try muster("apply").status == 0)
        #expect(daemon.stop() == 0)
        let other = try ProgrammeFiles()
        try other.replace("reviews@example.test", with: "others@example.test", in: "muster.yaml")
        try other.replace("partnership: tamar", with: "partnership: exe", in: "programme/partnerships/tamar.yaml")
        try other.replace("partnership: tamar", with: "partnership: exe", in: "programme/cycles/spring.yaml")
        let place = ["--config", other.config, "--state", files.folder.path + "/state", "--now", ProgrammeFiles.now]
        let result = try Subprocess.run(DaemonProcess.program, ["apply"] + place)
        #expect(result.status == 78 && result.errors.contains("state of another programme"), "\(result.errors)")
        #expect(try muster("status").output.contains("revision 1"))
    }

    @Test func `is told where the unit and the config name two states`() throws {
        try files.replace("planning:", with: "state: ../elsewhere\nplanning:", in: "muster.yaml")
        let result = try Subprocess.run(
            "/usr/bin/env",
            ["STATE_DIRECTORY=\(files.folder.path)/unit", DaemonProcess.program, "status", "--config", files.config])
        #expect(result.status == 78 && result.errors.contains("write the unit's there"), "\(result.errors)")
    }

    @Test func `works by itself once the daemon was killed, and again through the next one`() throws {
        kill(daemon.process.processIdentifier, SIGKILL)
        daemon.process.waitUntilExit()
        #expect(try muster("apply").status == 0)
        let next = try DaemonProcess(files)
        _ = try next.wait(for: "READY=1")
        #expect(try muster("status").output.contains("revision 1"))
        #expect(next.stop() == 0)
        #expect(try muster("status").output.contains("revision 1"))
    }

    @Test func `is one of root or of the daemon's own user`() throws {
        // READY may come before the socket does; a command waits for it. The daemon has no secret for its webhook.
        let status = try muster("status")
        #expect(status.status == 1 && status.output.contains("secret     webhook"), "\(status.output)")
        let socket = files.folder.path + "/state/muster.sock"
        let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // Even where the file lets everybody in, the kernel's word counts.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: socket)
        for folder in [files.folder.path, files.folder.path + "/state"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        }
        let ask = "curl -s --unix-socket '\(socket)' -d '{}' http://localhost/operations/report-status"
        let stranger = try Subprocess.run("/usr/sbin/runuser", ["-u", "nobody", "--", "sh", "-c", ask])
        #expect(stranger.output.contains("only root and the daemon's own user"), "\(stranger.output)\(stranger.errors)")
    }
}
