import CivilTime
import Mail
import MusterModel
import MusterStore

/// Writes mails to be read, of which each may be held until somebody approves of it: what they say stands in extensions.
public struct LetterWriter: Sendable {
    let composer: MessageComposer
    private let needsApproval: Bool
    private let makeID: @Sendable () -> String

    /// A writer.
    ///
    /// - Parameters:
    ///   - needsApproval: whether its mails are held until somebody approves of them.
    ///   - makeID: makes a name that was never used before.
    public init(composer: MessageComposer, needsApproval: Bool = false, makeID: @escaping @Sendable () -> String) {
        self.composer = composer
        self.needsApproval = needsApproval
        self.makeID = makeID
    }

    /// A mail; nil for an address that mail cannot be sent to.
    ///
    /// - Parameter session: the one session that it is about; nil for none or several.
    func write(
        _ text: MailText, to recipient: (name: String, address: String, person: PersonID), reason: String,
        about session: SessionID? = nil, at now: Instant, expires: Instant
    ) -> OutboxMessage? {
        var message = composer.letter(
            text, to: recipient, topic: .reminder(session.map { OutboxMessage.SessionReference(id: $0) }),
            messageID: "\(makeID())@\(composer.organiser.domain)", reason: reason, at: now,
            expires: expires)
        if needsApproval { message?.holdForApproval() }
        return message
    }
}
