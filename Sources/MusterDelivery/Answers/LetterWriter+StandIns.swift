import CivilTime
import Mail
import MusterModel
import MusterStore

extension LetterWriter {
    /// A mail that asks somebody whether they could take a seat; nil for an address that mail cannot be sent to.
    ///
    /// - Parameters:
    ///   - details: the first of the sessions, as it is published.
    ///   - address: the page on which they say so.
    public func ask(
        _ person: (name: String, address: String, zone: TimeZoneRules), toStandIn standIn: StandIn,
        at details: SessionDetails, titles: [String], on address: String
    ) -> OutboxMessage? {
        let dates = zip(titles, standIn.seats).map { title, seat in
            "\(title): \(Wording.span(seat.start, seat.end, in: person.zone))"
        }
        let text = MailText(
            subject: "Could you step in? \(details.title)", title: "Could you step in?",
            partnership: details.partnership, cycle: details.cycle,
            opening:
                "A seat has become free, and you would be a good choice as \(Wording.role(standIn.role))\(details.host.map { " at \($0)" } ?? ""). Could you come?",
            rows: [(standIn.seats.count == 1 ? "When" : "Dates", dates), (MailText.answerRow, [address])],
            request:
                "Please say yes or no on the page. Nothing is decided by that: you get an invitation if it comes to it. Whoever says no is not asked for these dates again.",
            reason: details.contact.map {
                "You are receiving this because you take part in \(details.partnership)’s peer reviews. Questions: \($0.name), \($0.address)"
            } ?? "You are receiving this because you take part in \(details.partnership)’s peer reviews.")
        return write(
            text, to: (person.name, person.address, standIn.person), reason: "stand-in", about: details.id,
            at: standIn.asked, expires: standIn.seats.first?.start ?? details.start)
    }
}
