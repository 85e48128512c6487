import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

/// A session as those see it who look after it: who comes, what happened, and what was sent.
public struct SessionView: Codable, Sendable {
    /// Someone who is asked to come.
    public struct Seat: Codable, Sendable {
        /// The person.
        public var person: PersonID
        /// What they are called.
        public var name: String
        /// `lead reviewer`.
        public var role: String
        /// Their school, by name; nil for none.
        public var school: String?
        /// Whether the session is not held without them.
        public var isRequired: Bool
        /// What they answered about its time; nil for nothing.
        public var answer: Answer?
        /// How they stand where there are few places: `has a place`, `waits as number 3`; nil for nothing to say.
        public var place: String?
    }

    /// What is to be said of it, such as when and where.
    public struct Fact: Codable, Sendable {
        /// `When`.
        public var name: String
        /// One or more lines.
        public var lines: [String]
    }

    /// The session.
    public var id: SessionID
    /// `Review at Oakford Primary`.
    public var title: String
    /// `Thu 14 Jan 09:30–12:00`.
    public var when: String
    /// When it begins, on the host's clocks: `2027-01-14T09:30`.
    public var localStart: String
    /// The host's zone, an Olson name.
    public var zone: String
    /// Whether it is to come.
    public var isToCome: Bool
    /// What is to be said of it.
    public var facts: [Fact]
    /// The key enquiry question as people read it now, and whether it is agreed; nil where the session has none.
    public var question: String?
    /// Whether it is agreed.
    public var isQuestionAgreed: Bool
    /// Who is asked to come.
    public var seats: [Seat]
    /// What coordinators decided about it.
    public var decisions: [Decision]
    /// What happened, the newest first.
    public var history: [LoggedEvent]
    /// What was sent, the newest first.
    public var mails: [MessageSummary]
}

/// Shows a session to those who look after it.
public enum ShowSession: Operation {
    /// The name on the socket.
    public static let name = "show-session"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// By id, or the end of one.
        public var session: String

        /// A request.
        public init(session: String) { self.session = session }
    }

    /// Shows it.
    ///
    /// - Throws: `Failure` where it is not published, or not theirs.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> SessionView {
        guard case .session(let id) = try workspace.find(request.session) else {
            throw Workspace.Failure("\"\(request.session)\" is no session.", exitCode: 64)
        }
        try workspace.require(workspace.isVisible(id), "session \(id)")
        return try workspace.view(of: id)
    }
}

extension Workspace {
    /// Lines of history and mails that a page shows.
    private static let mostLines = 50

    fileprivate func view(of id: SessionID) throws -> SessionView {
        let track = FeedScope(tracks: [id.track])
        guard let session = try store.publishedSessions(in: track).first(where: { $0.details.id == id }) else {
            throw Failure("\(id) is not in the published plan.", exitCode: 65)
        }
        let details = session.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let local = zone.local(details.start)
        let onlooker = SessionDetails.Participant(
            person: "", name: viewer.name, address: viewer.address, role: "coordinator", school: nil,
            isRequired: false)
        let attendance = Attendance(details, try store.answers(of: [session.uid])[session.uid] ?? [])
        let list = details.places == nil ? WaitingList() : try store.waitingList(of: session.uid)
        return SessionView(
            id: id, title: details.title, when: Wording.span(details.start, details.end, in: zone),
            localStart: "\(local.date)T\(local.time)", zone: details.zone, isToCome: details.start > now(),
            facts: MailFacts.rows(of: details, for: onlooker).map { SessionView.Fact(name: $0.name, lines: $0.lines) },
            question: details.host == nil ? nil : details.question ?? "",
            isQuestionAgreed: details.isQuestionAgreed == true,
            seats: attendance.answers.map { entry in
                let participant = entry.participant
                return SessionView.Seat(
                    person: participant.person, name: participant.name, role: Wording.role(participant.role),
                    school: participant.school, isRequired: participant.isRequired, answer: entry.answer,
                    place: list.words(about: participant.person))
            },
            decisions: try store.decisions().filter { $0.subject == id.rawValue || $0.subject == id.track.rawValue },
            history: try store.events(about: [id.rawValue], limit: Self.mostLines),
            mails: try store.messageHeads(uid: session.uid, limit: Self.mostLines).map {
                MessageSummary($0, programme)
            })
    }
}

extension WaitingList {
    /// How somebody stands, as it is said of them; nil for nothing.
    fileprivate func words(about person: PersonID) -> String? {
        switch state(of: person) {
        case nil: nil
        case .placed: "has a place"
        case .offered: "is offered a place"
        case .waiting: "waits as number \(position(of: person) ?? 0)"
        case .lapsed: "did not take a place in time"
        }
    }
}
