import Foundation
import MusterTestSupport
import Testing

@Suite struct `Answers in a mailbox on a mail server` {
    /// Dovecot with one mailbox, over TLS, which delivers what lies in its Maildir.
    private final class Dovecot: Sendable {
        let folder: TemporaryDirectory
        let port: Int
        private let process: Process

        /// - Parameter tokens: the port of a server that knows the tokens by which people sign in; nil for a password.
        init(tokens: Int? = nil) throws {
            folder = try TemporaryDirectory()
            port = try LoopbackPort.free(1)[0]
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
            try Servers.makeCertificates(folder)
            let path = try folder.write(
                """
                protocols = imap
                listen = 127.0.0.1
                base_dir = \(folder.path)/run
                state_dir = \(folder.path)/state
                log_path = \(folder.path)/log
                ssl = required
                ssl_cert = <\(folder.path)/server.crt
                ssl_key = <\(folder.path)/server.key
                mail_location = maildir:\(folder.path)/Maildir
                first_valid_uid = 1
                mail_uid = mail
                mail_gid = mail
                mbox_write_locks = fcntl
                \(try Self.proof(folder, tokens))
                userdb {
                  driver = static
                  args = uid=mail gid=mail home=\(folder.path)
                }
                service imap-login {
                  inet_listener imap {
                    port = 0
                  }
                  inet_listener imaps {
                    address = 127.0.0.1
                    port = \(port)
                    ssl = yes
                  }
                }
                """, to: "dovecot.conf")
            for name in ["new", "cur", "tmp"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path + "/Maildir/" + name, withIntermediateDirectories: true)
            }
            process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/sbin/dovecot")
            process.arguments = ["-F", "-c", path]
            process.standardError = FileHandle.nullDevice
            try own()
            try process.run()
            try LoopbackPort.waitForAnswer(on: port)
        }

        deinit { process.end() }

        private static func proof(_ folder: TemporaryDirectory, _ tokens: Int?) throws -> String {
            guard let tokens else { return "passdb {\n  driver = static\n  args = password=secret\n}" }
            let file = try folder.write(
                """
                introspection_mode = get
                introspection_url = http://127.0.0.1:\(tokens)/introspect?token=
                username_attribute = email
                active_attribute = active
                active_value = true
                """, to: "oauth2.conf.ext")
            return
                "auth_mechanisms = xoauth2\npassdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = \(file)\n}"
        }

        func own() throws { _ = try Subprocess.run("/bin/chown", ["-R", "mail:mail", folder.path + "/Maildir"]) }

        func deliver(_ mail: String, as name: String) throws {
            try folder.write(mail.replacing("\n", with: "\r\n"), to: "Maildir/tmp/\(name)")
            try own()
            try FileManager.default.moveItem(
                atPath: folder.path + "/Maildir/tmp/\(name)", toPath: folder.path + "/Maildir/new/\(name)")
        }

