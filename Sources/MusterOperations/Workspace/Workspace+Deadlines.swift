import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Something that is due beside a session.
    struct DueItem: Sendable {
        let session: PublishedSession
        let deadline: Deadline
        let due: Instant
        /// When, on the host's clocks.
        let when: String
        /// Who sees to it.
        let people: [SessionDetails.Participant]
        /// Who said that it is done; nil while it is not.
        let doneBy: String?

        /// `Share your data and self-review for Oakford Primary`.
        var title: String { deadline.name + (session.details.host.map { " for \($0)" } ?? "") }
    }

    /// What is due beside some sessions, which are all of their runs.
    func deadlines(of sessions: [PublishedSession]) throws -> [DueItem] {
        let done = Dictionary(try store.finishedDeadlines().map { ("\($0.uid) \($0.deadline)", $0.author) }) { $1 }
        let people = Dictionary(grouping: sessions, by: \.details.id.track).mapValues {
            $0.flatMap(\.details.participants)
        }
        return sessions.flatMap { session -> [DueItem] in
            let id = session.details.id
            guard let track = programme.track(id.track), track.host != nil,
                let school = programme.school(track.school)
            else { return [] }
            let clock = ReminderClock(zone: school.zone, days: school.days)
            return track.cycle.deadlines.filter { track.id.session($0.stage) == id }.map { deadline in
                let due = deadline.due(start: session.details.start, clock: clock)
                var seen: Set<PersonID> = []
                return DueItem(
                    session: session, deadline: deadline, due: due, when: Wording.moment(due, in: school.zone),
                    people: (people[track.id] ?? []).filter {
                        deadline.who.contains($0.role) && seen.insert($0.person).inserted
                    }, doneBy: done["\(session.uid) \(deadline.id)"])
            }
        }
    }

    /// Keeps that something is done, or is not after all.
    func finish(_ item: DueItem, isDone: Bool) async throws {
        let event = Event.done(
            .deadlineFinished, "“\(item.title)” is \(isDone ? "done" : "not done after all")",
            subject: item.session.details.id.rawValue, by: actor, at: now())
        let author = actor
        try await withWriteAccess { access in
            _ = try access.store.finish(
                item.deadline.id, on: item.session.uid, isDone: isDone, by: author, recording: event)
        }
    }

    /// What one person sees of something that is due on the page behind their link.
    public struct DeadlinePage: Sendable {
        let item: DueItem
        /// The person.
        public let person: PersonID
        /// What people read.
        public var title: String { item.title }
        /// The partnership.
        public var partnership: String { item.session.details.partnership }
        /// When it is due, in words.
        public var when: String { item.when }
        /// What is to be done; empty for nothing.
        public var note: String { item.deadline.note }
        /// Whether it is done.
        public var isDone: Bool { item.doneBy != nil }
    }

    /// What is shown at the end of an address; nil where there is no such thing, or not for whoever has it.
    public func deadlinePage(_ token: String) throws -> DeadlinePage? {
        guard let name = AnswerLinks.sessionName(in: token), let links = try answerLinks,
            let session = try store.considering({ try $0.session(named: name) })
        else { return nil }
        let sessions = try store.publishedSessions(in: FeedScope(tracks: [session.details.id.track]))
        for item in try deadlines(of: sessions) where item.session.uid == session.uid {
            let uid = AnswerLinks.Purpose.deadline(item.deadline.id, uid: session.uid).uid
            if let person = item.people.first(where: { links.isValid(token, uid: uid, person: $0.person) }) {
                return DeadlinePage(item: item, person: person.person)
            }
        }
        return nil
    }

    /// Keeps what somebody says on that page.
    public func finish(_ page: DeadlinePage, isDone: Bool) async throws {
        try await acting(as: page.person).finish(page.item, isDone: isDone)
    }
}
