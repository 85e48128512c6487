import CivilTime
import ICalendar
import Mail
import MusterModel
import MusterStore

/// Decides what follows from a mail to the organiser: a pure choice, from the mail and what is known of its session.
///
/// A reply speaks for its sender alone (RFC 5546 §6): it is believed where the mail is from the address at which that
/// person is written to, and nothing speaks against it. All else is left to a person.
public struct AnswerReader: Sendable {
    private let mail: ReceivedMail
    private let writer: AnswerWriter?
    private let domain: String
    private let now: Instant

    /// A reader of a mail.
    ///
    /// - Parameters:
    ///   - writer: writes what is answered; nil where nothing is.
    ///   - domain: the organiser's.
    public init(_ mail: ReceivedMail, writer: AnswerWriter?, domain: String, at now: Instant) {
        self.mail = mail
        self.writer = writer
        self.domain = domain
        self.now = now
    }

    /// What is to be done.
    public func decide(_ known: AnswerContext) throws -> IncomingDecision {
        if let report = mail.report, mail.replies.isEmpty { return try decide(report, known) }
        let replies = mail.replies.filter { $0.recurrenceID == nil }
        guard !replies.isEmpty else { return try withoutReply(known) }
        let decisions = try replies.map { try decide($0, known) }
        guard var first = decisions.first(where: { !$0.answers.isEmpty }) else {
            return decisions.first { $0.state == .waiting } ?? decisions[0]
        }
        first.answers = decisions.flatMap(\.answers)
        first.events = decisions.flatMap(\.events)
        // One mail is answered by one.
        first.messages = Array(decisions.flatMap(\.messages).prefix(1))
        return first
    }

    private func decide(_ reply: SchedulingReply, _ known: AnswerContext) throws -> IncomingDecision {
        guard let session = try known.session(uid: reply.uid) else {
            if reply.method == .reply, MessageComposer.isTest(uid: reply.uid, domain: domain) {
                var decision = IncomingDecision(
                    .applied, about: nil, because: "\(mail.sender) has answered the test invitation: answers arrive")
                decision.provesRoundTrip = true
                return decision
            }
            return IncomingDecision(.waiting, about: nil, because: "it answers an event that muster does not know")
        }
        let details = session.details
        guard details.start > now else {
            return IncomingDecision(.ignored, about: details.id, because: "\(details.title) has begun already")
        }
        guard let (person, attendance) = speaker(of: reply, details) else { return stranger(reply, session) }
        switch reply.method {
        case .counter: return counter(reply, to: session, by: person)
        case .refresh: return try refresh(session, for: person, known)
        case .reply: break
        }
        guard let status = Answer.Status(rawValue: attendance.participationStatus.lowercased()) else {
            guard let other = attendance.delegatedTo.first else {
                return IncomingDecision(.ignored, about: details.id, because: "it says neither yes nor no")
            }
            return IncomingDecision(
                .waiting, about: details.id,
                because: "\(person.name) asks that \(other) comes to \(details.title) instead",
                claim: .substitute(details.id, for: person.person, address: other))
        }
        let start = try known.start(of: reply.uid, person.address, reply.sequence) ?? details.start
        let answer = answer(status, from: reply, to: session, by: person.person, start: start)
        return try answered(answer, to: session, by: person, known)
    }

    private func answer(
        _ status: Answer.Status, from reply: SchedulingReply, to session: PublishedSession, by person: PersonID,
        start: Instant
    ) -> Answer {
        Answer(
            session: session.details.id, uid: reply.uid, person: person, status: status, comment: reply.comment,
            start: start, sequence: reply.sequence, stamp: reply.stamp ?? now, at: now, way: Answer.mail,
            evidence: mail.evidence)
    }