        /// The names of the files in a mailbox; those that were seen have an S.
        func mails(in mailbox: String) -> [String] {
            let base = folder.path + "/Maildir" + (mailbox.isEmpty ? "" : "/.\(mailbox)")
            return ["new", "cur"].flatMap {
                (try? FileManager.default.contentsOfDirectory(atPath: "\(base)/\($0)")) ?? []
            }.sorted()
        }
    }

    private struct Session: Decodable {
        struct Details: Decodable {
            struct Participant: Decodable {
                let address: String
                let part: String
            }
            let id: String
            let participants: [Participant]
        }
        let uid: String
        let details: Details
    }

    private func reply(_ uid: String, from address: String, _ status: String) -> String {
        """
        From: \(address)
        Subject: \(status)
        Content-Type: text/calendar; method=REPLY

        BEGIN:VCALENDAR
        VERSION:2.0
        METHOD:REPLY
        BEGIN:VEVENT
        UID:\(uid)
        SEQUENCE:0
        DTSTAMP:20261124T100000Z
        ATTENDEE;PARTSTAT=\(status):mailto:\(address)
        END:VEVENT
        END:VCALENDAR

        """
    }

    private static let isRoot = geteuid() == 0

    /// A programme that is published, and reads the answers of a mailbox.
    ///
    /// - Parameter proof: the lines that say how it signs in, with a secret in `file:secret`.
    private func programme(_ dovecot: Dovecot, proof: [String], secret: String) throws -> MusterProgram {
        let mailbox = [
            "host: localhost", "port: \(dovecot.port)", "user: reviews",
            "authorities: \(dovecot.folder.path)/ca.crt", "processed: Processed",
        ]
        let lines = ["answers:", "  imap:"] + (mailbox + proof).map { "    " + $0 }
        let programme = MusterProgram(files: try ProgrammeFiles(operator: lines.joined(separator: "\n")))
        try programme.files.folder.write(secret, to: "config/secret")
        _ = try programme("apply", "--yes")
        return programme
    }

    private func review(of programme: MusterProgram) throws -> Session {
        let exported = try programme("export", "json").output
        let sessions = try JSONDecoder().decode([Session].self, from: Data(exported.utf8))
        return try #require(sessions.first { $0.details.id.hasSuffix("/review") })
    }

    @Test(.enabled(if: isRoot, "Dovecot must be started by root"))
    func `are taken as they come, moved away unread, and once, whatever breaks between`() throws {
        let dovecot = try Dovecot()
        let programme = try programme(dovecot, proof: ["password: file:secret"], secret: "secret")
        _ = try programme("send")
        let review = try review(of: programme)
        let people = review.details.participants
        try dovecot.deliver(reply(review.uid, from: people[0].address, "ACCEPTED"), as: "1")
        try dovecot.deliver("From: someone@example.test\nSubject: Hello\n\nHow are you?\n", as: "2")

        func answered(_ count: Int) throws {
            var status = ""
            let isAnswered = try Patience.until {
                status = try programme("status").output
                return status.contains("\(count) accepted")
            }
            #expect(isAnswered, "\(status)")
        }
        let daemon = try DaemonProcess(programme.files)
        _ = try daemon.wait(for: "READY=1")
        try answered(1)
        // The server tells of the next one by itself.
        try dovecot.deliver(reply(review.uid, from: people[1].address, "ACCEPTED"), as: "3")
        try answered(2)
        let moved = dovecot.mails(in: "Processed")
        #expect(moved.count == 3 && dovecot.mails(in: "").isEmpty, "\(moved) \(dovecot.mails(in: ""))")
        #expect(moved.allSatisfy { !$0.hasSuffix("S") }, "nobody has read them: \(moved)")
        #expect(try programme("replies", "--all").output.split(separator: "\n").count == 6)
        #expect(daemon.stop() == 0)
    }

    /// Gives tokens as Microsoft does, and tells Dovecot whose they are; it ends with the value.
    private final class TokenServer: Sendable {
        let port: Int
        private let process = Process()

        init() throws {
            port = try LoopbackPort.free(1)[0]
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "-c", Self.script, "\(port)"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            try LoopbackPort.waitForAnswer(on: port)
        }

        deinit { process.end() }

        private static let script = """
            import http.server, json, secrets, sys, urllib.parse
            given = set()
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                    assert form["grant_type"] == ["client_credentials"] and form["client_secret"] == ["s3cret"]
                    token = secrets.token_urlsafe(40); given.add(token)
                    self.say({"token_type": "Bearer", "expires_in": 3600, "access_token": token})
                def do_GET(self):
                    token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("token", [""])[0]
                    self.say({"active": token in given, "email": "reviews"})
                def say(self, value):
                    body = json.dumps(value).encode()
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *a): pass
            http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
            """
    }

    @Test(.enabled(if: isRoot, "Dovecot must be started by root"))
    func `are read with a token where the server wants one`() throws {
        let tokens = try TokenServer()
        let dovecot = try Dovecot(tokens: tokens.port)
        let proof = [
            "microsoft365:", "  tenant: school.example", "  client: 1234", "  secret: file:secret",
            "  token-url: http://127.0.0.1:\(tokens.port)/token",
        ]
        let programme = try programme(dovecot, proof: proof, secret: "s3cret")
        try dovecot.deliver("From: someone@example.test\nSubject: Hello\n\nHow are you?\n", as: "1")
        let daemon = try DaemonProcess(programme.files)
        #expect(Patience.until { dovecot.mails(in: "Processed").count == 1 }, "\(daemon.log)")
        #expect(daemon.stop() == 0)
        #expect(try programme("replies").output.contains("Hello"))
    }

    /// How many mails lie in the mailbox when the program comes: a year's, where somebody has the time.
    private static let many = ProcessInfo.processInfo.environment["MUSTER_MAILS"].flatMap { Int($0) } ?? 60

    @Test(.enabled(if: isRoot, "Dovecot must be started by root"))
    func `are each taken once from a full mailbox, however often the program is killed`() throws {
        let dovecot = try Dovecot()
        let programme = try programme(dovecot, proof: ["password: file:secret"], secret: "secret")
        _ = try programme("send")
        let review = try review(of: programme)
        let people = review.details.participants
        for number in 0..<Self.many {
            let person = people[number % people.count].address
            let mail =
                switch number % 3 {
                case 0: "From: someone@example.test\nSubject: \(number)\n\nHow are you?\n"
                case 1: "From: news@example.test\nList-Id: <n.example>\nSubject: \(number)\n\nBuy\n"
                default: "Message-ID: <\(number)@client.example>\n" + reply(review.uid, from: person, "ACCEPTED")
                }
            try dovecot.folder.write(mail.replacing("\n", with: "\r\n"), to: "Maildir/new/\(number)")
        }
        try dovecot.own()

        var random = SeededGenerator(seed: 1)
        for _ in 0..<4 {
            let before = dovecot.mails(in: "Processed").count
            let daemon = try DaemonProcess(programme.files)
            // Within a tenth of what is left, so that every kill hits it at work.
            let goal = before + Int.random(in: 1...max(1, (Self.many - before) / 5), using: &random)
            #expect(Patience.until { dovecot.mails(in: "Processed").count >= goal }, "\(daemon.log)")
            kill(daemon.process.processIdentifier, SIGKILL)
            daemon.process.waitUntilExit()
        }
        let daemon = try DaemonProcess(programme.files)
        var left = dovecot.mails(in: "").count
        while left > 0 {
            let before = left
            try #require(
                Patience.until {
                    left = dovecot.mails(in: "").count
                    return left < before
                }, "\(daemon.log)")
        }
        #expect(daemon.stop() == 0)
        #expect(dovecot.mails(in: "Processed").count == Self.many)
        let taken = try programme("replies", "--all", "--json").output
        struct Taken: Decodable {
            let number: Int
            let state: String
            let subject: String
        }
        let mails = try JSONDecoder().decode([Taken].self, from: Data(taken.utf8))
        #expect(mails.count == Self.many, "each in one state, none twice")
        let plain = mails.map(\.subject).filter { Int($0) != nil }
        #expect(Set(plain).count == plain.count)
        #expect(Set(mails.map(\.state)) == ["applied", "ignored", "waiting"])
    }
}
