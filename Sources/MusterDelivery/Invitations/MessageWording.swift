import CivilTime
import MusterModel
import MusterStore

/// What one person is told about one session, in words.
struct MessageWording {
    let kind: SessionMailKind
    let notification: ChangeSet.Notification
    let details: SessionDetails
    /// The host's zone.
    let zone: TimeZoneRules
    /// What changed; for a cancellation, why it is one and what follows.
    let changes: [String]
    /// When it is written.
    let at: Instant
    /// Other sessions of the same track to which the recipient comes.
    let others: [SessionDetails]
    /// Where the recipient can answer on a page; nil where they cannot.
    var link: String?
    /// Where the recipient, who runs the event, says who was there; nil for anybody else.
    var attendance: String?
    /// What helps the recipient to prepare, line by line.
    var resources: [String] = []

    private var recipient: SessionDetails.Participant { notification.recipient }

    /// The recipient's zone.
    private var ownZone: TimeZoneRules { recipient.zone.flatMap { TimeZoneDatabase.system[$0] } ?? zone }

    /// Whether the recipient's clocks show another time than the host's.
    private var isElsewhere: Bool { ownZone.offset(at: details.start) != zone.offset(at: details.start) }

    var subject: String {
        let action =
            switch kind {
            case .invitation: "Invitation"
            case .update: "Updated"
            case .cancellation: "Cancelled"
            case .reminder: "Reminder"
            }
        return "\(action): \(details.title), \(Wording.moment(details.start, in: ownZone))"
    }

    var opening: String {
        switch (kind, notification.reason) {
        case (.cancellation, .left) where details.dates != nil && recipient.role == "invited":
            "The invitation to the \(title) on \(moment) is withdrawn. If you come on another date, you get an invitation to that."
        case (.cancellation, .left):
            "Your place in the \(title) on \(moment) has been taken by someone else, so you do not need to come. Thank you for offering your time."
        case (.cancellation, .readdressed):
            "From now on we write to your other address about the \(title) on \(moment). This entry is only withdrawn here; you are still expected."
        case (.cancellation, _):
            (["We are sorry: the \(title) on \(moment) will not take place."] + changes).joined(separator: " ")
        case (.update, _): "There is a change to the \(title). The full, up-to-date details are below."
        case (.reminder, _): "The \(title) is on \(moment)."
        case (.invitation, _): invitation
        }
    }

    /// What stands above: the session, and where it is over for the recipient, that.
    var heading: String {
        switch (kind, notification.reason) {
        case (.cancellation, .left): "No longer needed: \(details.title)"
        case (.cancellation, .cancelled): "Cancelled: \(details.title)"
        default: details.title
        }
    }

    private var invitation: String {
        let isRunByChampion = details.participants.contains { $0.role == "champion" }
        switch recipient.role {
        case "host": return "We would like to hold your school’s \(stage) on \(moment). You represent the school."
        case "champion": return "You are asked to run the \(title)."
        case "lead" where !isRunByChampion: return "You are asked to lead the \(title)."
        case "trainer": return "Thank you for running “\(details.title)”. Here is its date."
        case "invited" where details.host == nil:
            let places = details.places.map { " There are \($0) places: first come, first served." } ?? ""
            let dates = details.dates.map { " It takes place on \($0) dates; \(choice)" } ?? ""
            return "You are invited to “\(details.title)”.\(places)\(dates)"
        case "invited":
            return
                "You are invited to the \(title). Your being there is welcome, and the session does not depend on it."
        default: return "You are asked to take part in the \(title) as \(Wording.role(recipient.role))."
        }
    }

    /// How somebody comes on another date.
    private var choice: String {
        link == nil
            ? "if another suits you better, reply to this email."
            : "if another suits you better, choose it on the page behind “\(MailText.answerRow)”."
    }

    var rows: [(name: String, lines: [String])] {
        var rows = [(name: "When", lines: isElsewhere ? [when(ownZone), when(zone)] : [when(zone)])]
        if kind == .cancellation { return rows }
        rows.append(("Where", places))
        if details.showsParticipants, details.participants.count > 1 { rows.append(("With", people)) }
        if !purpose.isEmpty { rows.append(("Purpose", purpose)) }
        let next = others.filter { $0.start != details.start }.sorted { $0.start < $1.start }
        if !next.isEmpty { rows.append(("Other dates", next.map(mention))) }
        if !resources.isEmpty { rows.append(("To prepare", resources)) }
        if let link { rows.append((MailText.answerRow, [link])) }
        if let attendance { rows.append((MailText.attendanceRow, [attendance])) }
        return rows
    }

    /// What to do before: for those who come from elsewhere; the host school knows itself.
    var checklist: [String] { kind == .cancellation || recipient.role == "host" ? [] : details.checklist }

