import CivilTime
import Foundation
import Mail
import MusterTestSupport
import Testing

@Suite struct `Writing mails` {
    private func message(
        subject: String = "Invitation", name: String = "Ann Marsh", body: MIMEPart = .text("hello", subtype: "plain")
    ) throws -> MailMessage {
        MailMessage(
            from: try #require(MailAddress(name: "Tamar reviews", address: "reviews@partnership.example")),
            to: try #require(MailAddress(name: name, address: "a.marsh@school.example")), subject: subject,
            date: Instant(seconds: 1_795_510_800), messageID: "1@partnership.example",
            references: ["0@partnership.example"], body: body)
    }

    /// Python's own reader of mails as an oracle.
    private static let reader = """
        import sys, email, email.policy, json
        mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
        def parts(mail): return [[part.get_content_type(), part.get_content() if part.get_content_maintype() == 'text' else part.get_payload(decode=True).decode()] for part in mail.walk() if not part.is_multipart()]
        to = mail['To'].addresses[0]
        print(json.dumps({'subject': mail['Subject'], 'name': to.display_name, 'address': to.addr_spec, 'date': mail['Date'].datetime.isoformat(), 'headers': sorted(set(mail.keys())), 'defects': [str(d) for d in mail.defects], 'parts': parts(mail)}))
        """

    private struct Seen: Decodable {
        let subject: String
        let name: String
        let address: String
        let date: String
        let headers: [String]
        let defects: [String]
        let parts: [[String]]
    }

    private func read(_ bytes: [UInt8]) throws -> Seen {
        try JSONDecoder().decode(Seen.self, from: Data(Subprocess.python(Self.reader, input: Data(bytes)).utf8))
    }

    @Test(arguments: [
        ("Invitation: Pre-review at Oakford Primary, Wed 13 Jan 2027, 14:00", "Ann Marsh"),
        (
            "Gwahoddiad: adolygiad yn Ysgol Gynradd Llanfair­pwllgwyngyll gyda disgyblion ŵyl y Nadolig a'r flwyddyn newydd",
            "Siân Llywelyn-Ŵyn"
        ),
        ("Cuireadh chuig Ó Súilleabháin", "Máire Ní Dhomhnaill, Príomhoide"),
        ("دعوت نامہ: جائزہ اجلاس", "عائشہ \"Ayesha\" خان"),
        ("=?UTF-8?Q?not_encoded?=", "O'Neill; Pat <head>"), ("Invitation", "=?UTF-8?Q?Not_Encoded?="),
        (String(repeating: "🎓", count: 60), String(repeating: "ü", count: 15)),
        (String(repeating: "Oakford", count: 20), "Ann"),
    ])
    func `keeps subjects and names in any script`(subject: String, name: String) throws {
        let bytes = MailWriter.write(try message(subject: subject, name: name))
        let seen = try read(bytes)
        #expect(seen.subject == subject)
        #expect(seen.name == name)
        #expect(seen.address == "a.marsh@school.example")
        #expect(seen.defects.isEmpty)
        #expect(bytes.allSatisfy { $0 < 0x80 })
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
    }

    @Test func `gives every part back as it was`() throws {
        let text =
            "Dear Siân,\n\n  .a line with a dot\n" + String(repeating: "a very long line ", count: 30) + "= \nlast "
        let body = MIMEPart.mixed([
            .alternative([
                .text(text, subtype: "plain"), .text("<p>ŵ</p>", subtype: "html"),
                .data(
                    Array("BEGIN:VCALENDAR\r\n".utf8), type: "text/calendar; charset=UTF-8; method=REQUEST",
                    filename: nil),
            ]),
            .data(
                Array("BEGIN:VCALENDAR\r\n".utf8), type: "application/ics; name=\"invite.ics\"", filename: "invite.ics"),
        ])
        let seen = try read(MailWriter.write(try message(body: body)))
        #expect(seen.parts.map { $0[0] } == ["text/plain", "text/html", "text/calendar", "application/ics"])
        #expect(seen.parts[0][1].replacing("\r\n", with: "\n") == text + "\n")
    }

    @Test func `is the same bytes every time`() throws {
        #expect(MailWriter.write(try message()) == MailWriter.write(try message()))
    }

    @Test(arguments: ["Invitation\r\nBcc: someone@evil.example", "a\nb", "\u{0}x\r\n\r\nbody"])
    func `lets no data begin a header`(subject: String) throws {
        let seen = try read(MailWriter.write(try message(subject: subject, name: subject)))
        #expect(!seen.headers.contains("Bcc"))
        #expect(!seen.subject.contains("\n"))
    }

    @Test(arguments: ["a@b.example", "a.b+c@b.example", "o'neill@b.example", "siân@ysgol.example", "校長@学校.example"])
    func `accepts addresses that schools use`(address: String) {
        #expect(MailAddress(address: address) != nil)
    }

    @Test(arguments: [
        "", "a", "a@", "@b", "a@b@c", "a b@c.d", "a@b.c\r\nRCPT TO:<x@y.z>", "a@b..c", "\"a\"@b.c", "a,b@c.d",
        "<a@b.c>", ".a@b.c", "a@-b.c", "a\u{202E}b@c.d", "a\u{A0}b@c.d", "a\u{200B}@c.d", "a😀@c.d",
    ])
    func `refuses addresses that could be anything else`(address: String) {
        #expect(MailAddress(address: address) == nil)
    }
}
