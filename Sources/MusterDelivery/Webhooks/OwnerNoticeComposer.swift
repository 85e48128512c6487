import CivilTime
import Mail
import MusterStore

/// Writes plain mails to those who look after things.
public struct OwnerNoticeComposer: Sendable {
    private let organiser: MailAddress
    private let makeID: @Sendable () -> String

    /// A composer for an organiser.
    ///
    /// - Parameter makeID: makes a name that was never used before.
    public init(organiser: MailAddress, makeID: @escaping @Sendable () -> String) {
        self.organiser = organiser
        self.makeID = makeID
    }

    /// The mail with which somebody signs in to the pages.
    ///
    /// - Parameters:
    ///   - link: the address that signs them in, in the browser in which they asked.
    ///   - code: what they may type there instead.
    ///   - expires: until when both are of use; later the mail is not sent any more.
    public func signIn(
        to recipient: String, link: String, code: String, at now: Instant, expires: Instant
    ) -> OutboxMessage? {
        let text = """
            Somebody, surely you, wants to sign in to the pages of \(organiser.name.isEmpty ? organiser.domain : organiser.name).

            Open this address in the browser in which you asked:

            \(link)

            or type this code there: \(code.prefix(3)) \(code.dropFirst(3))

            Both can be used once, within a quarter of an hour. If it was not you, do nothing:
            nobody gets in without this mail.

            """
        var mail = notice(to: recipient, subject: "Sign in to the review pages", text: text, at: now, expires: expires)
        mail?.reason = "sign-in"
        return mail
    }

    /// A mail; nil for an address that mail cannot be sent to, which config never lets in.
    func notice(
        to recipient: String, subject: String, text: String, topic: OutboxMessage.Topic = .notice, at now: Instant,
        expires: Instant? = nil
    ) -> OutboxMessage? {
        guard let to = MailAddress(address: recipient) else { return nil }
        let id = "\(makeID())@\(organiser.domain)"
        let mail = MailMessage(
            from: organiser, to: to, replyTo: organiser, subject: subject, date: now, messageID: id,
            otherHeaders: MailHeaders.ofReminders,
            body: .text(text, subtype: "plain"))
        var message = OutboxMessage(
            messageID: id, topic: topic, reason: "", recipient: recipient, sender: organiser.address,
            subject: subject, content: MailWriter.write(mail), due: now, created: now, expires: expires)
        message.reason = message.kind.rawValue
        return message
    }
}
