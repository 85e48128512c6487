import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import MusterStore

/// Lists who was asked to a session, and who was there.
public enum ListAttendance: Operation {
    /// The name on the socket.
    public static let name = "list-attendance"

    /// Which session.
    public struct Request: Codable, Sendable {
        /// By id, or the end of one.
        public var session: String

        /// A request.
        public init(session: String) { self.session = session }
    }

    /// What is known.
    public struct Response: Codable, Sendable {
        /// What people read.
        public var title: String
        /// Everybody who was asked.
        public var entries: [AttendanceEntry]
        /// The same as a spreadsheet.
        public var sheet: String
    }

    /// Lists it.
    ///
    /// - Throws: `Failure` where there is no such session, or it is not theirs.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let session = try workspace.visibleSession(request.session)
        let entries = try workspace.attendance(at: session)
        return Response(title: session.details.title, entries: entries, sheet: SeasonSheet.attendance(entries))
    }
}

/// Somebody who was asked to a session.
public struct AttendanceEntry: Codable, Hashable, Sendable {
    /// Who.
    public var person: PersonID
    /// What they are called.
    public var name: String
    /// Where mail reaches them.
    public var address: String
    /// Their school.
    public var school: String
    /// Their part.
    public var role: String
    /// What they answered; nil for nothing.
    public var answer: Answer.Status?
    /// Whether they were there; nil where nobody has said so.
    public var wasThere: Bool?
}

/// Keeps who was at a session.
public enum RecordAttendance: Operation {
    /// The name on the socket.
    public static let name = "record-attendance"

    /// Who was there.
    public struct Request: Codable, Sendable {
        /// The session, by id or the end of one.
        public var session: String
        /// Whether each of these people, by id, address or name, was there.
        public var people: [String: Bool]
        /// A spreadsheet that says so; empty for none.
        public var sheet: Data

        /// A request; every field as described there.
        public init(session: String, people: [String: Bool] = [:], sheet: Data = Data()) {
            self.session = session
            self.people = people
            self.sheet = sheet
        }
    }

    /// What was kept.
    public struct Response: Codable, Sendable {
        /// The session, as people read it.
        public var title: String
        /// Of how many people something else is known now.
        public var changed: Int
        /// How many were there, as far as is known.
        public var present: Int
        /// Lines of the spreadsheet about people who were not asked, of whom nothing is kept.
        public var unknown: [String]
    }

    /// Keeps it.
    ///
    /// - Throws: `Failure` where there is no such session, it has not begun, or somebody was not asked to it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let session = try workspace.visibleSession(request.session)
        let attendees = Attendees(session.details.participants)
        var people: [PersonID: Bool] = [:]
        for (name, wasThere) in request.people {
            guard let found = attendees[name] else {
                throw Workspace.Failure("\"\(name)\" was not asked to \(session.details.title).", exitCode: 65)
            }
            people[found.person] = wasThere
        }
        var unknown: [String] = []
        if !request.sheet.isEmpty {
            let sheet = try readSheet(request.sheet)
            if !sheet.saysWho { for participant in session.details.participants { people[participant.person] = false } }
            for line in sheet.lines {
                let names = [line.person?.rawValue, line.address, line.name].compactMap(\.self)
                if let found = names.lazy.compactMap({ attendees[$0] }).first {
                    people[found.person] = line.wasThere
                } else {
                    unknown.append("line \(line.number): \(line.label)")
                }
            }
        }
        let changed = try await workspace.recordAttendance(people, at: session)
        let entries = try workspace.attendance(at: session)
        return Response(
            title: session.details.title, changed: changed, present: entries.count { $0.wasThere == true },
            unknown: unknown)
    }

    private static func readSheet(_ content: Data) throws -> AttendanceSheet {
        do {
            return try AttendanceSheet(content, path: "the spreadsheet")
        } catch {
            throw Workspace.Failure(error.description, exitCode: 65)
        }
    }
}

/// Those who were asked to a session, by everything that they may be called.
private struct Attendees {
    private var byName: [String: SessionDetails.Participant?] = [:]
    private var byKey: [String: SessionDetails.Participant] = [:]

    init(_ participants: [SessionDetails.Participant]) {
        for participant in participants {
            byKey[participant.person.rawValue] = participant
            byKey[participant.address.lowercased()] = participant
            // Nobody is meant by a name that two have.
            byName[participant.name.lowercased()] =
                byName[participant.name.lowercased()] == nil ? participant : .some(nil)
        }
    }

    /// Who is meant by an id, an address or a name; nil for nobody.
    subscript(name: String) -> SessionDetails.Participant? {
        byKey[name] ?? byKey[name.lowercased()] ?? byName[name.lowercased()].flatMap(\.self)
    }
}
