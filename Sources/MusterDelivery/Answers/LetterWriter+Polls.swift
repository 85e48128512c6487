import CivilTime
import Mail
import MusterModel
import MusterStore

extension LetterWriter {
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
        return write(
            text, to: (person.name, person.address, person.id), reason: isReminder ? "poll-reminder" : "poll", at: now,
            expires: closes)
    }
}
