import Foundation
import MusterModel
import MusterStore

/// Gives the published season to a spreadsheet, a calendar or a script.
public enum ExportSeason: Operation {
    /// The name on the socket.
    public static let name = "export-season"

    /// How it is written.
    public enum Format: String, CaseIterable, Codable, Sendable {
        /// A row for each session.
        case csv
        /// A row for each person and session, with the address.
        case people
        /// A calendar.
        case ics
        /// For scripts.
        case json
        /// A workbook: a table for each cycle, and who does how much.
        case xlsx
    }

    /// How.
    public struct Request: Codable, Sendable {
        /// How it is written.
        public var format: Format

        /// A request.
        public init(format: Format) { self.format = format }
    }

    /// What was written.
    public struct Response: Codable, Sendable {
        /// The content.
        public var content: Data
        /// The content as text.
        public var text: String { String(decoding: content, as: UTF8.self) }

        init(text: String) { content = Data(text.utf8) }

        init(bytes: [UInt8]) { content = Data(bytes) }
    }

    /// Exports it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        switch request.format {
        case .csv: Response(text: SeasonSheet.bySession(try workspace.visibleSessions().map(\.details)))
        case .people: Response(text: try workspace.exportPeople())
        case .ics: Response(text: try workspace.exportCalendar())
        case .json: Response(text: try workspace.exportJSON())
        case .xlsx: Response(bytes: try workspace.exportWorkbook())
        }
    }
}

/// Everything that is kept about a person, for an access request: JSON.
public enum ExportPerson: Operation {
    /// The name on the socket.
    public static let name = "export-person"

    /// Whose.
    public struct Request: Codable, Sendable {
        /// The id in people.csv.
        public var person: PersonID

        /// A request.
        public init(person: PersonID) { self.person = person }
    }

    /// What is kept.
    public typealias Response = ExportSeason.Response

    /// Exports it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        Response(text: try workspace.exportPerson(request.person))
    }
}

/// Forgets who a person was; numbers of sessions and mails stay.
public enum ErasePerson: Operation {
    /// The name on the socket.
    public static let name = "erase-person"

    /// Who.
    public typealias Request = ExportPerson.Request

    /// What stands in their place.
    public struct Response: Codable, Sendable {
        /// A name that says nothing.
        public var pseudonym: String
    }

    /// Erases them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        // The config that is kept for a start may be of a time at which it named the person.
        try ConfigCopy(stateDirectory: workspace.stateDirectory).renew(from: workspace.configDirectory)
        return Response(
            pseudonym: try await workspace.withWriteAccess { try workspace.erasePerson(request.person, $0) })
    }
}

/// Takes the links back that a person has in mails, should they have got into wrong hands.
public enum RevokeLinks: Operation {
    /// The name on the socket.
    public static let name = "revoke-links"

    /// Whose.
    public typealias Request = ExportPerson.Request

    /// Takes them back.
    ///
    /// - Throws: `Failure` where there is no such person.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Nothing {
        guard workspace.programme.person(request.person) != nil else {
            throw Workspace.Failure("\"\(request.person)\" is nobody of people.csv.", exitCode: 64)
        }
        let event = Event.done(
            .linksRevoked, "the links of \(request.person) were taken back", subject: request.person.rawValue,
            by: workspace.actor, at: workspace.now())
        try await workspace.withWriteAccess { try $0.store.revokeLinks(of: request.person, recording: event) }
        return Nothing()
    }
}

/// The calendars on a CalDAV server, by the logins of the config.
public enum FindCalendars: Operation {
    /// The name on the socket.
    public static let name = "find-calendars"

    /// Where.
    public struct Request: Codable, Sendable {
        /// The address of a server, principal, folder or calendar.
        public var address: String

        /// A request.
        public init(address: String) { self.address = address }
    }

    /// Finds them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [Workspace.FoundCalendar] {
        do {
            return try await workspace.findCalendars(at: request.address)
        } catch let failure as Workspace.SearchFailure {
            throw Workspace.Failure("\(request.address): \(failure)", exitCode: 69)
        }
    }
}
