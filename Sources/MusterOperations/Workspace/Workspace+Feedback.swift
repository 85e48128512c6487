import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// People are asked so long after a session, in seconds: on the same day, once they are on their way home.
    private static let restAfterSession = 3600
    /// Those who are silent are reminded once, so long after they were asked, in seconds.
    private static let patienceForFeedback = 5 * 86_400
    /// So long after a session nobody is asked any more, in seconds, should nothing have run meanwhile.
    private static let memoryOfSession = 14 * 86_400
    /// Letters of a comment at most.
    private static let longestComment = 2000

    /// Asks those who came to sessions how it was, where the cycle has a form, and reminds those once who are silent.
    ///
    /// Nobody is asked at night, nor who said that they would not come. Where the config does not say how people reach
    /// the pages, nobody is asked.
    ///
    /// - Returns: how many mails that makes.
    func askForFeedback(at now: Instant) throws -> Int {
        guard programme.cycles.contains(where: { $0.feedback != nil }), let links = try answerLinks else { return 0 }
        let sessions = try store.publishedSessions(endedIn: now - Self.memoryOfSession..<now - Self.restAfterSession)
            .filter { form(of: $0.details.id) != nil }
        guard !sessions.isEmpty else { return 0 }
        let shown = try store.shownFeedback()
        let uids = sessions.map(\.uid)
        let (answers, clocks, shelf) = (try store.answers(of: uids), reminderClocks, resourceShelf)
        let invitations = try store.feedbackInvitations(to: uids).reduce(into: [String: FeedbackInvitation]()) {
            $0["\($1.uid) \($1.person)"] = $1
        }
        let writer = try letterWriter
        var (new, silent) = ([(FeedbackInvitation, OutboxMessage)](), [(FeedbackInvitation, OutboxMessage)]())
        for session in sessions {
            let details = session.details
            guard let (track, stage) = programme.stage(of: details.id) else { continue }
            let zone = TimeZoneDatabase.system[details.zone] ?? .utc
            let closes = track.cycle.feedbackCloses(in: zone)
            guard now < closes, !shown.contains(track.cycle.id) else { continue }
            let attendance = try store.attendance(of: [session.uid])[session.uid] ?? [:]
            let list = track.places == nil ? nil : try store.waitingList(of: session.uid)
            for person in Attendance(details, answers[session.uid] ?? []).answers
            where person.answer?.status != .declined {
                let participant = person.participant
                guard attendance[participant.person] != false else { continue }
                // Whoever had no place was not there.
                if let list, participant.role == Duty.invited, list.state(of: participant.person) != .placed {
                    continue
                }
                let known = invitations["\(session.uid) \(participant.person)"]
                if let known {
                    guard !known.isAnswered, known.reminded == nil, now - known.asked >= Self.patienceForFeedback else {
                        continue
                    }
                }
                let clock = clocks[participant.person]?.zone ?? zone
                guard track.cycle.reminderHours.contains(clock.local(now).time),
                    let address = links.address(.feedback(uid: session.uid), person: participant.person),
                    let message = writer.ask(
                        participant, about: session, at: address, resources: shelf(details, participant.role),
                        reminding: known != nil, closes: closes, now: now)
                else { continue }
                let invitation = FeedbackInvitation(
                    uid: session.uid, person: participant.person, cycle: track.cycle.id, stage: stage.id, asked: now)
                if known == nil { new.append((invitation, message)) } else { silent.append((invitation, message)) }
            }
        }
        return try store.ask(new, reminding: false, at: now) + store.ask(silent, reminding: true, at: now)
    }

    private func form(of session: SessionID) -> FeedbackForm? {
        let form = programme.track(session.track)?.cycle.feedback
        return form.flatMap { $0.isAsked(after: session.stage) ? $0 : nil }
    }

    /// What one person sees of the form about a session on the page behind their link.
    public struct FeedbackPage: Sendable {
        /// The session.
        public var session: SessionDetails
        /// Its `UID`.
        public var uid: String
        /// The person.
        public var person: PersonID
        /// The questions.
        public var form: FeedbackForm
        /// Whether they have answered.
        public var isAnswered: Bool
        /// When they were asked, the last time.
        public var asked: Instant
        /// Whether answers are taken.
        public var isOpen: Bool
        /// When they are taken no more.
        public var closes: Instant
    }

    /// What is shown at the end of an address; nil where there is no such form, or not for whoever has it.
    public func feedbackPage(_ token: String) throws -> FeedbackPage? {
        guard let name = AnswerLinks.sessionName(in: token), let links = try answerLinks,
            let session = try store.considering({ try $0.session(named: name) }),
            let form = form(of: session.details.id), let track = programme.track(session.details.id.track),
            let invitation = try store.feedbackInvitations(to: [session.uid]).first(where: {
                links.isValid(token, uid: AnswerLinks.Purpose.feedback(uid: session.uid).uid, person: $0.person)
            })
        else { return nil }
        let closes = track.cycle.feedbackCloses(in: TimeZoneDatabase.system[session.details.zone] ?? .utc)
        return FeedbackPage(
            session: session.details, uid: session.uid, person: invitation.person, form: form,
            isAnswered: invitation.isAnswered, asked: invitation.reminded ?? invitation.asked,
            isOpen: try now() < closes && !store.shownFeedback().contains(track.cycle.id), closes: closes)
    }

    /// What came of an answer.
    public enum FeedbackOutcome: Sendable {
        /// It is kept.
        case kept
        /// Nothing was answered.
        case empty
        /// The person has answered already: nobody knows which answer is theirs, so it cannot be changed.
        case repeated
        /// The mail has just left: a program that looks at mails may have pressed the button.
        case tooSoon
        /// Answers are taken no more.
        case closed
    }

    /// Keeps what somebody answers on the page behind their link.
    ///
    /// - Parameter scores: numbers by the ids of questions; what is no question, or no such number, is left out.
    public func giveFeedback(
        _ page: FeedbackPage, scores: [String: Int], comment: String, mayBeQuoted: Bool
    ) throws -> FeedbackOutcome {
        guard page.isOpen, now() < page.closes else { return .closed }
        guard now() - page.asked >= Self.scannerTime else { return .tooSoon }
        let known = Set(page.form.questions.map(\.id))
        let scores = scores.filter { known.contains($0.key) && (1...FeedbackForm.most).contains($0.value) }
        let text = String(comment.prefix(Self.longestComment))
        guard !scores.isEmpty || !text.isEmpty else { return page.isAnswered ? .repeated : .empty }
        let isKept = try store.keepFeedback(
            about: page.uid, of: page.person, scores: scores,
            comment: text.isEmpty ? nil : FeedbackResult.Comment(text: text, mayBeQuoted: mayBeQuoted))
        return isKept ? .kept : .repeated
    }

    /// What was answered about the cycles that are theirs who ask, stage by stage; of cycles of which answers are still
    /// taken only how many there are.
    func feedbackResults() throws -> [FeedbackSummary] {
        let cycles = programme.cycles.filter { $0.feedback != nil && viewer.sees($0.partnership) }
        let invitations = Dictionary(grouping: try store.feedbackInvitations(of: cycles.map(\.id))) {
            "\($0.cycle)/\($0.stage)"
        }
        let shown = try store.shownFeedback()
        return try cycles.flatMap { cycle -> [FeedbackSummary] in
            guard let form = cycle.feedback else { return [] }
            let closes = cycle.feedbackCloses(in: zone(of: cycle))
            let isOpen = now() < closes && !shown.contains(cycle.id)
            if !isOpen, !shown.contains(cycle.id) { try store.showFeedback(of: cycle.id) }
            return try (cycle.stages + cycle.training.map(\.stage)).filter { form.isAsked(after: $0.id) }.map { stage in
                let own = invitations["\(cycle.id)/\(stage.id)"] ?? []
                let answered = own.filter(\.isAnswered)
                let given = isOpen ? (scores: [:], comments: []) : try store.feedback(on: stage.id, of: cycle.id)
                return FeedbackSummary(
                    cycle: cycle.name, isOpen: isOpen, closes: closes,
                    result: FeedbackResult(
                        cycle: cycle, stage: stage, form: form, asked: own.count, answered: answered.count,
                        sessions: Set(answered.map(\.uid)).count, scores: given.scores, comments: given.comments))
            }
        }
    }

    private func zone(of cycle: Cycle) -> TimeZoneRules {
        programme.partnership(cycle.partnership)?.schools.first.flatMap(programme.school)?.zone ?? .utc
    }

    /// Forgets what was written about cycles of which answers have long been taken no more, or that are gone.
    func forgetComments(at now: Instant) throws -> Int {
        let kept = programme.cycles.filter {
            $0.feedbackCloses(in: zone(of: $0)) + FeedbackForm.commentDays * 86_400 > now
        }
        return try store.forgetComments(exceptOf: kept.map(\.id))
    }
}

/// How the feedback on a stage of a cycle stands.
public struct FeedbackSummary: Codable, Sendable {
    /// The cycle, by name.
    public var cycle: String
    /// Whether answers are still taken: until then nobody sees any.
    public var isOpen: Bool
    /// When they are taken no more.
    public var closes: Instant
    /// What was answered.
    public var result: FeedbackResult
}
