import CivilTime
import Crypto
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore
import TextEncodings

extension Workspace {
    /// What one person sees of one session on the page behind their link.
    public struct AnswerPage: Sendable {
        /// The session.
        public var session: PublishedSession
        /// What the person is told of it, with addresses of their own.
        public var details: SessionDetails
        /// The person.
        public var participant: SessionDetails.Participant
        /// What they answered about its time; nil for nothing.
        public var answer: Answer?
    }

    /// What came of an answer by link.
    public enum LinkedAnswer: Sendable {
        /// It is kept.
        case kept
        /// The mail has just left: a program that looks at mails may have pressed the button.
        case tooSoon
        /// There is no such link, or no such session any more, or it has begun.
        case unknown
    }

    /// So soon after a mail left, in seconds, programs look at it and press its buttons.
    static let scannerTime = 60

    /// The links that stand in mails; nil where the config does not say how people reach the pages.
    var answerLinks: AnswerLinks? {
        get throws {
            guard let address = configuration.pages.address else { return nil }
            return AnswerLinks(
                address: address, key: try store.linkKey(), generations: try store.linkGenerations())
        }
    }

    /// Names for sessions' own online rooms: each follows from the session and a key of the state, so it stays what it is
    /// when the session moves, after a crash and after a restore, and nobody can guess it.
    func roomNames() throws -> @Sendable (SessionID) -> String {
        let key = SymmetricKey(data: try store.linkKey())
        return { session in
            HMAC<SHA256>.authenticationCode(for: Data("room\n\(session)".utf8), using: key).prefix(16).hexadecimal
        }
    }

    /// What is shown at the end of an address; nil where there is no such link, or the session is over or called off.
    public func answerPage(_ token: String) throws -> AnswerPage? {
        guard let name = AnswerLinks.sessionName(in: token), let links = try answerLinks else { return nil }
        return try store.considering { try answerPage(token, name: name, links: links, known: $0) }
    }

    private func answerPage(
        _ token: String, name: String, links: AnswerLinks, known: AnswerContext
    ) throws -> AnswerPage? {
        guard let session = try known.session(named: name), session.details.start > now(),
            let participant = session.details.participants.first(where: {
                links.isValid(token, uid: session.uid, person: $0.person)
            })
        else { return nil }
        let answer = try known.answer(uid: session.uid, person: participant.person)
        return AnswerPage(
            session: session, details: links.personal(session, for: participant.person).details,
            participant: participant,
            answer: answer.flatMap { $0.counts(for: session.details) ? $0 : nil })
    }

    /// Everything that is to come for one person, with the address of the page about each session; the end of an address
    /// of theirs proves who they are.
    public struct PersonalPage: Sendable {
        /// The person.
        public var person: PersonID
        /// What they are called.
        public var name: String
        /// Their sessions to come, by time, each with the end of its address and what they answered.
        public var sessions: [(session: SessionDetails, token: String?, answer: Answer?)]
        /// The days on which they said that they cannot come.
        public var absences: [PersonAbsence]
        /// The runs of which they are host.
        public var runs: [HostedRun]
    }

    /// What is to come for the person whose address that is; nil where there is no such address (any more).
    public func personalPage(_ token: String) throws -> PersonalPage? {
        guard let page = try answerPage(token), let links = try answerLinks else { return nil }
        let person = page.participant.person
        let sessions = try store.publishedSessions(in: FeedScope(people: [person])).filter {
            $0.details.start > now()
        }.sorted { $0.details.start < $1.details.start }
        let answers = try store.answers(of: sessions.map(\.uid))
        return PersonalPage(
            person: person, name: page.participant.name,
            sessions: sessions.map { session in
                let answer = answers[session.uid]?.first { $0.person == person && $0.counts(for: session.details) }
                return (session.details, links.token(uid: session.uid, person: person), answer)
            },
            absences: try store.absences().filter { $0.person == person },
            runs: try hostedRuns(of: person, among: sessions))
    }

    /// Whether somebody agrees on the question on their page: the host and whoever leads, until the review begins.
    public func agreesOnQuestion(_ page: AnswerPage) -> Bool {
        let details = page.session.details
        let track = programme.track(details.id.track)
        let lead = track?.cycle.team.first?.id
        guard let track, track.host != nil, [Duty.host, lead].contains(page.participant.role) else { return false }
        // The second stage is the review: once it has begun, the question is what was asked.
        let review = track.stages.dropFirst().first.map { track.id.session($0.id) }
        let published = try? store.publishedSessions(in: FeedScope(tracks: [track.id]))
        return published?.first { $0.details.id == review }.map { $0.details.start > now() } ?? true
    }

    /// Lets the coordinator know that somebody asks to be forgotten: as a mail that waits for them, one at a time.
    public func askToBeForgotten(_ token: String) async throws {
        guard let page = try answerPage(token) else { return }
        let mail = IncomingMail(
            at: now(), sender: page.participant.address, subject: "\(page.participant.name) asks to be forgotten",
            session: page.session.details.id, state: .waiting, reason: "")
        let reason =
            "asks, on their page, that nothing be kept of them: take them out of people.csv, then muster person erase"
        let decision = IncomingDecision(.waiting, about: page.session.details.id, because: reason)
        let text = "Subject: \(mail.subject)\r\n\r\n\(page.participant.name) \(reason).\r\n"
        let webhooks = try webhookComposer
        try await withWriteAccess { access in
            let waits = try access.store.incomingMails(.waiting).contains {
                $0.sender == mail.sender && $0.subject == mail.subject
            }
            guard !waits else { return }
            _ = try access.store.take(
                mail, digest: "forget \(Self.makeID())", content: Array(text.utf8),
                deciding: { _ in decision }, announcing: { webhooks.announcement(of: $0) })
        }
    }

    /// Keeps what somebody says on the page behind their link; saying something else later is the same.
    public func answer(_ token: String, _ status: Answer.Status, comment: String) async throws -> LinkedAnswer {
        guard let name = AnswerLinks.sessionName(in: token), let links = try answerLinks,
            let shown = try answerPage(token)
        else { return .unknown }
        let (webhooks, now) = (try webhookComposer, now())
        let sent = try store.considering {
            try $0.newestDelivery(uid: shown.session.uid, to: shown.participant.address)
        }
        if let sent, now - sent < Self.scannerTime { return .tooSoon }
        let kept = try await withWriteAccess { access in
            try access.store.keep { known in
                try answerPage(token, name: name, links: links, known: known).map { page in
                    Answer(
                        session: page.session.details.id, uid: page.session.uid, person: page.participant.person,
                        status: status, comment: comment, start: page.session.details.start,
                        sequence: page.session.sequence, stamp: now, at: now, way: Answer.link)
                }
            } announcing: {
                webhooks.announcement(of: .answered($0, shown.session.details.title))
            }
        }
        guard kept != nil else { return .unknown }
        // The answer is kept; where this fails, the daemon does it in its next round.
        _ = try? settlePlaces(of: shown.session, at: now)
        return .kept
    }
}
