import CivilTime
import MusterModel

/// What somebody is reminded of that is due beside a session, in words.
struct DeadlineWording {
    let deadline: Deadline
    let due: Instant
    let session: SessionDetails
    /// Where the recipient says that it is done; nil where they cannot.
    var link: String?

    var text: MailText {
        let zone = TimeZoneDatabase.system[session.zone] ?? .utc
        let host = session.host.map { " for \($0)" } ?? ""
        let day = Wording.longDay(zone.local(due).date)
        let time = "\(zone.local(due).time) (\(Wording.zone(session.zone)))"
        let relation = deadline.schoolDays < 0 ? "before" : "after"
        let questions = session.contact.map { " Questions: \($0.name), \($0.address)" } ?? ""
        return MailText(
            subject: "Reminder: \(deadline.name)\(host), due \(Wording.moment(due, in: zone))",
            title: deadline.name + host, partnership: session.partnership, cycle: session.cycle,
            opening: "Please see to this by \(day), \(time): \(deadline.name)\(host).",
            rows: [
                ("Due", ["\(day), \(time)"]),
                ("For", ["\(session.title), \(Wording.span(session.start, session.end, in: zone))"]),
            ] + (deadline.note.isEmpty ? [] : [("What", [deadline.note])])
                + (link.map { [("It is done", [$0])] } ?? []),
            request: "If that is not possible, please say so now by replying to this email.",
            reason: """
                You are receiving this because you take part in the review \(relation) which it is needed.\(questions)
                """)
    }
}
