import CivilTime
import Foundation
import Mail
import MusterTestSupport
import Testing

@Suite struct `Reading mails` {
    /// A mail as it is written here, with CRLF.
    private func read(_ text: String) throws -> MailReader.Result {
        try MailReader().read(Array(text.replacing("\n", with: "\r\n").utf8))
    }

    // MARK: What others write

    /// Python's own writer of mails as a source of every transfer encoding and character set.
    private static let writer = """
        import sys, json, base64, email.message, email.policy
        kind, charset, encoding, newline = sys.argv[1:5]
        text = {'utf-8': 'Siân can’t do Thursday – œuvre\\n', 'iso-8859-1': 'Siân, Íosold\\n', 'windows-1252': 'Siân’s – “ok”\\n',
            'iso-8859-15': 'Siân, 5 €\\n', 'koi8-r': 'Привет\\n', 'us-ascii': 'Sian\\n', 'iso-2022-jp': '学校\\n',
            'gb18030': '学校\\n', 'windows-1256': 'سلام\\n'}[charset]
        mail = email.message.EmailMessage(policy=email.policy.SMTP.clone(linesep={'crlf': '\\r\\n', 'lf': '\\n'}[newline], utf8=False, cte_type='8bit'))
        mail['From'] = 'Siân Ŵyn <s.wyn@school.example>'
        mail['Subject'] = 'Re: Gwahoddiad: ' + 'adolygiad yn Ysgol Gynradd ' * 4 + 'ŵyl'
        if kind == 'plain': mail.set_content(text, charset=charset, cte=encoding)
        if kind == 'nested':
            mail.set_content('plain', cte='7bit')
            mail.add_alternative('<p>html</p>', subtype='html')
            mail.add_attachment(text.encode(charset), maintype='application', subtype='octet-stream', filename='Cais – ŵyl.bin')
            inner = email.message.EmailMessage(policy=mail.policy)
            inner['Subject'] = 'inside'
            inner.set_content(text, charset=charset, cte=encoding)
            mail.add_attachment(inner)
        print(json.dumps({'text': text, 'mail': base64.b64encode(mail.as_bytes()).decode()}))
        """

