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
        /// Why, for the history; may be empty.
        public var reason: String

        /// A request; every field as described there.
        public init(session: String, reason: String) {
            self.session = session
            self.reason = reason
        }
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
        try await workspace.withWriteAccess {
            try workspace.pin(session, because: request.reason, $0)
        }
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
        /// Why, for the history; may be empty.
        public var reason: String

        /// A request; every field as described there.
        public init(session: String, time: String, reason: String) {
            self.session = session
            self.time = time
            self.reason = reason
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
        let objection = try await workspace.withWriteAccess {
            try workspace.move(session, to: request.time, because: request.reason, $0)
        }
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
        /// Why, for the history; may be empty.
        public var reason: String

        /// A request; every field as described there.
        public init(target: String, reason: String) {
            self.target = target
            self.reason = reason
        }
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
        let target = try workspace.find(request.target)
        switch target {
        case .session(let id): try workspace.require(workspace.isVisible(id), "session \(id)")
        case .track(let id): try workspace.require(workspace.isVisible(id), "session \(id)")
        case .school, .person:
            throw Workspace.Failure(
                "\(target.id) is no session or track; write for example cycle/\(target.id) for a school's whole run.",
                exitCode: 64)
        }
        let others = try await workspace.withWriteAccess {
            try workspace.cancel(target.id, because: request.reason, $0)
        }
        return Response(target: target.id, others: others)
    }
}

/// Takes back what pin, move or cancel said.
public enum RevertDecision: Operation {
    /// The name on the socket.
    public static let name = "revert-decision"

    /// What is to be taken back.
    public struct Request: Codable, Sendable {
        /// The session or the track, by id, or the end of one.
        public var target: String
        /// The number of one decision about it; nil for all.
        public var number: Int?

        /// A request; every field as described there.
        public init(target: String, number: Int? = nil) {
            self.target = target
            self.number = number
        }
    }

    /// What that was.
    public struct Response: Codable, Sendable {
        /// Its id.
        public var target: String
        /// How many decisions about it were taken back.
        public var count: Int
    }

    /// Takes it back.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let target = try workspace.find(request.target).id
        try workspace.require(workspace.isVisible(target), "session \(target)")
        let reverted = try await workspace.withWriteAccess {
            try $0.store.removeDecisions(
                about: target, number: request.number, by: workspace.actor, at: workspace.now())
        }
        guard !reverted.isEmpty else {
            throw Workspace.Failure("Nothing was decided about \(target); muster status lists what was.", exitCode: 65)
        }
        return Response(target: target, count: reverted.count)
    }
}

extension Workspace {
    /// The session that is meant; a word that means something else is refused.
    fileprivate func findSession(_ word: String) throws -> SessionID {
        guard case .session(let id) = try find(word) else {
            throw Failure(
                "\"\(word)\" is no session; sessions are written cycle/school/stage, or school/stage.", exitCode: 64)
        }
        try require(isVisible(id), "session \(id)")
        return id
    }
}
