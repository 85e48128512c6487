import CivilTime
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore
import Transport

/// Sends an invitation to an address of one's own, past the outbox, and says how far it came.
public enum SendTest: Operation {
    /// The name on the socket.
    public static let name = "send-test"

    /// To whom.
    public struct Request: Codable, Sendable {
        /// The mail address.
        public var address: String

        /// A request.
        public init(address: String) { self.address = address }
    }

    /// How far it came.
    public struct Response: Codable, Sendable {
        /// What was done, a line each.
        public var steps: [String]
        /// Why it went no further, as a sentence; nil where it was taken.
        public var failure: String?
    }

    /// Sends it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let now = workspace.now()
        let zone = workspace.programme.schools.first?.zone ?? .utc
        guard
            let message = try workspace.messageComposer.composeTest(
                to: request.address, in: zone, id: Workspace.makeID(), at: now)
        else {
            throw Workspace.Failure(
                "\"\(request.address)\" is no mail address; it should look like name@school.example.", exitCode: 64)
        }
        var response = Response(steps: workspace.mailRoute)
        let channel = try workspace.courier(for: OutboxMessage.mail)
        do throws(TransportError) {
            try await channel.deliver(message, over: 0, at: now, once: .given)
        } catch {
            response.failure = error.description
            return response
        }
        response.steps += [
            "taken         as \(message.messageID)",
            "look          for “\(message.subject)” in the mailbox of \(request.address), in its junk folder too, and in its calendar",
            "answers       go to \(workspace.configuration.organiser.address)",
        ]
        return response
    }
}

extension Workspace {
    /// The way that a mail takes, a line for each part of it.
    fileprivate var mailRoute: [String] {
        let sender = "from          \(configuration.organiser.name) <\(configuration.organiser.address)>"
        switch configuration.mail {
        case .maildir:
            return [sender, "into          \(mailDestination): a folder of this machine, so nobody gets it"]
        case .smtp(let smtp):
            let login = smtp.user.map { "signed in as  \($0)" } ?? "signed in     not at all"
            return [sender, "to            \(smtp.host):\(smtp.port), security \(smtp.security)", login]
        }
    }
}
