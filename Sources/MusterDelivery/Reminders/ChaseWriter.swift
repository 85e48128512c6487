import CivilTime
import Mail
import MusterModel
import MusterStore

/// Writes to those who have not answered, and to those who look after them.
public struct ChaseWriter: Sendable {
    private let letters: LetterWriter

    /// One that writes by a writer of letters.
    public init(_ letters: LetterWriter) { self.letters = letters }

    /// Asks one person for all answers that are due.
    func nudge(_ steps: [ChaseRun.Step], at now: Instant) -> Chase? {
        let steps = ordered(steps)
        guard let first = steps.first else { return nil }
        let person = first.subject.invitation.participant
        let sessions = sessions(steps)
        let details = first.subject.invitation.session.details
        let isTentative = sessions.count == 1 && first.subject.invitation.tentative != nil
        let day = steps.map(\.lastDay).min().map { Wording.longDay(max($0, first.subject.clock.zone.local(now).date)) }
        let text = MailText(
            subject: sessions.count == 1
                ? "Please answer: \(details.title), \(Wording.moment(details.start, in: zone(person, details)))"
                : "Please answer: \(sessions.count) invitations wait for you",
            title: "Please answer", partnership: details.partnership, cycle: details.cycle,
            opening: isTentative
                ? "You have answered that you may come. Now we need to know."
                : sessions.count == 1
                    ? "We have not heard yet whether you can come to this session."
                    : "We have not heard yet whether you can come to these sessions.",
            rows: rows(steps, person),
            request:
                "Please accept or decline by \(day ?? "then"), in your calendar or by replying to this email. If you cannot come, that helps too: somebody can take your place while there is time.",
            reason: "You are receiving this because you were invited and have not answered yet.")
        return chase(
            steps, text, to: (person.name, person.address, person.person), reason: "nudge", about: details, at: now)
    }

    /// Tells whoever looks after people that they have not answered.
    func escalation(_ steps: [ChaseRun.Step], at now: Instant) -> Chase? {
        let steps = ordered(steps)
        guard let first = steps.first, let superior = first.subject.superior else { return nil }
        let details = first.subject.invitation.session.details
        var seen: Set<String> = []
        let invitations = steps.map(\.subject.invitation).filter {
            seen.insert("\($0.participant.person) \($0.session.uid)").inserted
        }
        let names = Wording.list(
            invitations.map(\.participant.name).reduce(into: []) {
                if !$0.contains($1) { $0.append($1) }
            })
        let text = MailText(
            subject: "No answer yet: \(names)", title: "No answer yet", partnership: details.partnership,
            cycle: details.cycle,
            opening:
                "\(names) \(names.contains(" and ") ? "have" : "has") not answered, though the day by which we asked has passed.",
            rows: invitations.map { invitation in
                let details = invitation.session.details
                let part = Wording.role(invitation.participant.role)
                return (
                    invitation.participant.name, ["\(details.title) (\(part))", span(details, invitation.participant)]
                )
            },
            request:
                "Could you ask them, or tell us by replying to this email who could come instead? Without an answer we cannot count on them.",
            reason: "You are receiving this because you look after the people named here.")
        return chase(
            steps, text, to: (superior.name, superior.address, superior.person), reason: "escalation", about: details,
            at: now)
    }

    private func rows(
        _ steps: [ChaseRun.Step], _ person: SessionDetails.Participant
    ) -> [(name: String, lines: [String])] {
        var seen: Set<String> = []
        return steps.map(\.subject.invitation.session).filter { seen.insert($0.uid).inserted }.flatMap { session in
            [("Session", [session.details.title]), ("When", [span(session.details, person)])]
                + (letters.composer.link(session, person).map { [(MailText.answerRow, [$0])] } ?? [])
        }
    }

    private func chase(
        _ steps: [ChaseRun.Step], _ text: MailText, to recipient: (name: String, address: String, person: PersonID),
        reason: String, about details: SessionDetails, at now: Instant
    ) -> Chase? {
        let expires = steps.map(\.subject.invitation.session.details.start).max() ?? now
        // Where it is about one session, it is found with it.
        let session = sessions(steps).count == 1 ? details.id : nil
        return letters.write(text, to: recipient, reason: reason, about: session, at: now, expires: expires).map {
            Chase(reminders: steps.map { ($0.key, $0.subject.invitation.participant.person, $0.due) }, message: $0)
        }
    }

    private func ordered(_ steps: [ChaseRun.Step]) -> [ChaseRun.Step] {
        steps.sorted {
            ($0.key.start, $0.key.uid, $0.key.recipient, $0.due) < ($1.key.start, $1.key.uid, $1.key.recipient, $1.due)
        }
    }

    private func sessions(_ steps: [ChaseRun.Step]) -> [SessionDetails] {
        var seen: Set<String> = []
        return steps.map(\.subject.invitation.session).filter { seen.insert($0.uid).inserted }.map(\.details)
    }

    private func zone(_ person: SessionDetails.Participant, _ details: SessionDetails) -> TimeZoneRules {
        TimeZoneDatabase.system[person.zone ?? details.zone] ?? .utc
    }

    private func span(_ details: SessionDetails, _ person: SessionDetails.Participant) -> String {
        Wording.span(details.start, details.end, in: zone(person, details))
    }
}
