import CivilTime
import Mail
import MusterModel
import MusterStore

/// Writes what muster answers by itself to a mail that a person wrote.
public struct AnswerWriter: Sendable {
    /// A no can be taken back for so long, in seconds, before anything follows from it.
    public static let secondThoughts = 900
    /// Nobody is answered more often than once in so long, in seconds: two programs must not write to each other.
    static let shortestPause = 3600

    private let composer: MessageComposer
    private let makeID: @Sendable () -> String

    /// A writer.
    ///
    /// - Parameter makeID: makes a name that was never used before.
    public init(composer: MessageComposer, makeID: @escaping @Sendable () -> String) {
        self.composer = composer
        self.makeID = makeID
    }

    /// That a no was understood, and how to take it back.
    func receipt(_ answer: Answer, _ session: PublishedSession, thread: String?, at now: Instant) -> OutboxMessage? {
        let details = session.details
        guard let person = details.participants.first(where: { $0.person == answer.person }) else { return nil }
        let zone = (person.zone ?? details.zone)
        let clock = TimeZoneDatabase.system[zone] ?? .utc
        let end = clock.local(now + Self.secondThoughts).time
        let text = MailText(
            subject: "You have declined: \(details.title), \(Wording.moment(details.start, in: clock))",
            title: "You have declined", partnership: details.partnership, cycle: details.cycle,
            opening: "Thank you for saying so. We have understood that you cannot come to this session.",
            rows: [
                ("Session", [details.title]), ("When", [Wording.span(details.start, details.end, in: clock)]),
            ],
            request:
                "Was that a slip, or was it not you? Reply to this email with the word UNDO by \(end) (\(Wording.zone(zone))), or accept the invitation in your calendar. Otherwise there is nothing more for you to do: we look for somebody else, or for another time.",
            reason: "You are receiving this because somebody answered an invitation in your name.")
        return composer.letter(
            text, to: (person.name, person.address, person.person),
            topic: .receipt(OutboxMessage.SessionReference(session)), thread: thread, messageID: id,
            reason: OutboxMessage.Kind.receipt.rawValue, at: now, expires: details.start, headers: MailHeaders.ofReplies
        )
    }

    /// The newest invitation once more, for somebody who asks for it.
    func refreshed(
        _ session: PublishedSession, for person: SessionDetails.Participant, answers: [String: Answer.Status],
        at now: Instant
    ) -> OutboxMessage? {
        var request = MessageComposer.InvitationRequest(
            kind: .update, notification: ChangeSet.Notification(recipient: person, reason: .changed),
            session: session, changes: ["You asked for this invitation once more; nothing has changed."], others: [],
            thread: nil, messageID: id, at: now, stamp: now)
        request.answers = answers
        var mail = composer.compose(request)
        mail?.reason = "refresh"
        return mail
    }

    /// That a time which somebody proposed is not to be (RFC 5546 §3.2.8).
    public func declinedCounter(
        _ session: PublishedSession, to person: SessionDetails.Participant, because reason: String, at now: Instant
    ) -> OutboxMessage? {
        composer.declineCounter(of: session, person, because: reason, messageID: id, at: now)
    }

    private var id: String { "\(makeID())@\(composer.organiser.domain)" }
}
