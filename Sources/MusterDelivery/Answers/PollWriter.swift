import CivilTime
import Mail
import MusterModel
import MusterStore

/// Writes to those who are asked in a poll.
public struct PollWriter: Sendable {
    private let composer: MessageComposer
    private let needsApproval: Bool
    private let makeID: @Sendable () -> String

    /// A writer.
    ///
    /// - Parameter needsApproval: whether its mails are held until somebody approves of them.
    public init(composer: MessageComposer, needsApproval: Bool, makeID: @escaping @Sendable () -> String) {
        self.composer = composer
        self.needsApproval = needsApproval
        self.makeID = makeID
    }

    /// A mail that asks somebody, with a link of their own; nil for an address that mail cannot be sent to.
    ///
    /// - Parameters:
    ///   - partnership: whose poll it is; nil for one of the whole programme.
    ///   - closes: when answers are taken no more.
    public func ask(
        _ person: Person, in poll: Poll, at address: String, reminding isReminder: Bool,
        partnership: Partnership?, closes: Instant, now: Instant
    ) -> OutboxMessage? {
        let last = Wording.longDay(poll.dates.upperBound)
        let contact = partnership?.coordinator.map { " Questions: \($0.name), \($0.address)" } ?? ""
        let many = poll.mostChoices == 1 ? "choose one" : "choose up to \(poll.mostChoices)"
        let text = MailText(
            subject: isReminder
                ? "Until \(Wording.day(poll.dates.upperBound)): \(poll.title)" : "We ask you: \(poll.title)",
            title: poll.title, partnership: partnership?.name ?? "Peer reviews", cycle: "poll",
            opening: isReminder ? "There is still time to say what you think. \(poll.question)" : poll.question,
            rows: (poll.note.isEmpty ? [] : [("About", [poll.note])])
                + [
                    ("Choices", poll.choices.map(\.text)), (MailText.answerRow, [address]),
                    ("Open until", [last]),
                ],
            request:
                "Please \(many) on the page; it takes a minute and needs no account. You can change your answer there until \(last).",
            reason:
                "You are receiving this because you take part in peer reviews. Your coordinator reads how many chose what.\(contact)"
        )
        var message = composer.letter(
            text, to: (person.name, person.address, person.id), messageID: "\(makeID())@\(composer.organiser.domain)",
            reason: isReminder ? "poll-reminder" : "poll", at: now, expires: closes)
        if needsApproval { message?.holdForApproval() }
        return message
    }
}
