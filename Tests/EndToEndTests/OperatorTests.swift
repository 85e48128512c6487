import Foundation
import MusterTestSupport
import Testing

@Suite struct `An operator` {
    private func programme(_ secret: String) throws -> MusterProgram {
        MusterProgram(
            files: try ProgrammeFiles(
                operator: "calendars: { logins: [{ host: cal.example, user: muster, password: \"\(secret)\" }] }"))
    }

    @Test func `is told of a secret that cannot be had before anything needs it`() throws {
        let folder = try TemporaryDirectory()
        let missing = try programme("file:\(folder.path)/none")
        #expect(try missing("check").status == 0)
        let check = try missing("check", "--secrets")
        #expect(check.status == 78 && check.output.contains("calendars: login at cal.example: the secret"))
        let status = try missing("status")
        #expect(status.status == 1 && status.output.contains("secret     calendars: login at cal.example"))
        let empty = try programme("file:\(try folder.write("\n", to: "empty"))")
        #expect(try empty("check", "--secrets").output.contains("the secret is empty"))
        let there = try programme("file:\(try folder.write("hunter2\n", to: "there"))")
        let near = try programme("file:secrets/near")
        try near.files.folder.write("hunter2\n", to: "config/secrets/near")
        #expect(try near("check", "--secrets").status == 0, "a path begins at the config")
        let good = try there("check", "--secrets")
        #expect(good.status == 0 && !good.output.contains("hunter2"))
        #expect(try there("status").status == 0)
    }

    @Test func `is not told by a shell that the daemon's credentials are missing, and by the check that is asked`()
        throws
    {
        let programme = try programme("credential:cal")
        #expect(try programme("status").status == 0)
        #expect(try programme("check", "--secrets").output.contains("was not started by it"))
    }

    @Test func `keeps as many backups as told, and nothing else is touched`() throws {
        let files = try ProgrammeFiles()
        var programme = MusterProgram(files: files)
        let folder = files.folder.path + "/backups"
        try files.folder.write("mine", to: "backups/config-notes.sqlite")
        try files.folder.write("mine", to: "backups/other-20260101T000000Z.sqlite")
        for hour in 10...14 {
            programme.now = "2026-11-24T\(hour):00:00Z"
            let written = try programme("backup", "--keep", "2", folder)
            #expect(written.status == 0, "\(written.errors)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                "config-20261124T130000Z.sqlite", "config-20261124T140000Z.sqlite", "config-notes.sqlite",
                "other-20260101T000000Z.sqlite",
            ])
        let again = try programme("backup", "--keep", "2", folder)
        #expect(again.status != 0 && again.errors.contains("is there already"))
        programme.now = "2026-11-26T14:00:00Z"
        let status = try programme("status").output
        #expect(status.contains("backup     2 days ago"), "\(status)")
    }

    @Test func `is told that the database is damaged, not the backup`() throws {
        let files = try ProgrammeFiles()
        let programme = MusterProgram(files: files)
        #expect(try programme("apply", "--yes").status == 0)
        let database = files.folder.path + "/state/muster.sqlite"
        let handle = try #require(FileHandle(forWritingAtPath: database))
        try handle.seek(toOffset: 3 * 4096)
        try handle.write(contentsOf: Data(repeating: 0xAA, count: 20 * 4096))
        try handle.close()
        let backup = try programme("backup", files.folder.path + "/backup")
        #expect(
            backup.status == 65 && backup.errors.contains("muster.sqlite is damaged"),
            "\(backup.status) \(backup.errors)")
        #expect(!backup.errors.contains("/backup is damaged"))
    }
}

@Suite struct `A daemon that starts while somebody changes the config` {
    private let files: ProgrammeFiles

    init() throws {
        files = try ProgrammeFiles()
        try files.replace("rounds: 40", with: "rounds: 40, policy: apply", in: "muster.yaml")
    }

    private func start() throws -> DaemonProcess {
        let daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        return daemon
    }

    private var mails: Int { files.folder.names(in: "state/mail/new").count }

    @Test func `goes on with the one that it knew, says so, and takes the next good one`() throws {
        let first = try start()
        #expect(first.stop() == 0)
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").output.contains("sessions published"))
        #expect(mails == 0)
        try files.replace("length: 60 min", with: "length: an hour", in: "programme/cycles/spring.yaml")
        let second = try DaemonProcess(files)
        let status = try second.wait(for: "STATUS=")
        #expect(
            status.hasPrefix("STATUS=the config has errors, an earlier one is in force") && status.contains("rev 1"))
        #expect(second.log.contains("the last one without is in force"))
        #expect(Patience.until({ mails == 8 }), "what waited goes out")
        let refused = try muster("plan")
        #expect(refused.status == 78 && refused.errors.contains("should be a length such as 60 min"))
        try files.replace("length: an hour", with: "length: 45 min", in: "programme/cycles/spring.yaml")
        #expect(try muster("plan").status == 0)
        #expect(second.stop() == 0)
        let kept = files.folder.path + "/state/config/programme/cycles/spring.yaml"
        #expect(try String(contentsOfFile: kept, encoding: .utf8).contains("length: 45 min"))
    }

    @Test func `keeps nobody in it who was erased, though no daemon runs then`() throws {
        #expect(try start().stop() == 0)
        let muster = MusterProgram(files: files)
        let kept = files.folder.path + "/state/config/programme/people.csv"
        #expect(try String(contentsOfFile: kept, encoding: .utf8).contains("Patel"))
        try files.replace(
            "j.patel,\"Patel, Jay\",j.patel@example.test,900002,reviewer,,Mon-Thu 08:00-17:00\n", with: "",
            in: "programme/people.csv")
        #expect(try muster("apply").status == 0)
        let erased = try muster("person", "erase", "j.patel")
        #expect(erased.errors.contains("Nothing is kept about"), "who was in no session: \(erased.output)")
        #expect(try !String(contentsOfFile: kept, encoding: .utf8).contains("Patel"))
    }

    @Test func `does not so for another programme, whose config is as it should be`() throws {
        #expect(try start().stop() == 0)
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        try files.replace("reviews@example.test", with: "others@example.test", in: "muster.yaml")
        try files.replace("partnership: tamar", with: "partnership: severn", in: "programme/partnerships/tamar.yaml")
        try files.replace("partnership: tamar", with: "partnership: severn", in: "programme/cycles/spring.yaml")
        let refused = try muster("serve")
        #expect(
            refused.status == 78 && refused.errors.contains("is the state of another programme"), "\(refused.errors)")
    }

    @Test func `does so even where muster.yaml is gone, and knows its calendars still`() throws {
        try files.folder.write(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n", to: "config/programme/calendars/head.ics"
        )
        #expect(try start().stop() == 0)
        try FileManager.default.removeItem(atPath: files.config + "/muster.yaml")
        let second = try DaemonProcess(files)
        let status = try second.wait(for: "STATUS=")
        #expect(status.hasPrefix("STATUS=the config has errors") && status.contains("1/1 calendars fresh"), "\(status)")
        #expect(second.stop() == 0)
        #expect(!files.folder.names(in: "state/config/programme").contains("calendars"))
    }
}
