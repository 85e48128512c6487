import Foundation
import MusterTestSupport
import Testing

@Suite(.serialized) struct `A season, from config to mailboxes` {
    private static let isRoot = getuid() == 0

    @Test(.enabled(if: isRoot, "Postfix and Dovecot must be started by root"))
    func `is planned, published, moved, cancelled, and each time told to whom it concerns`() throws {
        let servers = try Servers()
        try servers.folder.write(Servers.password, to: "password")
        try servers.folder.write(ProgrammeFiles.calendar, to: "www/head.ics")
        let programme = try MusterProgram(
            files: ProgrammeFiles(
                operator: servers.mail(port: servers.ports.submission, security: "starttls"),
                calendar: servers.httpsURL + "/moved.ics"))

        #expect(try programme("check").status == 0)
        let plan = try programme("plan", "--detailed-exitcode")
        #expect(plan.status == 2, "\(plan.output)\(plan.errors)")
        #expect(plan.output.contains("Nothing was sent"))
        #expect(plan.output.contains("Mails: 8 to 4 people (8 new)"))
        #expect(try programme("apply").status == 0)
        #expect(try programme("plan", "--detailed-exitcode").status == 0)
        let sent = try programme("send")
        #expect(sent.status == 0, "\(sent.output)\(sent.errors)")
        #expect(sent.output.contains("8 mails delivered"))

        let invitations = try Mailbox.read("a.marsh", count: 3, servers)
        #expect(invitations.count == 3)
        for mail in invitations { checkShape(mail, method: "REQUEST") }
        let first = try #require(
            invitations.first { $0.subject.hasPrefix("Invitation: Pre-review meeting at Oakford Primary") })
        let invitation = try #require(first.object)
        #expect(invitation.sequence == 0 && invitation.status == "CONFIRMED")
        #expect(invitation.organizer == "mailto:reviews@example.test")
        #expect(invitation.attendees.contains("mailto:a.marsh@example.test") && invitation.attendees.count == 2)
        #expect(
            first.text.split { $0.isWhitespace }.joined(separator: " ").contains(
                "How well does blended learning keep up reading progress?"))
        #expect(first.text.contains("https://meet.example/abc"))
        #expect(invitation.start > "2027-01-16")

        let day = invitation.start.prefix(10)
        #expect(try programme("move", "900001/pre-review", "\(day)T16:00").status == 0)
        let moved = try programme("apply")
        #expect(moved.output.contains("moved"), "\(moved.output)")
        #expect(try programme("send").output.contains("2 mails delivered"))
        let update = try #require(try Mailbox.read("a.marsh", count: 4, servers).last)
        checkShape(update, method: "REQUEST")
        #expect(update.subject.hasPrefix("Updated: Pre-review meeting"))
        #expect(update.object?.uid == invitation.uid && update.object?.sequence == 1)
        #expect(update.object?.start == "\(day)T16:00:00Z")
        #expect(update.references == first.messageID)
        #expect(update.text.contains("What changed"))
        #expect(try Mailbox.read("k.o", servers).count == 1)
        #expect(try Mailbox.read("m.khan", servers).count == 1)

        #expect(try programme("cancel", "900001/workshop").status == 0)
        #expect(try programme("apply").status == 0)
        #expect(try programme("send").output.contains("3 mails delivered"))
        let cancelled = try #require(try Mailbox.read("m.khan", count: 2, servers).last)
        checkShape(cancelled, method: "CANCEL")
        #expect(cancelled.object?.status == "CANCELLED" && cancelled.object?.sequence == 1)
        #expect(cancelled.object?.attendees == ["mailto:m.khan@example.test"])

        #expect(try programme("apply").output.contains("Nothing changed, no mail"))
        #expect(try programme("send").output.contains("Nothing is due"))
        let status = try programme("status")
        #expect(status.output.contains("revision 3") && status.output.contains("13 delivered"), "\(status.output)")
        #expect(status.status == 0)

        let last = try #require(Int(try programme("outbox").output.prefix { $0.isNumber }))
        #expect(try programme("outbox", "resend", "\(last)").status == 0)
        #expect(try programme("send").output.contains("1 mail delivered"))
        #expect(try programme("outbox", "resend", "1").status == 65, "something newer is known of that session")
        let test = try programme("send-test", "k.o@example.test")
        #expect(test.status == 0 && test.output.contains("answers       go to reviews@example.test"), "\(test.output)")
        let arrived = try #require(try Mailbox.read("k.o", count: 2, servers).last)
        #expect(arrived.subject.contains("Test invitation"))
        checkShape(arrived, method: "REQUEST")
    }

    @Test func `waits where the mail server cannot be reached, and says that nobody gets what goes into a folder`()
        throws
    {
        let mail = "mail: { transport: smtp, smtp: { host: \"[::zz]\", security: none, timeout: 5 } }"
        let checked = try MusterProgram(files: ProgrammeFiles(operator: mail))
        #expect(try checked("check").output.contains("should be the name of a host"))
        let nowhere = "mail: { transport: smtp, smtp: { host: nowhere.invalid, security: none, timeout: 5 } }"
        let programme = try MusterProgram(files: ProgrammeFiles(operator: nowhere))
        #expect(try programme("apply").status == 0)
        let sent = try programme("send")
        #expect(sent.status == 75 && sent.output.contains("8 mails wait"), "\(sent.output)")
        #expect(try programme("outbox", "list", "--only", "dead").output.contains("No mails"))
        let test = try programme("send-test", "k.o@example.test")
        #expect(test.status == 75 && test.errors.contains("It went no further"), "\(test.errors)")
        let folder = try MusterProgram(files: ProgrammeFiles())
        for verb in ["check", "status"] {
            let output = try folder(verb).output
            #expect(output.contains("to nobody"), "\(output)")
        }
    }

    private func checkShape(_ mail: ReadMail, method: String) {
        #expect(
            mail.structure == [
                "multipart/mixed", "  multipart/alternative", "    text/plain", "    text/html", "    text/calendar",
                "  application/ics",
            ])
        #expect(mail.object?.method == method && mail.contentMethod == method, "\(mail.readings)")
        #expect(mail.isAttachmentTheSame == true)
        #expect(mail.defects.isEmpty)
    }

    @Test(.enabled(if: isRoot, "Postfix and Dovecot must be started by root"), arguments: ["tls", "none"])
    func `goes out by every kind of connection, a refused address stops nobody else, and a full mailbox is tried again`(
        security: String
    ) throws {
        let servers = try Servers()
        try servers.folder.write(Servers.password, to: "password")
        var mail = servers.mail(port: servers.ports.smtps, security: "tls")
        if security == "none" {
            mail = "mail:\n  transport: smtp\n  smtp: { host: localhost, port: \(servers.ports.smtp), security: none }"
        }
        let programme = try MusterProgram(files: ProgrammeFiles(operator: mail))
        try programme.files.replace("m.khan@example.test", with: "nobody@example.test", in: "programme/people.csv")
        try programme.files.replace("k.o@example.test", with: "full@example.test", in: "programme/people.csv")
        #expect(try programme("apply").status == 0)
        let sent = try programme("send")
        #expect(sent.status == 1)
        #expect(sent.output.contains("550 5.1.1") && sent.output.contains("no such user"), "\(sent.output)")
        #expect(sent.output.contains("452 4.2.2"), "\(sent.output)")
        #expect(sent.output.contains("6 mails delivered"))
        #expect(try Mailbox.read("a.marsh", count: 3, servers).count == 3)
        #expect(try programme("outbox", "list", "--only", "dead").output.contains("Improvement Workshop"))
        #expect(try programme("status").status == 1, "somebody has to correct the address")
    }

    @Test(.enabled(if: isRoot, "Postfix and Dovecot must be started by root"))
    func `sends nothing over a connection that cannot be trusted, and loses nothing`() throws {
        let servers = try Servers()
        try servers.folder.write("wrong", to: "password")
        let wrong = try MusterProgram(
            files: ProgrammeFiles(operator: servers.mail(port: servers.ports.smtps, security: "tls")))
        #expect(try wrong("apply").status == 0)
        let refused = try wrong("send")
        #expect(refused.status == 75 && refused.output.contains("user or password was refused"), "\(refused.output)")
        #expect(refused.output.contains("8 mails wait"))
        let strangers = servers.mail(port: servers.ports.smtps, security: "tls")
            .replacing(", authorities: \(servers.authorities) }", with: " }")
        let untrusted = try MusterProgram(files: ProgrammeFiles(operator: strangers))
        #expect(try untrusted("apply").status == 0)
        let distrusted = try untrusted("send")
        #expect(distrusted.status == 75 && distrusted.output.contains("cannot be trusted"), "\(distrusted.output)")
    }

    private func programmeWithCalendar(_ path: String, _ servers: Servers) throws -> MusterProgram {
        let lines = "calendars: { authorities: \(servers.authorities), refresh-hours: 0 }"
        return MusterProgram(files: try ProgrammeFiles(operator: lines, calendar: servers.httpsURL + path))
    }

    @Test(
        .enabled(if: isRoot, "Postfix and Dovecot must be started by root"),
        arguments: ["<!DOCTYPE html><html><body>Sign in</body></html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTST", ""])
    func `keeps the last good copy of a calendar that goes bad, and the plan that rests on it`(content: String) throws {
        let servers = try Servers()
        let busy = ProgrammeFiles.calendar.replacing(
            "END:VCALENDAR",
            with: String(repeating: "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20270105T090000Z\r\nEND:VEVENT\r\n", count: 6)
                + "END:VCALENDAR")
        try servers.folder.write(busy, to: "www/head.ics")
        let programme = try programmeWithCalendar("/head.ics", servers)
        #expect(try programme("apply").status == 0)
        try FileManager.default.removeItem(atPath: servers.www + "/head.ics")
        if !content.isEmpty { try servers.folder.write(content, to: "www/head.ics") }
        let plan = try programme("plan", "--detailed-exitcode")
        let words = plan.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            plan.status == 0 && words.contains("stale localhost") && words.contains("using the copy of"), "\(words)")
    }

    @Test(
        .enabled(if: isRoot, "Postfix and Dovecot must be started by root"),
        arguments: [
            ("/bomb.ics", "larger than 16 MB"), ("/forbidden.ics", "status 403"), ("/loop.ics", "redirects in circles"),
            ("/local.ics", "cannot be used"), ("/gone.ics", "status 404"),
        ])
    func `calls a calendar that was never read unknown, not free, and says why`(path: String, reason: String) throws {
        let servers = try Servers()
        let bomb = try Subprocess.run(
            "/bin/bash", ["-c", "head -c 100M /dev/zero | gzip -9 > \"$0\"", servers.www + "/bomb.ics"])
        #expect(bomb.status == 0)
        let plan = try programmeWithCalendar(path, servers)("plan")
        #expect(plan.status == 0)
        #expect(plan.output.contains("unknown") && plan.output.contains(reason), "\(plan.output)")
    }
}