    var request: String {
        switch kind {
        case .cancellation:
            "There is nothing more for you to do. If the session is still in your calendar, your mail program offers to remove it."
        case .reminder where recipient.role == "host" || recipient.role == "invited":
            "If you cannot come after all, please decline in your calendar or reply to this email now."
        case .reminder:
            "If you cannot come after all, please decline in your calendar or reply to this email now, so that somebody can take your place."
        case .update where notification.reason == .substituted || notification.reason == .changed:
            "If you have answered, there is no need to answer again. If you can no longer come, please decline in your calendar or reply to this email."
        case .update where notification.reason == .moved:
            "This is another time, so an answer that you have given before no longer counts: please accept or decline\(answerBy) with the buttons of your mail or calendar program, or simply reply to this email."
        case .invitation, .update:
            "Please accept or decline\(answerBy) with the buttons of your mail or calendar program, or simply reply to this email."
        }
    }

    /// ` by Friday 4 December`; empty for no date.
    private var answerBy: String {
        let last = ChaseRules.lastDay(asked: at, start: details.start, days: details.answerDays, in: ownZone)
        return last.map { " by \(Wording.longDay($0))" } ?? ""
    }

    var reason: String {
        let cause =
            recipient.role == "trainer"
            ? "You are receiving this because you run this event for \(details.partnership)."
            : details.host == nil
                ? "You are receiving this because you were invited as a leader of \(details.partnership)’s peer reviews."
                : recipient.role == "host"
                    ? "You are receiving this because your school takes part in \(details.partnership)’s peer reviews."
                    : "You are receiving this because you take part in \(details.partnership)’s peer reviews."
        return details.contact.map { "\(cause) Questions: \($0.name), \($0.address)" } ?? cause
    }

    /// The text of the calendar entry: what stays the same when time or people change, since clients mark every
    /// difference and show times and attendees themselves.
    var description: String {
        let questions = details.contact.map { "Questions: \($0.name), \($0.address)" }
        return [outline, questions ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The same without anybody's address.
    var outline: String {
        var paragraphs = [purpose.joined(separator: "\n")]
        if let link = details.link { paragraphs.append("Join online: \(link)") }
        if let place = details.place { paragraphs.append("In person: \(place)") }
        if !checklist.isEmpty {
            paragraphs.append("Before you come:\n" + checklist.map { "- \($0)" }.joined(separator: "\n"))
        }
        return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    // MARK: Parts

    /// The title as it stands inside a sentence.
    private var title: String { details.host.map { "\(stage) at \($0)" } ?? details.title }

    private var stage: String { Wording.inSentence(details.stage) }

    private var moment: String {
        let start = ownZone.local(details.start)
        let zone = isElsewhere ? " (\(Wording.zone(ownZone.name)))" : ""
        return "\(Wording.longDay(start.date)) at \(start.time)\(zone)"
    }

    private func when(_ zone: TimeZoneRules) -> String {
        let (start, end) = (zone.local(details.start), zone.local(details.end))
        return "\(Wording.longDay(start.date)), \(start.time) to \(end.time) (\(Wording.zone(zone.name)))"
    }

    private var places: [String] {
        var lines: [String] = []
        if let place = details.place {
            lines.append(details.mode == .blended ? "at \(place), or online" : "at \(place)")
        } else {
            let later = details.places == nil ? "will follow" : "comes with your place"
            lines.append(details.link == nil ? "online; the address to join at \(later)" : "online")
        }
        if let link = details.link { lines.append(link) }
        return lines
    }

    private var people: [String] {
        details.participants.map { participant in
            let part = participant.role == "host" ? "host" : Wording.role(participant.role)
            let school = participant.role == "host" ? nil : participant.school
            let isSelf = participant.address.lowercased() == recipient.address.lowercased()
            let about = ([part] + [school].compactMap { $0 }).joined(separator: ", ")
            return isSelf ? "You (\(part))" : "\(participant.name) (\(about))"
        }
    }

    private var purpose: [String] {
        var lines = details.purpose.isEmpty ? [] : [details.purpose]
        if let question = details.question {
            let state = details.isQuestionAgreed == true ? "as agreed" : "as drafted"
            lines.append("Key enquiry question, \(state): “\(question)”")
        }
        return lines
    }

    private func mention(_ other: SessionDetails) -> String {
        "\(other.stage): \(Wording.span(other.start, other.end, in: ownZone))"
    }
}

/// What a mail says of a session, for those who show it elsewhere.
public enum MailFacts {
    /// When, where and with whom, and what for.
    public static func rows(
        of details: SessionDetails, for participant: SessionDetails.Participant
    ) -> [(name: String, lines: [String])] {
        let wording = MessageWording(
            kind: .invitation, notification: ChangeSet.Notification(recipient: participant, reason: .new),
            details: details, zone: TimeZoneDatabase.system[details.zone] ?? .utc, changes: [], at: details.start,
            others: [])
        return wording.rows + (wording.checklist.isEmpty ? [] : [("Before you come", wording.checklist)])
    }
}
