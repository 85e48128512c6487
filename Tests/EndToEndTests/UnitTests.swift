import Foundation
import MusterTestSupport
import Testing

/// The unit as operators run it.
@Suite(.serialized, .enabled(if: RealSystemd.isPossible, "a systemd of its own takes root, namespaces and a cgroup"))
struct `Under a real systemd` {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The program, its unit and a programme, as a package would install them.
    private func files(_ sinks: Sinks, operator more: String = "") throws -> [String: Data] {
        let config = try ProgrammeFiles(
            operator: """
                state: /var/lib/muster
                \(more)
                webhooks:
                  - { id: hook, url: "http://127.0.0.1:\(sinks.webPort)/", secrets: credential:hook, private-network: yes }
                """)
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: config.config) {
            if let data = FileManager.default.contents(atPath: config.config + "/" + name) {
                files["/etc/muster/" + name] = data
            }
        }
        files["/usr/bin/muster"] = FileManager.default.contents(atPath: DaemonProcess.program)
        files["/etc/systemd/system/muster.service"] = FileManager.default.contents(
            atPath: Self.project + "/systemd/muster.service")
        for unit in ["muster-backup.service", "muster-alert@.service", "muster-pages.socket", "muster-feeds.socket"] {
            files["/etc/systemd/system/" + unit] = FileManager.default.contents(
                atPath: Self.project + "/systemd/" + unit)
        }
        // A mail server that takes a note of what it is given.
        files["/usr/sbin/sendmail"] = Data("#!/bin/sh\ncat >/var/alert\n".utf8)
        files["/etc/muster/credentials/hook"] = Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8)
        files["/etc/systemd/system/muster.service.d/test.conf"] = Data(
            "[Service]\nLoadCredential=hook:/etc/muster/credentials/hook\nWatchdogSec=3\nRestartSec=0\n".utf8)
        return files
    }

    @Test func `starts, delivers with its credential, reloads, survives a hang and ends`() throws {
        let sinks = try Sinks(seed: 3)
        let systemd = try RealSystemd(try files(sinks))
        try systemd.run("chmod", "755", "/usr/bin/muster")
        try systemd.run("chmod", "700", "/etc/muster/credentials")
        let start = try systemd.run("systemctl", "start", "muster")
        let journal = try systemd.run("journalctl", "-u", "muster", "--no-pager").output
        #expect(start.status == 0, "\(start.errors)\(journal)")
        let line = try systemd.property("StatusText", of: "muster")
        #expect(line.contains("mails go into the folder") && line.contains("rev 0"), "\(line)")
        let first = try systemd.property("MainPID", of: "muster")
        #expect(try systemd.run("stat", "-c", "%u", "/proc/\(first)").output != "0\n", "a user of its own")

        let applied = try systemd.run("muster", "apply")
        #expect(applied.status == 0, "\(applied.errors)")
        let status = try systemd.wait("StatusText", of: "muster") { $0.contains("rev 1") && $0.contains("outbox 0") }
        #expect(status.contains("1 of 1 schools") && status.contains("outbox 0"), "\(status)")
        #expect(try sinks.entries.contains { $0.kind == "webhook" }, "signed with a credential")
        #expect(try systemd.run("ls", "/var/lib/muster/mail/new").output.split(separator: "\n").count == 8)

        try systemd.run("sed", "-i", "s/length: 60 min/length: an hour/", "/etc/muster/programme/cycles/spring.yaml")
        #expect(try systemd.run("systemctl", "reload", "muster").status != 0, "a bad config is not even tried")
        #expect(try systemd.property("MainPID", of: "muster") == first)
        try systemd.run("sed", "-i", "s/length: an hour/length: 45 min/", "/etc/muster/programme/cycles/spring.yaml")
        #expect(try systemd.run("systemctl", "reload", "muster").status == 0)
        #expect(try systemd.property("MainPID", of: "muster") == first)

        #expect(try systemd.run("systemctl", "start", "muster-backup").status == 0)
        let backups = try systemd.run("ls", "/var/backups/muster").output.split(separator: "\n")
        #expect(!backups.isEmpty && backups.allSatisfy { $0.hasPrefix("muster-2") }, "\(backups)")
        #expect(try systemd.run("muster", "status").output.contains("backup     "))
        let every = try systemd.run("muster", "status", "--all").output
        #expect(every.hasPrefix("muster  ") && every.contains("rev 1 · 1 of 1 schools"), "\(every)")
        let quiet = try systemd.run("journalctl", "-u", "muster", "--no-pager").output
        #expect(!quiet.contains("thread priority") && quiet.contains("programme=muster"), "\(quiet)")

        try systemd.run("kill", "-STOP", first)
        let second = try systemd.wait("MainPID", of: "muster") { $0 != first && $0 != "0" }
        #expect(second != first, "the watchdog ends a daemon that hangs")
        _ = try systemd.wait("ActiveState", of: "muster") { $0 == "active" }
        #expect(try systemd.property("NRestarts", of: "muster") == "1")

        #expect(try systemd.run("systemctl", "stop", "muster").status == 0)
        #expect(try systemd.property("Result", of: "muster") == "success")
        let entry = try systemd.run("journalctl", "--no-pager", "-o", "json", "MUSTER_STATE=/var/lib/muster").output
        #expect(entry.contains("\"MUSTER_STATE\":\"/var/lib/muster\"") && entry.contains("\"PRIORITY\":\"5\""))
    }

    @Test func `sees the config of its own programme alone`() throws {
        let sinks = try Sinks(seed: 4)
        var files = try files(sinks)
        for (path, data) in files where path.hasPrefix("/etc/muster/") {
            files[path] = nil
            files["/etc/muster/tamar/" + path.dropFirst("/etc/muster/".count)] = data
        }
        files["/etc/muster/tamar/muster.yaml"] = files["/etc/muster/tamar/muster.yaml"].map { data in
            Data(String(decoding: data, as: UTF8.self).replacing("/var/lib/muster", with: "/var/lib/muster-tamar").utf8)
        }
        files["/etc/muster/other/muster.yaml"] = Data("organiser: {}\n".utf8)
        files["/etc/systemd/system/muster@.service"] = FileManager.default.contents(
            atPath: Self.project + "/systemd/muster@.service")
        files["/etc/systemd/system/muster@.service.d/test.conf"] = Data(
            "[Service]\nLoadCredential=hook:/etc/muster/tamar/credentials/hook\n".utf8)
        let systemd = try RealSystemd(files)
        try systemd.run("chmod", "755", "/usr/bin/muster")
        let start = try systemd.run("systemctl", "start", "muster@tamar")
        let journal = try systemd.run("journalctl", "-u", "muster@tamar", "--no-pager").output
        #expect(start.status == 0, "\(start.errors)\(journal)")
        let process = try systemd.property("MainPID", of: "muster@tamar")
        #expect(try systemd.run("ls", "/proc/\(process)/root/etc/muster").output == "tamar\n")
        #expect(try systemd.run("muster", "status", "-p", "tamar").output.contains("nothing is published yet"))
        #expect(try systemd.run("systemctl", "reload", "muster@tamar").status == 0)
    }

    @Test func `is started by its first visitor, and lets nobody down while it restarts`() throws {
        let ports = try LoopbackPort.free(2)
        var files = try files(
            try Sinks(seed: 6),
            operator: """
                pages: { listen: systemd, address: "https://localhost" }
                feeds: { listen: systemd, address: "https://localhost/feeds" }
                """)
        for (unit, place) in [("pages", "127.0.0.1:\(ports[0])"), ("feeds", "0.0.0.0:\(ports[1])")] {
            files["/etc/systemd/system/muster-\(unit).socket.d/test.conf"] = Data(
                "[Socket]\nListenStream=\nListenStream=\(place)\n".utf8)
        }
        let authority = try TemporaryDirectory()
        try Servers.makeCertificates(authority)
        for name in ["server.crt", "server.key"] {
            files["/etc/muster/tls/" + name] = FileManager.default.contents(atPath: authority.path + "/" + name)
        }
        let systemd = try RealSystemd(files)
        try systemd.run("chmod", "755", "/usr/bin/muster")
        try systemd.run("systemctl", "start", "muster-pages.socket", "muster-feeds.socket")
        #expect(try systemd.property("ActiveState", of: "muster") == "inactive")
        let visit = { try HTTPClient.send([HTTPClient.Request("GET", "/style.css")], to: ports[0])[0].status }
        #expect(try visit() == 200)
        let first = try systemd.property("MainPID", of: "muster")
        try systemd.run("systemctl", "restart", "--no-block", "muster")
        var visits: [Int] = []
        let isBack = try Patience.until {
            visits.append(try visit())
            return try systemd.property("ActiveState", of: "muster") == "active"
                && systemd.property("MainPID", of: "muster") != first
        }
        #expect(isBack && Set(visits) == [200], "\(visits)")
        let journal = try systemd.run("journalctl", "-u", "muster", "--no-pager").output
        #expect(journal.contains("0.0.0.0:\(ports[1]) is open to others"), "\(journal)")

        let proof = "certificate: file:/etc/muster/tls/server.crt, key: file:/etc/muster/tls/server.key"
        try systemd.run("sed", "-i", "s|^feeds: {|feeds: { \(proof),|", "/etc/muster/muster.yaml")
        #expect(try systemd.run("systemctl", "reload", "muster").status == 0)
        let isServed = try Patience.until {
            let asked = try Subprocess.run(
                "/usr/bin/openssl",
                ["s_client", "-connect", "127.0.0.1:\(ports[1])", "-CAfile", authority.path + "/ca.crt", "-brief"])
            return asked.errors.contains("Verification: OK")
        }
        let log = try systemd.run("journalctl", "-u", "muster", "--no-pager").output
        #expect(isServed, "\(log)")
        #expect(
            try systemd.run("systemctl", "stop", "muster-pages.socket", "muster-feeds.socket", "muster").status == 0)
        #expect(try systemd.property("Result", of: "muster") == "success")
    }

    @Test func `tells root once it has failed and is left alone`() throws {
        let systemd = try RealSystemd(try files(try Sinks(seed: 5)))
        try systemd.run("chmod", "755", "/usr/bin/muster", "/usr/sbin/sendmail")
        try systemd.run("sed", "-i", "s/length: 60 min/length: an hour/", "/etc/muster/programme/cycles/spring.yaml")
        #expect(try systemd.run("systemctl", "start", "muster").status != 0)
        var mail = ""
        _ = try Patience.until {
            mail = try systemd.run("cat", "/var/alert").output
            return mail.contains("an hour")
        }
        #expect(
            mail.hasPrefix("To: root\nSubject: muster.service has failed on ") && mail.contains("an hour"), "\(mail)")
    }
}
