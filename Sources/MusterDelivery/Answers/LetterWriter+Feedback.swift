import CivilTime
import Mail
import MusterModel
import MusterStore

extension LetterWriter {
    /// A mail that thanks somebody for coming and asks how it was; nil for an address that mail cannot be sent to.
    ///
    /// - Parameters:
    ///   - address: the page with the form.
    ///   - resources: what helps to go on, line by line.
    ///   - closes: when answers are taken no more.
    public func ask(
        _ person: SessionDetails.Participant, about session: PublishedSession, at address: String, resources: [String],
        reminding isReminder: Bool, closes: Instant, now: Instant
    ) -> OutboxMessage? {
        let details = session.details
        let zone = TimeZoneDatabase.system[person.zone ?? details.zone] ?? .utc
        let last = Wording.longDay(zone.local(closes - 1).date)
        let text = MailText(
            subject: isReminder
                ? "Still open: how was the \(Wording.inSentence(details.title))?" : "How was it? \(details.title)",
            title: isReminder ? "How was it?" : "Thank you for coming", partnership: details.partnership,
            cycle: details.cycle,
            opening: isReminder
                ? "If you have two minutes: we would still like to hear how the session was for you."
                : "Thank you for giving your time. Two minutes more help to make the next session better.",
            rows: [
                ("Session", [details.title]), ("When", [Wording.span(details.start, details.end, in: zone)]),
                ("The form", [address]), ("Open until", [last]),
            ] + (resources.isEmpty ? [] : [("To go on", resources)]),
            request:
                "Your answers are kept apart from your name, and nobody sees any before \(last). In a small team others may still guess who wrote what.",
            reason: "You are receiving this because you were asked to this session.")
        return write(
            text, to: (person.name, person.address, person.person),
            reason: isReminder ? "feedback-reminder" : "feedback", about: details.id, at: now, expires: closes)
    }
}
