import CivilTime
import MusterModel
import MusterStore

/// Tells muster that a school is closed or inspected, as from now.
public enum RecordSchoolEvent: Operation {
    /// The name on the socket.
    public static let name = "record-school-event"

    /// What happens.
    public struct Request: Codable, Sendable {
        /// The school, by URN or by words of its name.
        public var school: String
        /// What happens there.
        public var kind: SchoolEvent.Kind
        /// `2027-01-14`, or `2027-01-14 to 2027-01-15`.
        public var days: String
        /// Why, for the history; may be empty.
        public var reason: String

        /// A request; every field as described there.
        public init(school: String, kind: SchoolEvent.Kind, days: String, reason: String) {
            self.school = school
            self.kind = kind
            self.days = days
            self.reason = reason
        }
    }

    /// What that touches.
    public struct Response: Codable, Sendable {
        /// The name of the school.
        public var school: String
        /// Published sessions at the school on those days, each as a line.
        public var sessions: [String]
        /// Published sessions elsewhere to which people of the school are to come on those days.
        public var visits: [String]
    }

    /// Keeps it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        guard case .school(let id) = try workspace.find(request.school, where: \.isSchool),
            let school = workspace.programme.school(id)
        else { throw Workspace.Failure("\"\(request.school)\" is no school of the programme.", exitCode: 64) }
        guard let dates = ClosedRange(days: request.days) else {
            throw Workspace.Failure(
                "\"\(request.days)\" should be a day such as 2027-01-14, or days such as 2027-01-14 to 2027-01-15.",
                exitCode: 64)
        }
        let event = SchoolEvent(
            school: id, kind: request.kind, dates: dates, reason: request.reason, author: workspace.actor)
        let days = dates.count == 1 ? "on \(dates.lowerBound)" : "from \(dates.lowerBound) to \(dates.upperBound)"
        let logged = Event.done(
            .schoolEvent, "\(school.name): \(event.title) \(days)", subject: id.rawValue, by: workspace.actor,
            at: workspace.now())
        try await workspace.withWriteAccess { try $0.store.save(event, recording: logged) }
        let touched = try workspace.store.publishedSessions().map(\.details).filter {
            $0.start > workspace.now() && dates.contains(school.zone.local($0.start).date)
        }
        let people = Set(workspace.programme.people(of: id).map { workspace.programme.people[$0].id })
        func line(_ details: SessionDetails) -> String {
            "\(details.title), \(Wording.span(details.start, details.end, in: school.zone))"
        }
        let own = touched.filter { workspace.programme.track($0.id.track)?.school == id }
        let ids = Set(own.map(\.id))
        let visits = touched.filter { details in
            !ids.contains(details.id)
                && details.participants.contains { $0.isRequired && people.contains($0.person) }
        }
        return Response(school: school.name, sessions: own.map(line), visits: visits.map(line))
    }
}

/// Lists what muster was told to happen to schools.
public enum ListSchoolEvents: Operation {
    /// The name on the socket.
    public static let name = "list-school-events"
    /// All of it.
    public typealias Request = Nothing

    /// One of them.
    public struct Entry: Codable, Sendable {
        /// What happens.
        public var event: SchoolEvent
        /// The name of the school; its URN where it is gone.
        public var school: String
    }

    /// Lists them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [Entry] {
        try workspace.store.schoolEvents().map {
            Entry(event: $0, school: workspace.programme.name(of: $0.school))
        }
    }
}

/// Takes back that something happens to a school.
public enum RemoveSchoolEvent: Operation {
    /// The name on the socket.
    public static let name = "remove-school-event"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int

        /// A request.
        public init(number: Int) { self.number = number }
    }

    /// Takes it back.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> SchoolEvent {
        let removed = try await workspace.withWriteAccess { access in
            try access.store.removeSchoolEvent(request.number) { event in
                Event.done(
                    .schoolEvent,
                    "\(workspace.programme.name(of: event.school)): \(event.title) of \(event.dates.lowerBound) was taken back",
                    subject: event.school.rawValue, by: workspace.actor, at: workspace.now())
            }
        }
        guard let removed else {
            throw Workspace.Failure("There is no event \(request.number); muster event list shows them.", exitCode: 65)
        }
        return removed
    }
}
