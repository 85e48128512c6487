import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// So long before a poll closes those are reminded who have not answered, in seconds.
    private static let reminderTime = 3 * 86_400
    /// Nobody is reminded so soon after they were asked, in seconds.
    private static let leastPause = 2 * 86_400

    /// Asks those who have not been asked in a poll that is open, and reminds those once who have not answered.
    ///
    /// Where the config does not say how people reach the pages, nobody is asked, since nobody could answer.
    ///
    /// - Returns: how many mails that makes, and when the next may be due; nil where none is to come.
    func askPolls(at now: Instant) throws -> (sent: Int, next: Instant?) {
        guard !programme.polls.isEmpty, let links = try answerLinks else { return (0, nil) }
        let writer = try letterWriter
        var (sent, next) = (0, [Instant]())
        for poll in programme.polls {
            let times = poll.times(in: programme.zone(of: poll))
            let reminding = max(times.lowerBound, times.upperBound - Self.reminderTime)
            next += [times.lowerBound, reminding].filter { $0 > now }
            guard times.contains(now) else { continue }
            let invitations = try store.pollInvitations(poll.id)
            let invited = Dictionary(invitations.map { ($0.person, $0) }) { first, _ in first }
            let answered = Set(try store.pollAnswers(poll.id).map(\.person))
            let silent = poll.people.filter { id in
                guard let invitation = invited[id], invitation.reminded == nil, !answered.contains(id) else {
                    return false
                }
                return now >= max(reminding, invitation.asked + Self.leastPause)
            }
            for (people, isReminder) in [(poll.people.filter { invited[$0] == nil }, false), (silent, true)] {
                let mails = people.compactMap(programme.person).compactMap { person in
                    links.address(.poll(poll.id), person: person.id).flatMap { address in
                        writer.ask(
                            person, in: poll, at: address, reminding: isReminder,
                            partnership: poll.partnership.flatMap(programme.partnership), closes: times.upperBound,
                            now: now)
                    }.map { (person: person.id, message: $0) }
                }
                sent += try store.ask(mails, in: poll.id, reminding: isReminder, at: now)
            }
        }
        return (sent, next.min())
    }

    /// What one person sees of a poll on the page behind their link.
    public struct PollPage: Sendable {
        /// The poll.
        public var poll: Poll
        /// The person.
        public var person: Person
        /// What they chose; empty for nothing.
        public var chosen: [String]
        /// Whether answers are taken.
        public var isOpen: Bool
        /// Whether they will be taken later.
        public var isToCome: Bool
    }

    /// What is shown at the end of an address; nil where there is no such poll, or not for whoever has it.
    public func pollPage(_ token: String) throws -> PollPage? {
        guard let name = AnswerLinks.sessionName(in: token), let links = try answerLinks,
            let poll = programme.polls.first(where: { AnswerLinks.Purpose.poll($0.id).uid.hasPrefix(name) }),
            let person = poll.people.lazy.compactMap(programme.person).first(where: {
                links.isValid(token, uid: AnswerLinks.Purpose.poll(poll.id).uid, person: $0.id)
            })
        else { return nil }
        let answer = try store.pollAnswers(of: person.id).first { $0.poll == poll.id }
        let times = poll.times(in: programme.zone(of: poll))
        return PollPage(
            poll: poll, person: person, chosen: answer?.choices ?? [], isOpen: times.contains(now()),
            isToCome: now() < times.lowerBound)
    }

    /// What came of an answer in a poll.
    public enum PollOutcome: Sendable {
        /// It is kept, in place of an earlier one.
        case kept
        /// Nothing was chosen, or more than may be.
        case invalid
        /// The mail has just left: a program that looks at mails may have pressed the button.
        case tooSoon
        /// The poll is not open.
        case closed
    }

    /// Keeps what somebody chooses on the page behind their link.
    public func answer(_ page: PollPage, choosing chosen: [String]) throws -> PollOutcome {
        // The form may have taken its time to come.
        guard page.poll.times(in: programme.zone(of: page.poll)).contains(now()) else { return .closed }
        guard let choices = page.poll.valid(chosen) else { return .invalid }
        let invitation = try store.pollInvitations(page.poll.id, of: page.person.id).first
        if let invitation, now() - (invitation.reminded ?? invitation.asked) < Self.scannerTime { return .tooSoon }
        try store.save(PollAnswer(poll: page.poll.id, person: page.person.id, choices: choices, at: now()))
        return .kept
    }

    /// A poll that is theirs who ask.
    ///
    /// - Throws: `Failure` where there is none.
    func findPoll(_ id: PollID) throws -> Poll {
        guard let poll = programme.poll(id), isVisible(poll) else {
            let known = programme.polls.filter(isVisible).map(\.id.rawValue)
            let hint = known.isEmpty ? "" : "; there are \(Wording.list(known))"
            throw Failure("There is no poll \"\(id)\" here\(hint).", exitCode: 77)
        }
        return poll
    }

    /// Whether a poll is theirs; one of the whole programme is everybody's, as far as their own people go.
    func isVisible(_ poll: Poll) -> Bool { poll.partnership.map(viewer.sees) ?? true }

    /// How a poll stands among those whom they look after.
    func result(of poll: Poll) throws -> PollResult {
        let answers = try store.pollAnswers(poll.id)
        guard poll.partnership == nil, !seesEverything else { return PollResult(poll, answers, of: programme) }
        let schools = Set(programme.partnerships.filter { viewer.sees($0.id) }.flatMap(\.schools))
        func isOurs(_ id: PersonID) -> Bool { programme.person(id)?.school.map(schools.contains) ?? false }
        var own = poll
        own.people = poll.people.filter(isOurs)
        return PollResult(own, answers.filter { isOurs($0.person) }, of: programme)
    }
}
