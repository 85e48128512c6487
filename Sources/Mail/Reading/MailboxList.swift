/// Lists of mailboxes (RFC 5322 §3.4): `"Marsh, Ann" <ann@school.example>, governors: a@x.example, b@x.example;`.
enum MailboxList {
    static func parse(_ text: String) -> [MailAddress] {
        var scanner = StructuredScanner(text)
        var mailboxes: [MailAddress] = []
        while !scanner.isAtEnd {
            let name = scanner.until("<", ",", ";", ":")
            if scanner.skip("<") {
                let address = scanner.until(">")
                // A route, as mails of another time have it, stands before a colon.
                let mailbox = address.split(separator: ":").last.map(String.init) ?? ""
                if let found = self.mailbox(name, mailbox) { mailboxes.append(found) }
                _ = scanner.until(",", ";")
            } else if !scanner.skip(":"), let found = mailbox("", name) {
                mailboxes.append(found)
            }
            _ = scanner.skip(",") || scanner.skip(";")
        }
        return mailboxes
    }

    private static func mailbox(_ name: String, _ address: String) -> MailAddress? {
        MailAddress(name: EncodedWords.decode(name), address: address.filter { !$0.isWhitespace })
    }
}
