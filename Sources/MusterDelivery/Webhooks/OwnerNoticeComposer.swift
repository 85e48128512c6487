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

    /// A mail; nil for an address that mail cannot be sent to, which config never lets in.
    func notice(
        to recipient: String, subject: String, text: String, kind: OutboxMessage.Kind = .notice, at now: Instant,
        expires: Instant? = nil
    ) -> OutboxMessage? {
        guard let to = MailAddress(address: recipient) else { return nil }
        let id = "\(makeID())@\(organiser.domain)"
        let mail = MailMessage(
            from: organiser, to: to, replyTo: organiser, subject: subject, date: now, messageID: id,
            otherHeaders: MailHeaders.ofReminders,
            body: .text(text, subtype: "plain"))
        return OutboxMessage(
            messageID: id, kind: kind, reason: kind.rawValue, recipient: recipient, sender: organiser.address,
            subject: subject, content: MailWriter.write(mail), due: now, created: now, expires: expires)
    }
}
