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
