import CivilTime
import MusterModel
import MusterStore

/// Says what happened: what was published, moved, cancelled and decided, by whom, and how many were told.
public enum ListEvents: Operation {
    /// The name on the socket.
    public static let name = "list-events"

    /// What is asked for.
    public struct Request: Codable, Sendable {
        /// A session, track, school or person, by id or by the beginning of a name; nil for everything.
        public var entity: String?
        /// Only what happened after that; nil for as far back as anything is kept.
        public var since: Instant?
        /// At most so many, the newest.
        public var limit: Int

        /// A request; every field as described there.
        public init(entity: String?, since: Instant?, limit: Int) {
            self.entity = entity
            self.since = since
            self.limit = limit
        }
    }

    /// What happened.
    public struct Response: Codable, Sendable {
        /// The events, the oldest first.
        public var events: [LoggedEvent]
        /// The zone of the programme's clocks, an Olson name.
        public var zone: String
    }

    /// Lists it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let entity = try request.entity.map { try workspace.find($0) }
        if let entity { try workspace.require(workspace.sees(entity), entity.id) }
        let visible =
            workspace.seesEverything
            ? nil : workspace.programme.cycles(seenBy: workspace.viewer)?.sorted().map(\.rawValue)
        let subjects = try entity.map { try workspace.subjects(of: $0).filter(workspace.seesEvent(about:)) } ?? visible
        let events = try workspace.store.events(about: subjects, since: request.since, limit: request.limit)
        return Response(
            events: events.reversed(), zone: workspace.programme.schools.first?.zone.name ?? TimeZoneRules.utc.name)
    }
}

extension Workspace {
    /// What an event about something may be about: of a person, the sessions in which they have or had a part.
    fileprivate func subjects(of entity: Subject) throws -> [String] {
        switch entity {
        case .session, .track: [entity.id]
        case .school(let id): [id.rawValue] + tracks(of: entity).map(\.rawValue)
        case .person(let id): [id.rawValue] + Set(try store.duties(of: id).map(\.session.rawValue)).sorted()
        }
    }
}
