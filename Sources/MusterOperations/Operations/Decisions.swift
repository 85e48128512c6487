import CivilTime
import MusterModel
import MusterStore

/// Keeps a published session as it is: its time and the people who come to it by a role.
public enum PinSession: Operation {
    /// The name on the socket.
    public static let name = "pin-session"

    /// The session, as a person writes it.
    public struct Request: Codable, Sendable {
        /// By id, or the end of one.
        public var session: String

        /// A request.
        public init(session: String) { self.session = session }
    }

    /// Which session that was.
    public struct Response: Codable, Sendable {
        /// Its id.
        public var session: SessionID
    }

    /// Pins it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let session = try workspace.findSession(request.session)
        try await workspace.withWriteAccess { try workspace.pin(session, $0) }
        return Response(session: session)
    }
}

/// Puts a session at a time.
public enum MoveSession: Operation {
    /// The name on the socket.
    public static let name = "move-session"

    /// Which session, and when.
    public struct Request: Codable, Sendable {
        /// By id, or the end of one.
        public var session: String
        /// Day and time on the host's clocks: `2027-01-14T14:00`.
        public var time: String

        /// A request.
        public init(session: String, time: String) {
            self.session = session
            self.time = time
        }
    }

    /// Which session that was.
    public struct Response: Codable, Sendable {
        /// Its id.
        public var session: SessionID
        /// What speaks against that time; nil where nothing does.
        public var objection: String?
    }

    /// Moves it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let session = try workspace.findSession(request.session)
        let objection = try await workspace.withWriteAccess { try workspace.move(session, to: request.time, $0) }
        return Response(session: session, objection: objection)
    }
}

/// Takes a session or a whole track out of the plan.
public enum CancelTarget: Operation {
    /// The name on the socket.
    public static let name = "cancel"

    /// The session or the track.
    public struct Request: Codable, Sendable {
        /// By id, or the end of one.
        public var target: String

        /// A request.
        public init(target: String) { self.target = target }
    }

    /// What that was.
    public struct Response: Codable, Sendable {
        /// Its id.
        public var target: String
        /// The names of the track's other stages, which take place all the same.
        public var others: [String]
    }

    /// Cancels it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        switch try workspace.find(request.target) {
        case .session(let id), .track(let id):
            return Response(target: id, others: try await workspace.withWriteAccess { try workspace.cancel(id, $0) })
        case .school(let id), .person(let id):
            throw Workspace.Failure(
                "\(id) is no session or track; write for example cycle/\(id) for a school's whole run.", exitCode: 64)
        }
    }
}

/// Takes back what pin, move or cancel said.
public enum RevertDecision: Operation {
    /// The name on the socket.
    public static let name = "revert-decision"

    /// The session or the track.
    public typealias Request = CancelTarget.Request

    /// What that was.
    public struct Response: Codable, Sendable {
        /// Its id.
        public var target: String
    }

    /// Takes it back.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let target = try workspace.find(request.target).id
        guard try await workspace.withWriteAccess({ try $0.store.removeDecision(target) }) else {
            throw Workspace.Failure("Nothing was decided about \(target); muster status lists what was.", exitCode: 65)
        }
        return Response(target: target)
    }
}

extension Workspace {
    /// The session that is meant; a word that means something else is refused.
    fileprivate func findSession(_ word: String) throws -> SessionID {
        guard case .session(let id) = try find(word) else {
            throw Failure(
                "\"\(word)\" is no session; sessions are written cycle/school/stage, or school/stage.", exitCode: 64)
        }
        return id
    }
}