    @Test(arguments: [
        ("utf-8", "base64"), ("utf-8", "quoted-printable"), ("utf-8", "8bit"), ("iso-8859-1", "quoted-printable"),
        ("iso-8859-1", "8bit"), ("windows-1252", "base64"), ("iso-8859-15", "quoted-printable"), ("koi8-r", "base64"),
        ("us-ascii", "7bit"), ("iso-2022-jp", "7bit"), ("gb18030", "base64"),
        ("windows-1256", "quoted-printable"),
    ])
    func `reads every character set and transfer encoding as Python writes them`(
        charset: String, encoding: String
    ) throws {
        for newline in ["crlf", "lf"] {
            let (text, mail) = try written(["plain", charset, encoding, newline])
            #expect(mail.mail.text.replacing("\r\n", with: "\n") == text)
            #expect(mail.mail.header.text("Subject")?.hasSuffix("Gynradd ŵyl") == true)
            #expect(
                mail.mail.header.mailboxes("From") == [MailAddress(name: "Siân Ŵyn", address: "s.wyn@school.example")])
            #expect(mail.remarks.isEmpty)
        }
    }

    @Test func `reads parts inside parts, files and mails inside mails`() throws {
        let (text, result) = try written(["nested", "utf-8", "base64", "crlf"])
        let leaves = result.mail.leaves
        #expect(
            leaves.map(\.header.contentType.value) == [
                "text/plain", "text/html", "application/octet-stream", "text/plain",
            ])
        #expect(leaves[2].filename == "Cais – ŵyl.bin")
        #expect(leaves[2].content == Array(text.utf8))
        #expect(leaves[3].header.contentType["charset"] == "utf-8")
        #expect(leaves[3].text.replacing("\r\n", with: "\n") == text)
        #expect(result.remarks.isEmpty)
    }

    private struct Written: Decodable {
        let text: String
        let mail: Data
    }

    private func written(_ arguments: [String]) throws -> (text: String, MailReader.Result) {
        let output = try Subprocess.python(Self.writer, arguments)
        let written = try JSONDecoder().decode(Written.self, from: Data(output.utf8))
        return (written.text, try MailReader().read(Array(written.mail)))
    }

    @Test func `reads back what it wrote`() throws {
        let text =
            "Dear Siân,\n\n  .a line with a dot\n" + String(repeating: "a very long line ", count: 30) + "= \nlast "
        let object = Array("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".utf8)
        let message = MailMessage(
            from: try #require(MailAddress(name: "Tamar \"T\" reviews, (all)", address: "reviews@partnership.example")),
            to: try #require(MailAddress(name: "عائشہ خان", address: "a.khan@school.example")),
            subject: "Gwahoddiad: " + String(repeating: "🎓", count: 60), date: Instant(seconds: 1_795_510_800),
            messageID: "2@partnership.example", references: ["0@partnership.example", "1@partnership.example"],
            body: .mixed([
                .alternative([
                    .text(text, subtype: "plain"),
                    .data(object, type: "text/calendar; charset=UTF-8; method=REQUEST", filename: nil),
                ]), .data(object, type: "application/ics; name=\"invite.ics\"", filename: "invite.ics"),
            ]))
        let result = try MailReader().read(MailWriter.write(message))
        let header = result.mail.header
        #expect(header.mailboxes("From") == [message.from])
        #expect(header.mailboxes("To") == [message.to])
        #expect(header.text("Subject") == message.subject)
        #expect(header.messageIDs("Message-ID") == [message.messageID])
        #expect(header.messageIDs("References") == message.references)
        #expect(header.messageIDs("In-Reply-To") == ["1@partnership.example"])
        #expect(result.mail.leaves[0].text.replacing("\r\n", with: "\n") == text + "\n")
        #expect(result.mail.calendarParts == [CalendarPart(content: object, method: "REQUEST")])
        #expect(result.remarks.isEmpty)
    }

    // MARK: Calendars

    private static let object = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR"

    @Test(arguments: [
        ("Content-Type: TEXT/CALENDAR; Method=\"reply\"; charset=utf-8", "REPLY"),
        ("Content-Type: text/calendar (an answer); name=\"a;b\"; method = REPLY", "REPLY"),
        ("Content-Type: text/calendar", nil),
        ("Content-Type: application/ics; name=invite.ics", nil),
        (
            "Content-Type: application/octet-stream\nContent-Disposition: attachment;\n filename*0=in; filename*1=vite.ICS",
            nil
        ),
        ("content-type:application/octet-stream;name=\"=?utf-8?B?xbQuaWNz?=\"", nil),
        ("Content-Disposition: attachment; filename*=iso-8859-1'en'Si%E2n.ics", nil),
    ])
    func `finds the calendar of an answer`(header: String, method: String?) throws {
        let mail = try read(
            """
            From: ann@school.example
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="=_a b"

            Nobody reads this.
            --=_a b
            Content-Type: text/plain

            Yes.
            --=_a b
            \(header)

            \(Self.object)
            --=_a b--
            """
        ).mail
        #expect(mail.calendarParts.map(\.method) == [method])
        #expect(
            mail.calendarParts.map { String(decoding: $0.content, as: UTF8.self) } == [
                Self.object.replacing("\n", with: "\r\n")
            ])
    }

    @Test func `prefers the calendar that asks to be acted upon, and takes what comes twice once`() throws {
        let mail = try read(
            """
            Subject: Fwd: Accepted
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: application/ics; name=other.ics

            BEGIN:VCALENDAR
            --outer
            Content-Type: message/rfc822

            Subject: Accepted
            Content-Type: multipart/alternative; boundary=inner

            --inner
            Content-Type: text/calendar; charset=iso-8859-1; method=REPLY
            Content-Transfer-Encoding: quoted-printable

            BEGIN:VCALENDAR=0D=0ACOMMENT:S=E2n=0D=0A
            --inner--
            --outer
            Content-Type: application/ics; name=invite.ics
            Content-Transfer-Encoding: base64

            QkVHSU46VkNBTEVOREFSDQpDT01NRU5UOlPDom4NCg==
            --outer--
            """
        ).mail
        let reply = Array("BEGIN:VCALENDAR\r\nCOMMENT:Sân\r\n".utf8)
        #expect(
            mail.calendarParts == [
                CalendarPart(content: reply, method: "REPLY"),
                CalendarPart(content: Array("BEGIN:VCALENDAR".utf8), method: nil),
            ])
    }

    @Test func `knows what only Outlook reads`() throws {
        #expect(
            try read("From: a@b.example\nContent-Type: application/ms-tnef; name=\"winmail.dat\"\n\nx").mail.holdsTNEF)
        #expect(try !read("From: a@b.example\n\nx").mail.holdsTNEF)
    }

    // MARK: Headers

    @Test(
        arguments: [
            ("ann@school.example", [("", "ann@school.example")]),
            ("Ann Marsh <ANN@school.example>", [("Ann Marsh", "ANN@school.example")]),
            (
                "\"Marsh, Ann\" <ann@school.example>, bob@x.example",
                [
                    ("Marsh, Ann", "ann@school.example"), ("", "bob@x.example"),
                ]
            ),
            ("governors: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
            ("ann@school.example (Ann (the head))", [("", "ann@school.example")]),
            ("=?UTF-8?Q?Si=C3=A2n?= =?UTF-8?Q?_=C5=B4yn?= <s@x.example>", [("Siân Ŵyn", "s@x.example")]),
            ("\"=?iso-8859-1*en?q?Si=E2n?=\" <s@x.example>", [("Siân", "s@x.example")]),
            ("\"evil@x.example\" <ann@school.example>", [("evil@x.example", "ann@school.example")]),
            ("=?UTF-8?B?PGV2aWxAeC5leGFtcGxlPg==?= <ann@school.example>", [("<evil@x.example>", "ann@school.example")]),
            ("\"Ann <ann@school.example>", [("\"Ann", "ann@school.example")]),
            ("<>", []), ("", []), ("undisclosed recipients:;", []),
            ("<@route.example:ann@school.example>", [("", "ann@school.example")]),
        ] as [(String, [(String, String)])])
    func `reads who a mail is from`(value: String, expected: [(String, String)]) throws {
        let mailboxes = try read("From: \(value)\n\nx").mail.header.mailboxes("from")
        #expect(mailboxes.map(\.name) == expected.map(\.0))
        #expect(mailboxes.map(\.address) == expected.map(\.1))
    }

    @Test(arguments: [
        ("=?UTF-8?B?4oKs4oI=?= =?UTF-8?B?rA==?=", "€€"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?a?=\n =?utf-8?q?c?=", "ac"),
        ("=?nonsense?Q?Si=C3=A2n?=", "Siân"),
        ("=?utf-8?X?what?= 1 =? 2 ?=", "=?utf-8?X?what?= 1 =? 2 ?="),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a  Bcc: x"),
        ("Siân", "Siân"),
    ])
    func `undoes encoded words`(value: String, text: String) throws {
        #expect(try read("Subject: \(value)\n\nx").mail.header.text("subject") == text)
    }

    // MARK: What is broken

    @Test(
        arguments: [
            ("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\n\ntwo", ["one", "two"], "no end"),
            ("Content-Type: multipart/mixed\n\n--a\n\none", ["--a\n\none"], "names no boundary"),
            ("Content-Type: multipart/mixed; boundary=a\n\nnothing", ["nothing"], "no end"),
            ("Subject: x\nthis is text", ["this is text"], "without a blank line"),
            ("Content-Transfer-Encoding: x-uuencode\n\nabc", ["abc"], "x-uuencode"),
            ("Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--ab\n--a-\n--a--", ["--ab\n--a-"], nil),
            ("From x@y Mon Jan 11 10:00:00 2027\nSubject: x\n>From y@x Mon\n: y\nDate: z\n\nbox", ["box"], nil),
            ("Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\n\none\n--a\n--a--", ["one"], nil),
            ("Content-Type: multipart/mixed; boundary=a\n\n--a--", [], nil),
            ("Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: x\n\none\n--a--", ["one"], nil),
            (
                "Content-Type: text; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nSi=E2n",
                ["Siân"], nil
            ),
            ("Content-Transfer-Encoding: base64\n\nb25l*\n\ndHdv=\ndGhyZWU", ["onetwothree"], nil),
            (
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n//5TAGkA4gBuAA==",
                ["Siân"], nil
            ),
            ("Content-Transfer-Encoding: quoted-printable\n\na=3db=\nc= \nd=ZZ=", ["a=bcd=ZZ"], nil),
        ] as [(String, [String], String?)])
    func `makes the best of it and says so`(text: String, contents: [String], remark: String?) throws {
        let result = try read(text)
        #expect(result.mail.leaves.map { $0.text.replacing("\r\n", with: "\n") } == contents)
        #expect(result.remarks.count == (remark == nil ? 0 : 1))
        if let remark { #expect(result.remarks.first?.contains(remark) == true) }
    }

    @Test func `reads no more than it should`() throws {
        let deep = (0..<40).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined() + "\nx"
        #expect(try read(deep).remarks.contains { $0.contains("20 deep") })
        let wide =
            "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: 500) + "--b--"
        #expect(try read(wide).mail.leaves.count == 100)
        #expect(
            try read("Subject: \(String(repeating: "x", count: 2 << 20))\n\nx").remarks.contains {
                $0.contains("headers")
            })
        var limits = MailReader.Limits()
        limits.bytes = 3
        #expect(throws: MailReader.Failure.tooLarge(limit: 3)) {
            try MailReader(limits: limits).read(Array("a: b".utf8))
        }
        #expect(throws: MailReader.Failure.notAMail) { try MailReader().read(Array("BEGIN VCALENDAR\n".utf8)) }
        #expect(throws: MailReader.Failure.notAMail) { try MailReader().read([]) }
    }

    @Test(arguments: [
        ("Subject: ", "(", 200_000), ("Subject: ", "=?", 200_000), ("From: ", "\"\\", 200_000),
        ("From: ", ",", 400_000),
        ("From: ", "\"a\"", 100_000), ("Subject: ", "=?utf-8?q?a?= ", 50_000),
        ("Content-Type: a/b", ";a*0=\"", 50_000),
    ])
    func `goes through long headers once`(name: String, repeated: String, count: Int) throws {
        // Whatever grew with the square of the length would take minutes here.
        let header = try read(name + String(repeating: repeated, count: count) + "\n\nx").mail.header
        let values = ["Subject", "From"].flatMap(header.mailboxes)
        #expect(values.isEmpty)
        #expect(header.text("Subject").map { !$0.isEmpty } ?? true)
        #expect(header.contentType.value.contains("/"))
    }

    @Test func `reads base64 of a hundred thousand pieces in one go`() throws {
        let text = "Content-Transfer-Encoding: base64\n\n" + String(repeating: "YQ==A=YWI=", count: 100_000)
        #expect(try MailReader().read(Array(text.utf8)).mail.text == String(repeating: "aab", count: 100_000))
    }

    @Test func `tells mails from calendars`() {
        #expect(MailReader.isMail(Array("Return-Path: <>\r\nFrom: a@b.example\r\n\r\n".utf8)))
        #expect(MailReader.isMail(Array("From x@y Mon Jan 11\nReceived: by x\n\n".utf8)))
        #expect(!MailReader.isMail(Array("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n".utf8)))
        #expect(!MailReader.isMail(Array("<!DOCTYPE html>".utf8)))
        #expect(!MailReader.isMail([]))
    }
}
