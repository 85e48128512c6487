import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

/// Makes a secret with which a program may do what somebody may who looks after something.
public enum CreateToken: Operation {
    /// The name on the socket.
    public static let name = "create-token"

    /// For whom, and for what.
    public struct Request: Codable, Sendable {
        /// The address of a coordinator or an operator.
        public var address: String
        /// What it is for, in a few words.
        public var name: String

        /// A request; every field as described there.
        public init(address: String, name: String) {
            self.address = address
            self.name = name
        }
    }

    /// The secret, which nobody can find out again.
    public struct Response: Codable, Sendable {
        /// What is kept of it.
        public var token: AccessToken
        /// The secret.
        public var secret: String
    }

    /// Makes it.
    ///
    /// - Throws: `Failure` where that address looks after nothing.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let viewer = try workspace.requireViewer(request.address)
        let secret = SecretToken()
        let (now, actor) = (workspace.now(), workspace.actor)
        let token = try await workspace.withWriteAccess {
            try $0.store.addToken(request.name, for: viewer.address, digest: secret.digest, at: now) { number in
                Event.done(.tokenChanged, "the token \(number) was made for \(viewer.id)", by: actor, at: now)
            }
        }
        return Response(token: token, secret: secret.text)
    }
}

/// Lists the tokens of programs, those that were taken back too.
public enum ListTokens: Operation {
    /// The name on the socket.
    public static let name = "list-tokens"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// Lists them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [AccessToken] {
        try workspace.store.tokens()
    }
}

/// Takes a token back for good.
public enum RevokeToken: Operation {
    /// The name on the socket.
    public static let name = "revoke-token"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int

        /// A request.
        public init(number: Int) { self.number = number }
    }

    /// Takes it back.
    ///
    /// - Throws: `Failure` where there is none, or it was taken back before.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Nothing {
        let now = workspace.now()
        let event = Event.done(
            .tokenChanged, "the token \(request.number) was taken back", by: workspace.actor, at: now)
        let isRevoked = try await workspace.withWriteAccess {
            try $0.store.revokeToken(request.number, at: now, recording: event)
        }
        guard isRevoked else {
            throw Workspace.Failure(
                "There is no token \(request.number) that can be used; muster token list shows them.", exitCode: 65)
        }
        return Nothing()
    }
}

extension Workspace {
    /// Whom a program acts for, by its secret; nil where that is of no use, or they look after nothing any more.
    public func tokenViewer(_ secret: SecretToken) throws -> Viewer? {
        try store.useToken(digest: secret.digest, at: now()).flatMap { viewer($0.address) }
    }
}

/// Has somebody who signs in to the pages give a password of an app on their telephone too, or no more.
public enum SetSecondFactor: Operation {
    /// The name on the socket.
    public static let name = "set-second-factor"

    /// Who.
    public struct Request: Codable, Sendable {
        /// The mail address with which they sign in.
        public var address: String
        /// Whether a password is asked for.
        public var isNeeded: Bool

        /// A request.
        public init(address: String, isNeeded: Bool) {
            self.address = address
            self.isNeeded = isNeeded
        }
    }

    /// What their app has to know.
    public struct Response: Codable, Sendable {
        /// The secret as an app reads it (`otpauth:`); nil where no password is asked for.
        public var address: String?
    }

    /// Sets it; browsers in which they are signed in are signed out.
    ///
    /// - Throws: `Failure` where they look after nothing.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let viewer = try workspace.requireViewer(request.address)
        let password = request.isNeeded ? OneTimePassword() : nil
        let words = request.isNeeded ? "needs a password of an app" : "needs no password of an app any more"
        let event = Event.done(
            .secondFactorChanged, "\(viewer.id) \(words)", by: workspace.actor, at: workspace.now())
        try await workspace.withWriteAccess {
            try $0.store.setSecondFactor(password?.secret, of: viewer.address, recording: event)
        }
        return Response(address: password?.address(of: viewer.address))
    }
}
