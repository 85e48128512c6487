import Foundation
import MusterTestSupport
import Testing

@Suite(.serialized) struct `The daemon` {
    @Test func `delivers what a command publishes beside it, and ends cleanly`() throws {
        let files = try ProgrammeFiles()
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        let daemon = try DaemonProcess(files)
        #expect(try daemon.wait(for: "STATUS=").contains("rev 1"))
        let mailbox = files.folder.path + "/state/mail/new"
        #expect(Patience.until({ files.folder.names(in: "state/mail/new").count == 8 }), "\(mailbox)\n\(daemon.log)")
        #expect(daemon.stop() == 0)
        #expect(daemon.log.contains("stopped"))
        #expect(try muster("status").output.contains("8 delivered"))
    }

    @Test func `keeps the old config when the new one is bad, and takes a good one`() throws {
        let files = try ProgrammeFiles()
        let daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        try files.replace("length: 60 min", with: "length: an hour", in: "programme/cycles/spring.yaml")
        kill(daemon.process.processIdentifier, SIGHUP)
        #expect(try daemon.wait(for: "RELOADING=1").contains("MONOTONIC_USEC="))
        _ = try daemon.wait(for: "READY=1")
        #expect(
            daemon.log.contains("the config has errors; the old one stays") && daemon.log.contains("spring.yaml:10:13"))
        try files.replace("length: an hour", with: "length: 45 min", in: "programme/cycles/spring.yaml")
        kill(daemon.process.processIdentifier, SIGHUP)
        _ = try daemon.wait(for: "RELOADING=1")
        _ = try daemon.wait(for: "READY=1")
        #expect(daemon.log.contains("config read anew"))
        #expect(daemon.stop() == 0)
    }

    @Test func `refuses a second one on the same state, and a bad config`() throws {
        let files = try ProgrammeFiles()
        let daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        let second = try MusterProgram(files: files)("serve")
        #expect(
            second.status == 75 && second.errors.contains("process \(daemon.process.processIdentifier)"),
            "\(second.errors)")
        #expect(daemon.stop() == 0)
        try files.replace("partnership: tamar", with: "partnership: tamer", in: "programme/cycles/spring.yaml")
        // One that never was in force, so that there is none to go on with.
        try FileManager.default.removeItem(atPath: files.folder.path + "/state")
        #expect(try MusterProgram(files: files)("serve").status == 78)
    }

    @Test func `answers those who watch it, and keeps working where the port is taken`() throws {
        let port = try LoopbackPort.free(1)[0]
        let files = try ProgrammeFiles(
            operator:
                "listen: 127.0.0.1:\(port)\nmetrics-file: \(FileManager.default.temporaryDirectory.path)/muster-\(port).prom"
        )
        #expect(try MusterProgram(files: files)("apply").status == 0)
        let daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        let script = """
            import sys, time, urllib.request
            def get(path):
                for _ in range(200):
                    try: return urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}{path}').read().decode()
                    except OSError: time.sleep(0.05)
            print(get('/healthz') + get('/readyz') + get('/metrics'))
            """
        let text = try Subprocess.python(script, [String(port)])
        #expect(text.hasPrefix("ok\nready\n"))
        for line in [
            "muster_revision{programme=\"config\"} 1", "muster_sessions{programme=\"config\",state=\"to_come\"} 3",
            "muster_calendars{programme=\"config\",state=\"fresh\"} 1", "# TYPE muster_outbox_messages gauge",
            "muster_destination_failing_seconds{destination=\"mail\",programme=\"config\"} 0",
            "muster_mail_failures_total{kind=\"digest\",programme=\"config\"} 0",
            "muster_backup_last_timestamp_seconds{programme=\"config\"} 0",
            "muster_secrets_missing{programme=\"config\"} 0",
        ] { #expect(text.contains(line + "\n") || text.contains(line), "\(line)\n\(text)") }
        #expect(!text.contains("@") && !text.contains("Marsh"))
        let other = try ProgrammeFiles(operator: "listen: 127.0.0.1:\(port)")
        let second = try DaemonProcess(other)
        _ = try second.wait(for: "READY=1")
        #expect(Patience.until({ second.log.contains("metrics cannot be served") }) && second.stop() == 0)
        #expect(second.log.contains("another program has 127.0.0.1:\(port) already"))
        #expect(daemon.stop() == 0)
        let file = "\(FileManager.default.temporaryDirectory.path)/muster-\(port).prom"
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("muster_revision{programme=\"config\"} 1"))
        try? FileManager.default.removeItem(atPath: file)
    }

    @Test func `holds the mails of what it publishes until somebody approves, and a plan names them`() throws {
        let files = try ProgrammeFiles(operator: "approval: manual")
        try files.replace("rounds: 40", with: "rounds: 40, policy: apply", in: "muster.yaml")
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        #expect(try !muster("plan").output.contains("Held:"))
        try files.replace("length: 60 min", with: "length: 45 min", in: "programme/cycles/spring.yaml")
        let daemon = try DaemonProcess(files)
        #expect(Patience.until({ daemon.log.contains("held until somebody approves") }), "\(daemon.log)")
        #expect(daemon.stop() == 0)
        #expect(
            try muster("plan").output.contains(
                "Held: 2 messages of earlier changes wait for approval; muster apply lets them go."))
        #expect(try muster("plan", "--json").output.contains("\"held\" : 2"))
        #expect(try muster("apply").status == 0)
        #expect(try !muster("plan").output.contains("Held:"))
        #expect(try muster("plan", "--json").output.contains("\"held\" : 0"))
    }

    @Test func `moves to the addresses of a new config, and stays where it is when one of them is taken`() throws {
        let ports = try LoopbackPort.free(5)
        func addresses(_ operations: Int, _ feeds: Int) -> String {
            "listen: 127.0.0.1:\(ports[operations])\nfeeds: { listen: 127.0.0.1:\(ports[feeds]) }"
        }
        let files = try ProgrammeFiles(operator: addresses(0, 1))
        let otherFiles = try ProgrammeFiles(operator: "listen: 127.0.0.1:\(ports[4])")
        let other = try DaemonProcess(otherFiles)
        let daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        for port in [0, 1, 4] { try LoopbackPort.waitForAnswer(on: ports[port]) }
        try files.replace(addresses(0, 1), with: addresses(2, 3), in: "muster.yaml")
        kill(daemon.process.processIdentifier, SIGHUP)
        for port in [2, 3] { try LoopbackPort.waitForAnswer(on: ports[port]) }
        for port in [0, 1] { try LoopbackPort.waitForSilence(on: ports[port]) }

        try files.replace(addresses(2, 3), with: addresses(4, 1), in: "muster.yaml")
        kill(daemon.process.processIdentifier, SIGHUP)
        try LoopbackPort.waitForAnswer(on: ports[1])
        #expect(Patience.until({ daemon.log.contains("the old address stays") }))
        #expect(
            daemon.log.contains("metrics cannot be served") && daemon.log.contains("127.0.0.1:\(ports[4])"),
            "\(daemon.log)")
        #expect(try HTTPClient.send([HTTPClient.Request("GET", "/healthz")], to: ports[2]).map(\.status) == [200])

        try files.replace("listen: 127.0.0.1:\(ports[4])\n", with: "", in: "muster.yaml")
        kill(daemon.process.processIdentifier, SIGHUP)
        try LoopbackPort.waitForSilence(on: ports[2])
        #expect(daemon.stop() == 0 && other.stop() == 0)
    }

    @Test func `has units that systemd understands and finds well confined`() throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let analyze = "/usr/bin/systemd-analyze"
        try #require(FileManager.default.isExecutableFile(atPath: analyze), "make test installs systemd")
        for unit in [
            "muster-backup.timer", "muster-backup@.timer", "muster-alert@.service", "muster-pages.socket",
            "muster-feeds.socket",
        ] {
            let verified = try Subprocess.run(analyze, ["verify", "--man=no", project + "/systemd/" + unit])
            let complaints = (verified.output + verified.errors).split(separator: "\n").filter {
                !$0.contains("is not executable")
            }
            #expect(complaints.isEmpty, "\(complaints)")
        }
        for unit in ["muster.service", "muster@.service"] {
            let verified = try Subprocess.run(analyze, ["verify", "--man=no", project + "/systemd/" + unit])
            let complaints = (verified.output + verified.errors).split(separator: "\n").filter {
                !$0.contains("is not executable")
            }
            #expect(complaints.isEmpty, "\(complaints)")
            let security = try Subprocess.run(
                analyze, ["security", "--offline=yes", "--threshold=12", project + "/systemd/" + unit])
            #expect(security.status == 0, "\(security.output.suffix(300))\(security.errors)")
        }
    }
}
