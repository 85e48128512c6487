import Foundation
import MusterTestSupport
import Testing

@Suite(.enabled(if: Chromium.isThere, "chromium is not there; make test installs it"))
struct `The pages in a real browser` {
    private let muster: MusterProgram
    private let browser: Chromium
    private let base: String

    init() throws {
        let port = try LoopbackPort.free(1)[0]
        base = "http://127.0.0.1:\(port)"
        let files = try ProgrammeFiles(operator: "pages: { listen: 127.0.0.1:\(port), address: \"\(base)\" }")
        try files.replace(
            "m.khan,Mo Khan",
            with: "z.ali,Zara Ali,z.ali@example.test,,lead;reviewer,,\nm.khan,Mo Khan", in: "programme/people.csv")
        try files.folder.write(
            """
            poll: areas
            question: Which area of practice?
            choices: [Reading, Mathematics]
            partnership: tamar
            open: 2026-11-24 to 2026-12-04
            """, to: "config/programme/polls/areas.yaml")
        muster = MusterProgram(files: files)
        browser = try Chromium(base: base)
        #expect(try muster("apply", "--yes").status == 0)
        #expect(try muster("send").status == 0)
    }

    /// The mails that lie in the mailbox, as text.
    private func mails() -> [String] {
        muster.files.folder.names(in: "state/mail/new").compactMap { name in
            let path = muster.files.folder.path + "/state/mail/new/" + name
            return (try? String(contentsOfFile: path, encoding: .utf8))?.replacing("=\r\n", with: "").replacing(
                "=\n", with: "")
        }
    }

    /// The addresses of pages in the mails to somebody, or to all.
    private func links(_ kind: String = "answer", to address: String = "") -> [String] {
        let pattern = try? Regex("\(base)/\(kind)/[0-9a-f]{40,}")
        return mails().filter { address.isEmpty || $0.contains("To: ") && $0.contains(address) }.compactMap { mail in
            pattern.flatMap { mail.firstMatch(of: $0) }.map { String(mail[$0.range]) }
        }
    }

    /// Who leads the review, by the name of their mailbox.
    private func lead() throws -> String {
        let people = try muster("export", "people").output.split(whereSeparator: \.isNewline)
        let row = try #require(people.first { $0.contains("/review,") && $0.contains("lead reviewer") })
        return String(try #require(row.firstMatch(of: /([a-z.]+)@example\.test/)).output.1)
    }

    /// A daemon whose clock is at a time of the day on which everything was sent.
    private func daemon(at time: String) throws -> DaemonProcess {
        let daemon = try DaemonProcess(muster.files, now: "2026-11-24T\(time):00Z")
        _ = try daemon.wait(for: "READY=1")
        return daemon
    }

    @Test func `change nothing for a program that follows, presses and sends everything in every mail`() throws {
        let daemon = try daemon(at: "09:30")
        #expect(links().count == 8)
        let polls = links("poll")
        #expect(polls.count == 5)
        let found = try browser("scan", links() + polls)
        #expect(found["pages"] as? Int ?? 0 > 8 && found["pressed"] as? Int ?? 0 > 8, "\(found)")
        #expect(daemon.stop() == 0)
        #expect(
            try !muster("status").output.contains("declined") && muster("replies", "--all").output.contains("No mail"))
        #expect(try muster("poll").output.contains("0 of 5 answered"))
        #expect(try muster("person", "away", "a.marsh").output.contains("Nothing was said"))
    }

    @Test(.enabled(if: getuid() == 0, "Postfix and Dovecot must be started by root"))
    func `take a no by keyboard, sign the coordinator in by mail, and what they approve arrives in mailboxes`() throws {
        let first = try daemon(at: "09:30")
        let lead = try lead()
        let review = try #require(
            mails().first { $0.contains("\(lead)@") && $0.contains("Subject: Invitation: Review") }
                .flatMap { mail in
                    try? Regex("\(base)/answer/[0-9a-f]{72}").firstMatch(in: mail).map { String(mail[$0.range]) }
                })
        let said = try browser("decline", [review])
        #expect(
            (said["said"] as? String)?.contains("Thank you. You have answered that you do not come.") == true, "\(said)"
        )

        #expect(try browser("ask", ["coordinator@example.test"])["title"] as? String == "Look into your mailbox")
        #expect(Patience.until { !links("sign-in", to: "coordinator@example.test").isEmpty })
        let link = try #require(links("sign-in", to: "coordinator@example.test").first)
        #expect(try browser("enter", [link])["title"] as? String == "Tamar Valley")
        #expect(first.stop() == 0)

        // The time for second thoughts is over, and a real server takes the mails.
        let servers = try Servers()
        try servers.folder.write(Servers.password, to: "password")
        try muster.files.replace(
            "pages:", with: servers.mail(port: servers.ports.submission, security: "starttls") + "\npages:",
            in: "muster.yaml")
        let second = try daemon(at: "09:55")
        let approved = try browser("approve", [])
        #expect((approved["shown"] as? String)?.contains("parents' evening") == true, "\(approved)")
        #expect((approved["said"] as? String)?.contains("the mails are on their way") == true, "\(approved)")
        let substitute = try self.lead()
        #expect(substitute != lead)
        // Each gets several mails, in any order.
        let isInvited = try Patience.until {
            try Mailbox.read(substitute, servers).contains { $0.subject.hasPrefix("Invitation: Review") }
        }
        let isToldOff = try Patience.until {
            try Mailbox.read(lead, servers).contains { $0.object?.method == "CANCEL" }
        }
        #expect(isInvited && isToldOff)
        let pages = [
            "/", "/people", "/deadlines", "/polls", "/polls/areas", "/feedback", "/resources", "/cycles/spring",
            "/planner",
            "/replies", "/outbox",
            "/outbox/1", "/calendars", "/history", "/sign-in",
            "/sessions/spring/900001/review", "/sessions/spring/900001/review/why", "/nowhere",
            String(review.dropFirst(base.count)), String(review.dropFirst(base.count)) + "/mine",
        ]
        #expect(try browser("check", pages)["faults"] as? [String] == [])
        #expect(second.stop() == 0)
    }
}

/// Debian's Chromium, driven from outside.
private struct Chromium {
    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "browser.py")
    private let folder: TemporaryDirectory
    private let base: String

    init(base: String) throws {
        folder = try TemporaryDirectory()
        self.base = base
    }

    /// Does something in the browser, and tells what came of it.
    func callAsFunction(_ phase: String, _ arguments: [String]) throws -> [String: Any] {
        let source = try String(contentsOf: Self.script, encoding: .utf8)
        let output = try Subprocess.python(source, [phase, base, folder.path + "/browser.json"] + arguments)
        return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
}
