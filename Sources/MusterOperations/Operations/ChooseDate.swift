import MusterModel
import MusterStore

/// Keeps that somebody comes to an event on another of its dates, as they told somebody.
public enum ChooseDate: Operation {
    /// The name on the socket.
    public static let name = "choose-date"

    /// Who, and when.
    public struct Request: Codable, Sendable {
        /// The person, by id.
        public var person: PersonID
        /// The session on the date that they choose, by id or the end of one.
        public var session: String

        /// A request; every field as described there.
        public init(person: PersonID, session: String) {
            self.person = person
            self.session = session
        }
    }

    /// What was chosen.
    public struct Response: Codable, Sendable {
        /// The session.
        public var session: SessionDetails
    }

    /// Keeps it.
    ///
    /// - Throws: `Failure` where they are not invited to another date of that event, or it cannot be chosen any more.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let target = try workspace.visibleSession(request.session)
        let dates = workspace.programme.track(target.details.id.track).map {
            workspace.programme.dates(ofEventOf: $0).map(\.id)
        }
        let sessions = try workspace.store.publishedSessions(in: FeedScope(tracks: Set(dates ?? [])))
        guard
            let current = sessions.first(where: { session in
                session.uid != target.uid && session.details.participants.contains { $0.person == request.person }
            })
        else {
            throw Workspace.Failure(
                "\"\(request.person)\" is invited to no other date of \(target.details.title).", exitCode: 65)
        }
        let session = try await workspace.choose(
            target.details.id, for: request.person, insteadOf: current, way: workspace.actor)
        return Response(session: session.details)
    }
}
