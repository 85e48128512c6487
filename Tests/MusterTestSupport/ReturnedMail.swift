import Foundation

/// A mail server's report that a mail could not be delivered, or is delayed (RFC 3464).
public enum ReturnedMail {
    /// The report.
    ///
    /// - Parameters:
    ///   - id: the `Message-ID` of the mail; empty for none.
    ///   - address: to which address the report goes.
    ///   - action: `failed` or `delayed`.
    public static func text(
        of id: String, for recipient: String, to address: String = "reviews@example.test", action: String = "failed"
    ) -> String {
        """
        Return-Path: <>
        From: MAILER-DAEMON@mx.example
        To: \(address)
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; \(recipient)
        Action: \(action)
        Status: \(action == "failed" ? "5.1.1" : "4.4.1")
        Diagnostic-Code: smtp; 550 5.1.1 No such user

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <\(id)>
        --b--

        """
    }

    /// The same as bytes, with the line ends of mail.
    public static func data(of id: String, for recipient: String) -> Data {
        Data(text(of: id, for: recipient).replacing("\n", with: "\r\n").utf8)
    }
}
