import Foundation
import Mail

/// What people may read of a mail that was to, or from, somebody else.
enum ReadableMail {
    /// Its words; of what is no mail, its text.
    ///
    /// The addresses in it by which its recipient answers, enters a room or signs in are for nobody else.
    static func text(of content: [UInt8]) -> String {
        let mail = MailReader.isMail(content) ? try? MailReader().read(content).mail.plainText : nil
        let text = mail ?? String(decoding: content.prefix(20_000), as: UTF8.self)
        // Wherever they stand: what is quoted may hold them within the address of another site.
        return text.replacing(/[0-9a-f]{40,}/, with: "…")
    }
}
