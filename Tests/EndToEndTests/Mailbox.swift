import Foundation
import MusterTestSupport

/// A participant's mailbox, read over IMAP.
enum Mailbox {
    /// Every mail of a mailbox, in the order of delivery.
    static func read(_ user: String, _ servers: Servers) throws -> [ReadMail] {
        let output = try Subprocess.python(
            script, [String(servers.ports.imaps), servers.authorities, user + "@" + Servers.domain, Servers.password])
        return try ReadMail.read(output.split(separator: "\n").compactMap { Data(base64Encoded: String($0)) })
    }

    /// Waits until a mailbox holds so many mails: IMAP's own IDLE would do no better for a server that answers at once.
    static func read(_ user: String, count: Int, _ servers: Servers) throws -> [ReadMail] {
        var mails: [ReadMail] = []
        _ = try Patience.until {
            mails = try read(user, servers)
            return mails.count >= count
        }
        return mails
    }

    private static let script = """
        import sys, ssl, base64, imaplib
        port, authorities, user, password = sys.argv[1:]
        box = imaplib.IMAP4_SSL('localhost', int(port), ssl_context=ssl.create_default_context(cafile=authorities))
        box.login(user, password)
        box.select('INBOX', readonly=True)
        for number in box.search(None, 'ALL')[1][0].split():
            print(base64.b64encode(box.fetch(number, '(RFC822)')[1][0][1]).decode())
        """
}
