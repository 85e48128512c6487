import CivilTime
import MusterModel
import MusterStore

/// Keeps days on which somebody cannot come; what is planned for them then is planned anew.
public enum RecordAbsence: Operation {
    /// The name on the socket.
    public static let name = "record-absence"
    /// So many of one person are kept: whoever has more had better share a calendar.
    private static let most = 100

    /// Who, and when.
    public struct Request: Codable, Sendable {
        /// The person, by id or by the beginning of a name.
        public var person: String
        /// `2027-01-14`, or `2027-01-14 to 2027-01-15`.
        public var days: String

        /// A request; every field as described there.
        public init(person: String, days: String) {
            self.person = person
            self.days = days
        }
    }

    /// What that touches.
    public struct Response: Codable, Sendable {
        /// The person's name.
        public var name: String
        /// Published sessions to which they are asked on those days, each as a line.
        public var sessions: [String]
    }

    /// Keeps it.
    ///
    /// - Throws: `Failure` for days that are none, or past.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let person = try workspace.findPerson(request.person)
        guard let dates = ClosedRange(days: request.days), dates.count <= 366 else {
            throw Workspace.Failure(
                "\"\(request.days)\" should be a day such as 2027-01-14, or days such as 2027-01-14 to 2027-01-15, at most a year.",
                exitCode: 64)
        }
        let zone = workspace.programme.school(person.school ?? "")?.zone ?? .utc
        guard dates.upperBound >= zone.local(workspace.now()).date else {
            throw Workspace.Failure("\(request.days) has passed.", exitCode: 64)
        }
        let absence = PersonAbsence(person: person.id, dates: dates, author: workspace.actor)
        let event = Event.done(
            .personAway, "\(person.id) cannot come \(absence.words)", subject: person.id.rawValue, by: workspace.actor,
            at: workspace.now())
        let isKept = try await workspace.withWriteAccess {
            try $0.store.save(absence, most: Self.most, recording: event)
        }
        guard isKept else {
            throw Workspace.Failure(
                "\(Self.most) stretches of days are kept for \(person.name) already; take some back first.",
                exitCode: 65)
        }
        let touched = try workspace.store.publishedSessions(in: FeedScope(people: [person.id])).map(\.details).filter {
            let zone = TimeZoneDatabase.system[$0.zone] ?? .utc
            return $0.start > workspace.now() && dates.contains(zone.local($0.start).date)
        }
        return Response(
            name: person.name,
            sessions: touched.map {
                "\($0.title), \(Wording.span($0.start, $0.end, in: TimeZoneDatabase.system[$0.zone] ?? .utc))"
            })
    }
}

/// Lists the days on which people said that they cannot come.
public enum ListAbsences: Operation {
    /// The name on the socket.
    public static let name = "list-absences"

    /// Whose.
    public struct Request: Codable, Sendable {
        /// The person, by id or by the beginning of a name; nil for all.
        public var person: String?

        /// A request.
        public init(person: String?) { self.person = person }
    }

    /// Lists them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [PersonAbsence] {
        let person = try request.person.map { try workspace.findPerson($0).id }
        return try workspace.store.absences().filter {
            person == nil ? workspace.sees(.person($0.person)) : $0.person == person
        }
    }
}

/// Takes back that somebody cannot come.
public enum RemoveAbsence: Operation {
    /// The name on the socket.
    public static let name = "remove-absence"

    /// Which days.
    public struct Request: Codable, Sendable {
        /// The person, by id or by the beginning of a name.
        public var person: String
        /// The number.
        public var number: Int

        /// A request; every field as described there.
        public init(person: String, number: Int) {
            self.person = person
            self.number = number
        }
    }

    /// Takes it back.
    ///
    /// - Throws: `Failure` where there is nothing of that number and person.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Nothing {
        let person = try workspace.findPerson(request.person)
        let event = Event.done(
            .personAway, "\(person.id) can come after all", subject: person.id.rawValue, by: workspace.actor,
            at: workspace.now())
        let isRemoved = try await workspace.withWriteAccess {
            try $0.store.removeAbsence(request.number, of: person.id, recording: event)
        }
        guard isRemoved else {
            throw Workspace.Failure(
                "Nothing of \(person.name) has the number \(request.number); muster person away \(person.id) lists what is kept.",
                exitCode: 65)
        }
        return Nothing()
    }
}

extension PersonAbsence {
    /// `on 2027-01-14`, or `from 2027-01-14 to 2027-01-15`.
    fileprivate var words: String {
        dates.count == 1 ? "on \(dates.lowerBound)" : "from \(dates.lowerBound) to \(dates.upperBound)"
    }
}

extension Workspace {
    /// The person that is meant, and theirs who ask.
    fileprivate func findPerson(_ word: String) throws -> Person {
        guard case .person(let id) = try find(word, where: \.isPerson), let person = programme.person(id) else {
            throw Failure("\"\(word)\" is no person of the programme.", exitCode: 64)
        }
        try require(sees(.person(id)), "person \"\(word)\"")
        return person
    }
}
