import CivilTime
import ICalendar
import MusterModel
import MusterStore

/// Decides what follows from a mail to the organiser: a pure choice, from the mail and what is known of its session.
///
/// A reply speaks for its sender alone (RFC 5546 §6): it is believed where the mail is from the address at which that
/// person is written to. All else is left to a person.
public struct AnswerReader: Sendable {
    private let mail: ReceivedMail
    private let now: Instant

    /// A reader of a mail.
    public init(_ mail: ReceivedMail, at now: Instant) {
        self.mail = mail
        self.now = now
    }

    /// What is to be done.
    public func decide(_ known: AnswerContext) throws -> IncomingDecision {
        let replies = mail.replies.filter { $0.recurrenceID == nil }
        guard !replies.isEmpty else { return try withoutReply(known) }
        let decisions = try replies.map { try decide($0, known) }
        let answers = decisions.flatMap(\.answers)
        guard answers.isEmpty else {
            return IncomingDecision(
                .applied, about: decisions[0].session, because: decisions[0].reason, answers: answers)
        }
        return decisions.first { $0.state == .waiting } ?? decisions[0]
    }

    private func decide(_ reply: SchedulingReply, _ known: AnswerContext) throws -> IncomingDecision {
        guard let session = try known.session(uid: reply.uid) else {
            return IncomingDecision(.waiting, about: "", because: "it answers an event that muster does not know")
        }
        let details = session.details
        guard details.start > now else {
            return IncomingDecision(.ignored, about: details.id, because: "\(details.title) has begun already")
        }
        guard let (person, attendance) = speaker(of: reply, details) else {
            let names = reply.attendances.map(\.address).joined(separator: ", ")
            return IncomingDecision(
                .waiting, about: details.id,
                because:
                    "it is from \(mail.sender) and answers for \(names.isEmpty ? "nobody" : names), who is not written to there"
            )
        }
        switch reply.method {
        case .counter:
            let zone = TimeZoneDatabase.system[details.zone] ?? .utc
            let time = reply.proposal.map { Wording.span($0.lowerBound, $0.upperBound, in: zone) } ?? "another time"
            return IncomingDecision(
                .waiting, about: details.id, because: "\(person.name) proposes \(time) for \(details.title)")
        case .refresh:
            return IncomingDecision(
                .waiting, about: details.id, because: "\(person.name) asks for the invitation once more")
        case .reply: break
        }
        guard let status = Answer.Status(rawValue: attendance.participationStatus.lowercased()) else {
            let others = attendance.delegatedTo.joined(separator: ", ")
            return others.isEmpty
                ? IncomingDecision(.ignored, about: details.id, because: "it says neither yes nor no")
                : IncomingDecision(
                    .waiting, about: details.id,
                    because: "\(person.name) asks that \(others) comes to \(details.title) instead")
        }
        let answer = Answer(
            session: details.id, uid: reply.uid, person: person.person, status: status, comment: reply.comment,
            start: try known.start(of: reply.uid, person.address, reply.sequence) ?? details.start,
            sequence: reply.sequence, stamp: reply.stamp ?? now, at: now, way: Answer.mail)
        if let earlier = try known.answer(uid: reply.uid, person: person.person), !answer.supersedes(earlier) {
            return IncomingDecision(.ignored, about: details.id, because: "\(person.name) has answered again since")
        }
        return IncomingDecision(
            .applied, about: details.id, because: "\(person.name) \(status.verb()) to \(details.title)",
            answers: [answer])
    }

    /// Who the reply speaks for: its sender, where that is somebody who comes to the session.
    private func speaker(
        of reply: SchedulingReply, _ details: SessionDetails
    ) -> (SessionDetails.Participant, SchedulingReply.Attendance)? {
        guard let person = details.participants.first(where: { $0.address.lowercased() == mail.sender }) else {
            return nil
        }
        // A whole guest list may stand there, and some programs name an alias.
        let own = reply.attendances.first { $0.address == mail.sender }
        let only = reply.attendances.count == 1 ? reply.attendances.first : nil
        let isOther = only.map { only in
            details.participants.contains { $0.address.lowercased() == only.address && $0.person != person.person }
        }
        guard let attendance = own ?? (isOther == false ? only : nil) else { return nil }
        return (person, attendance)
    }

    /// A mail in words: a person has to read it, unless a program wrote it.
    private func withoutReply(_ known: AnswerContext) throws -> IncomingDecision {
        let session = try known.session(answering: mail.references) ?? ""
        if mail.isBounce { return IncomingDecision(.waiting, about: session, because: "a mail could not be delivered") }
        if mail.isAutomatic {
            return IncomingDecision(.ignored, about: session, because: "a program wrote it by itself")
        }
        return IncomingDecision(.waiting, about: session, because: mail.trouble ?? "somebody wrote in words")
    }
}
