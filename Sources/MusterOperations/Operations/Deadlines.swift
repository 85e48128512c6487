import CivilTime
import MusterModel
import MusterStore

/// Lists what is due beside sessions, by time: what is not done first.
public enum ListDeadlines: Operation {
    /// The name on the socket.
    public static let name = "list-deadlines"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// Something that is due.
    public struct Entry: Codable, Sendable {
        /// The session from which it is counted.
        public var session: SessionID
        /// What the cycle calls it.
        public var deadline: String
        /// What people read: `Share your data and self-review for Oakford Primary`.
        public var title: String
        /// When it is due.
        public var due: Instant
        /// The same on the host's clocks, in words.
        public var when: String
        /// Who sees to it, by name.
        public var people: [String]
        /// Who said that it is done; nil while it is not.
        public var doneBy: String?
        /// Whether it is past and not done.
        public var isOverdue: Bool
    }

    /// Lists what is theirs who ask.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [Entry] {
        try workspace.deadlineEntries(of: try workspace.visibleSessions())
    }
}

extension Workspace {
    /// What is due beside some sessions, by time: what is not done first.
    func deadlineEntries(of sessions: [PublishedSession]) throws -> [ListDeadlines.Entry] {
        try deadlines(of: sessions).map { item in
            ListDeadlines.Entry(
                session: item.session.details.id, deadline: item.deadline.id, title: item.title, due: item.due,
                when: item.when, people: item.people.map(\.name), doneBy: item.doneBy,
                isOverdue: item.doneBy == nil && item.due < now())
        }.sorted { ($0.doneBy == nil ? 0 : 1, $0.due, $0.title) < ($1.doneBy == nil ? 0 : 1, $1.due, $1.title) }
    }
}

/// Keeps that something which is due beside a session is done, so that nobody is reminded of it any more.
public enum FinishDeadline: Operation {
    /// The name on the socket.
    public static let name = "finish-deadline"

    /// What.
    public struct Request: Codable, Sendable {
        /// The session from which it is counted, by id or the end of one.
        public var session: String
        /// What the cycle calls it.
        public var deadline: String
        /// Whether it is done; false takes that back.
        public var isDone: Bool

        /// A request; every field as described there.
        public init(session: String, deadline: String, isDone: Bool = true) {
            self.session = session
            self.deadline = deadline
            self.isDone = isDone
        }
    }

    /// What it was.
    public struct Response: Codable, Sendable {
        /// What people read.
        public var title: String
    }

    /// Keeps it.
    ///
    /// - Throws: `Failure` where there is no such session or deadline, or it is not theirs.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        guard case .session(let id) = try workspace.find(request.session) else {
            throw Workspace.Failure("\"\(request.session)\" is no session.", exitCode: 64)
        }
        try workspace.require(workspace.isVisible(id), "session \(id)")
        let sessions = try workspace.store.publishedSessions(in: FeedScope(tracks: [id.track]))
        guard
            let item = try workspace.deadlines(of: sessions).first(where: {
                $0.session.details.id == id && $0.deadline.id == request.deadline
            })
        else {
            throw Workspace.Failure(
                "Nothing called \"\(request.deadline)\" is due beside \(id); muster deadlines lists what is.",
                exitCode: 65)
        }
        try await workspace.finish(item, isDone: request.isDone)
        return Response(title: item.title)
    }
}
