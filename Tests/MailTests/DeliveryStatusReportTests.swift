import Mail
import Testing

@Suite struct `A mail that came back` {
    struct Bounce: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let outcome: DeliveryStatusReport.Outcome?
        var address = "jay@school.example"
        var words = ""
        var messageID: String? = "42@reviews.example"
    }

    /// As servers write them; made for this test.
    static let bounces = [
        Bounce(
            testDescription: "with a report and the mail",
            text: """
                Return-Path: <>
                From: MAILER-DAEMON@mx.school.example (Mail Delivery System)
                Content-Type: multipart/report; report-type=delivery-status; boundary="b"

                --b

                I'm sorry to have to inform you that your message could not be delivered.
                --b
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.school.example
                Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0000

                Final-Recipient: rfc822; Jay.P@school.example
                Original-Recipient: rfc822;Jay@School.example
                Action: failed
                Status: 5.1.1
                Diagnostic-Code: smtp; 550 5.1.1 No such user here

                --b
                Content-Type: message/rfc822

                From: reviews@reviews.example
                Message-ID: <42@reviews.example>
                Subject: Invitation

                Please come
                --b--
                """, outcome: .failed, words: "550 5.1.1 No such user here"),
        Bounce(
            testDescription: "with a report and the header alone, delayed",
            text: """
                From: postmaster@mx.example
                Content-Type: multipart/report; boundary=b; report-type="delivery-status"

                --b
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.example

                Final-Recipient: rfc822; jay@school.example
                Action: delayed
                Status: 4.4.1

                --b
                Content-Type: text/rfc822-headers

                Message-ID: <42@reviews.example>
                Subject: Invitation
                --b--
                """, outcome: .delayed, words: "4.4.1"),
        Bounce(
            testDescription: "with headers in letters of any script, and the name that another server gave",
            text: """
                From: Mail Delivery Subsystem <mailer-daemon@mail.example>
                Content-Type: multipart/report; boundary=b; report-type=delivery-status

                --b
                Content-Type: message/global-delivery-status

                Reporting-MTA: dns; mail.example

                Final-Recipient: utf-8; jay@school.example
                Action: failed
                Status: 5.4.1
                Diagnostic-Code: smtp; 550 5.4.1 Access denied

                --b
                Content-Type: message/global-headers

                X-Original-Message-ID: <42@reviews.example>
                Message-ID: <other@mail.example>
                --b--
                """, outcome: .failed, words: "550 5.4.1 Access denied"),
        Bounce(
            testDescription: "in words, with the addresses in a field",
            text: """
                Return-Path: <>
                From: Mail Delivery System <Mailer-Daemon@mx.example>
                X-Failed-Recipients: Jay@school.example
                Auto-Submitted: auto-replied

                A message that you sent could not be delivered to one or more of its recipients.

                  jay@school.example
                    host mx.school.example: 550 Unrouteable address

                ------ This is a copy of your message. ------
                Message-ID: <42@reviews.example>
                Subject: Invitation
                """, outcome: .failed, words: "host mx.school.example: 550 Unrouteable address"),
        Bounce(
            testDescription: "in words alone",
            text: """
                From: MAILER-DAEMON@outlook.example
                In-Reply-To: <42@reviews.example>

                Your message could not be delivered (5.1.10): the address does not exist.
                """, outcome: .failed, address: "",
            words: "Your message could not be delivered (5.1.10): the address does not exist."),
        Bounce(
            testDescription: "that says only that it arrived",
            text: """
                From: MAILER-DAEMON@mx.example
                Content-Type: multipart/report; boundary=b; report-type=delivery-status

                --b
                Content-Type: message/delivery-status

                Final-Recipient: rfc822; jay@school.example
                Action: relayed
                Status: 2.0.0
                --b--
                """, outcome: .other, words: "2.0.0", messageID: nil),
        Bounce(
            testDescription: "no: a person's mail about a code",
            text: "From: Ann <ann@school.example>\n\nRoom 5.1.1 is free, and 550 people come.", outcome: nil),
        Bounce(
            testDescription: "no: a mail without a sender, as automatic answers are",
            text: "Return-Path: <>\nFrom: Ann <ann@school.example>\n\nI am away until 5.1.27", outcome: nil),
    ]

    @Test(arguments: bounces)
    func `says for whom, why, and which it was`(bounce: Bounce) throws {
        for newline in ["\n", "\r\n"] {
            let text = bounce.text.replacing("\n", with: newline)
            let report = try MailReader().read(Array(text.utf8)).mail.deliveryStatusReport
            guard let outcome = bounce.outcome else {
                #expect(report == nil)
                continue
            }
            let recipient = try #require(report?.recipients.first)
            #expect(recipient.outcome == outcome && recipient.address == bounce.address)
            #expect(recipient.words == bounce.words)
            #expect(report?.messageIDs.first == bounce.messageID)
        }
    }

    @Test(arguments: [
        ("mx.example; dmarc=pass header.from=school.example", ["dmarc pass header.from=school.example"]),
        (
            "MX.example 1; dkim=pass (2048 bits; good) header.d=School.example header.i=@school.example; spf=fail smtp.mailfrom=x@y.example",
            ["dkim pass header.d=school.example header.i=@school.example", "spf fail smtp.mailfrom=x@y.example"]
        ),
        ("mx.example; none", []), ("mx.example", []), ("", nil), ("other.example; dmarc=pass", nil),
        ("mx.example; auth/1=pass smtp.auth=\"a b\"; =x; y=", ["auth pass smtp.auth=a", "y "]),
    ])
    func `and what a server found out about a sender, are read whatever stands there`(
        value: String, findings: [String]?
    ) throws {
        let text = "From: a@school.example\nAuthentication-Results: \(value)\n\nx"
        let header = try MailReader().read(Array(text.utf8)).mail.header
        let results = header.authenticationResults(of: "mx.example")
        let found = results?.findings.map { finding in
            ([finding.method, finding.result] + finding.properties.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })
                .joined(separator: " ")
        }
        #expect(found == findings)
    }

    @Test func `is not what somebody wrote above a quotation`() throws {
        let texts = [
            (
                "I can't do Thursday.\nSorry!\n\nOn Tue, 24 Nov 2026, Reviews wrote:\n> Please come",
                "I can't do Thursday. Sorry!"
            ),
            ("> Please come\nyes", ""), ("Yes\n-- \nAnn", "Yes"), ("", ""),
            ("UNDO\n\n________________________________\nFrom: Reviews\nYou have declined", "UNDO"),
        ]
        for (text, own) in texts {
            let mail = try MailReader().read(Array("From: a@b.example\n\n\(text)".utf8)).mail
            #expect(mail.ownText == own)
        }
    }
}