    private func answered(
        _ answer: Answer, to session: PublishedSession, by person: SessionDetails.Participant, _ known: AnswerContext
    ) throws -> IncomingDecision {
        let details = session.details
        if let earlier = try known.answer(uid: answer.uid, person: person.person), !answer.supersedes(earlier) {
            return IncomingDecision(.ignored, about: details.id, because: "\(person.name) has answered again since")
        }
        let says = "\(person.name) \(answer.status.verb()) to \(details.title)"
        guard answer.evidence != .weak else {
            return IncomingDecision(
                .waiting, about: details.id,
                because: "it says that \(says), and the mail server has reason to doubt that it is from \(mail.sender)",
                claim: .answer(answer))
        }
        var decision = IncomingDecision(
            .applied, about: details.id, because: says, answers: [answer], events: [.answered(answer, details.title)])
        if answer.status == .declined, answer.counts(for: details), try mayAnswer(known) {
            let receipt = writer?.receipt(answer, session, thread: mail.references.first, at: now)
            decision.messages = [receipt].compactMap(\.self)
        }
        return decision
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

    /// An answer from an address that is not written to: of an alias or an assistant, or of a colleague to whom the
    /// invitation was forwarded.
    private func stranger(_ reply: SchedulingReply, _ session: PublishedSession) -> IncomingDecision {
        let details = session.details
        let sender = mail.sender.isEmpty ? "nobody" : mail.sender
        func isAsked(_ address: String) -> SessionDetails.Participant? {
            details.participants.first { $0.address.lowercased() == address }
        }
        let own = reply.attendances.first { $0.address == mail.sender }
        if let own, let instead = own.delegatedFrom.lazy.compactMap({ isAsked($0.lowercased()) }).first {
            return IncomingDecision(
                .waiting, about: details.id,
                because: "\(sender) asks to come to \(details.title) instead of \(instead.name)",
                claim: .substitute(details.id, for: instead.person, address: mail.sender))
        }
        let meant = reply.attendances.lazy.compactMap { attendance in
            isAsked(attendance.address).map { (person: $0, attendance: attendance) }
        }.first
        let status = (meant?.attendance ?? own ?? reply.attendances.first).flatMap {
            Answer.Status(rawValue: $0.participationStatus.lowercased())
        }
        let claim = status.flatMap { status -> IncomingDecision.Claim? in
            guard reply.method == .reply else { return nil }
            return .answer(
                answer(status, from: reply, to: session, by: meant?.person.person ?? "", start: details.start))
        }
        let names = reply.attendances.map(\.address).joined(separator: ", ")
        let reason =
            own != nil && status == .accepted
            ? "\(sender), who was not asked, would come to \(details.title): the invitation was forwarded, or it is another address of somebody who was, who is not written to there"
            : "it is from \(sender) and answers for \(names.isEmpty ? "nobody" : names), who is not written to there"
        return IncomingDecision(.waiting, about: details.id, because: reason, claim: claim)
    }

    private func counter(
        _ reply: SchedulingReply, to session: PublishedSession, by person: SessionDetails.Participant
    ) -> IncomingDecision {
        let details = session.details
        guard let time = reply.proposal else {
            return IncomingDecision(
                .waiting, about: details.id, because: "\(person.name) proposes another time for \(details.title)")
        }
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let span = Wording.span(time.lowerBound, time.upperBound, in: zone)
        let words = reply.comment.isEmpty ? "" : " (“\(reply.comment)”)"
        return IncomingDecision(
            .waiting, about: details.id, because: "\(person.name) proposes \(span) for \(details.title)\(words)",
            events: [.proposed(time, for: details, uid: session.uid, by: person.person, at: now)],
            claim: .time(details.id, time.lowerBound, by: person.person))
    }

    private func refresh(
        _ session: PublishedSession, for person: SessionDetails.Participant, _ known: AnswerContext
    ) throws -> IncomingDecision {
        let title = session.details.title
        guard mail.evidence != .weak, try mayAnswer(known) else {
            return IncomingDecision(
                .ignored, about: session.details.id,
                because: "\(person.name) asks for the invitation to \(title) again, and had it a moment ago")
        }
        var decision = IncomingDecision(
            .applied, about: session.details.id,
            because: "\(person.name) asked for the invitation to \(title) once more, and gets it")
        let own = try known.answer(uid: session.uid, person: person.person).flatMap {
            $0.counts(for: session.details) ? [person.address.lowercased(): $0.status] : nil
        }
        decision.messages = [writer?.refreshed(session, for: person, answers: own ?? [:], at: now)].compactMap(\.self)
        return decision
    }

    /// Never a program, and nobody twice within an hour.
    private func mayAnswer(_ known: AnswerContext) throws -> Bool {
        guard !mail.isAutomatic, !mail.sender.isEmpty else { return false }
        return try !known.hasAnswered(mail.sender, since: now - AnswerWriter.shortestPause)
    }

    // MARK: Mails without an answer

    /// A mail in words: a person has to read it, unless a program wrote it.
    private func withoutReply(_ known: AnswerContext) throws -> IncomingDecision {
        let answered = try known.mail(mail.references)
        let session = answered?.session ?? ""
        if let returned = mail.returned, mail.isAutomatic, let bounced = try known.mail(named: returned) {
            return cameBack(bounced, because: mail.words, isFinal: false)
        }
        if mail.isAutomatic {
            return IncomingDecision(.ignored, about: session, because: "a program wrote it by itself")
        }
        if let answered, answered.kind == .receipt, answered.recipient == mail.sender, mail.evidence != .weak,
            mail.words.lowercased().hasPrefix("undo"),
            let undone = try undo(answered, known)
        {
            return undone
        }
        let words = mail.words.isEmpty ? "" : ": “\(mail.words.prefix(200))”"
        return IncomingDecision(.waiting, about: session, because: mail.trouble ?? "somebody wrote in words" + words)
    }

    /// Takes a no back, as long as nothing has been made of it.
    private func undo(_ receipt: SentMail, _ known: AnswerContext) throws -> IncomingDecision? {
        guard let session = try known.session(uid: receipt.uid),
            let person = session.details.participants.first(where: { $0.person == receipt.person }),
            let answer = try known.answer(uid: receipt.uid, person: person.person), answer.status == .declined
        else { return nil }
        var decision = IncomingDecision(
            .applied, about: session.details.id,
            because: "\(person.name) takes back that they do not come to \(session.details.title)",
            events: [.withdrawn(answer, session.details.title, at: now)])
        decision.withdrawn = answer
        return decision
    }

    /// A mail that came back: known for certain by the address that it came back to, or by its `Message-ID`, which only
    /// its recipient has seen; an address or words alone could be anybody's.
    private func decide(_ report: DeliveryStatusReport, _ known: AnswerContext) throws -> IncomingDecision {
        let failed = report.recipients.first { $0.outcome == .failed }
        let words = failed?.words ?? report.recipients.first?.words ?? mail.words
        let isFinal = failed != nil
        if let named = try mail.returned.flatMap(known.mail(named:)) {
            return cameBack(named, because: words, isFinal: isFinal)
        }
        if let sent = try known.mail(report.messageIDs) {
            return cameBack(sent, because: words, isFinal: isFinal)
        }
        let addresses = report.recipients.map(\.address).filter { !$0.isEmpty }
        let guess = try addresses.lazy.compactMap(known.newestMail).first
        let about = guess.map { ": perhaps “\($0.subject)” to \($0.recipient)" } ?? ""
        guard isFinal else {
            return IncomingDecision(
                .ignored, about: guess?.session, because: "a mail is delayed, or has arrived\(about)")
        }
        return IncomingDecision(
            .waiting, about: guess?.session, because: "a mail could not be delivered\(about) (\(words))")
    }

    private func cameBack(
        _ sent: SentMail, because words: String, isFinal: Bool
    ) -> IncomingDecision {
        guard isFinal else {
            return IncomingDecision(
                .ignored, about: sent.session,
                because: "“\(sent.subject)” to \(sent.recipient) is delayed, or was answered by a program")
        }
        guard sent.isDelivered else {
            return IncomingDecision(
                .ignored, about: sent.session, because: "that “\(sent.subject)” came back is known already")
        }
        var decision = IncomingDecision(
            .applied, about: sent.session,
            because: "“\(sent.subject)” did not reach \(sent.recipient): \(words)",
            events: [.bounced(sent.number, to: sent.person ?? "", about: sent.session ?? "", words, at: now)])
        decision.bounced = (sent.number, String(words.prefix(300)))
        return decision
    }
}
