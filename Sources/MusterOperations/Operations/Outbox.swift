import CivilTime
import Foundation
import MusterModel
import MusterStore

/// A message of the outbox as people and scripts see it.
public struct MessageSummary: Codable, Sendable {
    /// Its number.
    public let number: Int
    /// How far it has come.
    public let state: OutboxMessage.State
    /// What it is to its recipient.
    public let kind: OutboxMessage.Kind
    /// Why it is sent, in a word.
    public let reason: String
    /// The session that it is about; empty where it is about none.
    public let session: SessionID
    /// Who gets it; empty for a webhook.
    public let person: PersonID
    /// Their name; their id where the config does not know them any more.
    public let name: String
    /// The `SEQUENCE` that it carries.
    public let sequence: Int
    /// The revision of the plan that caused it.
    public let revision: Int
    /// How often it was tried.
    public let attempts: Int
    /// Its `Message-ID` or `webhook-id`.
    public let messageID: String
    /// `mail`, or a webhook endpoint.
    public let destination: String
    /// Its subject.
    public let subject: String
    /// What the last attempt failed with.
    public let lastError: String?
    /// Whether it is held until somebody approves of it.
    public let awaitsApproval: Bool
    /// When it was written.
    public let created: Instant
    /// When it is to be sent, or tried again.
    public let due: Instant

    init(_ message: OutboxMessage, _ programme: Programme) {
        number = message.number
        state = message.state
        kind = message.kind
        reason = message.reason
        session = message.session?.id ?? ""
        person = message.person ?? ""
        name = message.person.map(programme.name) ?? ""
        sequence = message.session?.sequence ?? 0
        revision = message.revision
        attempts = message.attempts
        messageID = message.messageID
        destination = message.destination
        subject = message.subject
        lastError = message.lastError
        awaitsApproval = message.awaitsApproval
        created = message.created
        due = message.due
    }

    /// What its recipient will not know where it is never sent, as a sentence.
    public var consequence: String {
        let what = "“\(subject)”"
        guard destination == OutboxMessage.mail else { return "\(addressee) is not told: \(what)." }
        return switch (kind, ChangeSet.Reason(rawValue: reason)) {
        case (.invitation, _): "\(addressee) does not hear of it, and is expected: \(what)."
        case (.cancellation, _): "\(addressee) keeps it in the calendar and may come: \(what)."
        case (.update, .moved): "\(addressee) keeps the old time in the calendar: \(what)."
        case (.update, _): "\(addressee) does not hear what changed: \(what)."
        case (.reminder, _): "\(addressee) is not reminded: \(what)."
        default: "\(addressee) does not get it: \(what)."
        }
    }

    /// Who gets it, without an address: a person, or an endpoint.
    public var addressee: String {
        if !person.isEmpty { return name }
        return destination == OutboxMessage.mail ? "its owner" : destination
    }
}

/// Lists messages, the newest first.
public enum ListMessages: Operation {
    /// The name on the socket.
    public static let name = "list-messages"

    /// Which ones.
    public struct Request: Codable, Sendable {
        /// Only those in this state; nil for all.
        public var state: OutboxMessage.State?
        /// At most so many, the newest.
        public var limit: Int

        /// A request.
        public init(state: OutboxMessage.State?, limit: Int = 1000) {
            self.state = state
            self.limit = limit
        }
    }

    /// Lists them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [MessageSummary] {
        let states = request.state.map { [$0] } ?? OutboxMessage.State.allCases
        let cycles = workspace.seesEverything ? nil : workspace.programme.cycles(seenBy: workspace.viewer)
        return try workspace.store.messageHeads(states, about: cycles, limit: request.limit).map {
            MessageSummary($0, workspace.programme)
        }
    }
}

/// Shows one message.
public enum ShowMessage: Operation {
    /// The name on the socket.
    public static let name = "show-message"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int

        /// A request.
        public init(number: Int) { self.number = number }
    }

    /// The message.
    public struct Response: Codable, Sendable {
        /// Where it stands.
        public var summary: MessageSummary
        /// The whole mail, or the body of the webhook, for whoever works on the machine itself; nil for others.
        public var content: Data?
        /// What people read of it, without the addresses in it that are for its recipient alone.
        public var text: String
    }

    /// Shows it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        guard let message = try workspace.store.message(request.number),
            workspace.seesMail(about: message.session?.id)
        else {
            throw Workspace.Failure("There is no mail \(request.number); muster outbox lists them.", exitCode: 65)
        }
        return Response(
            summary: MessageSummary(message, workspace.programme),
            content: workspace.viewer == .machine ? Data(message.content) : nil,
            text: ReadableMail.text(of: message.content))
    }
}

/// Holds, releases, retries or discards messages.
public enum ChangeMessages: Operation {
    /// The name on the socket.
    public static let name = "change-messages"

    /// What becomes of them.
    public enum Action: String, CaseIterable, Codable, Sendable {
        /// They are not sent until they are released.
        case hold
        /// What is held may be sent.
        case release
        /// They are tried now.
        case retry
        /// What was delivered is sent once more, since somebody lost it; what was given up too.
        case resend
        /// They are not to be sent any more.
        case discard

        /// `held`, `discarded`.
        fileprivate var past: String {
            switch self {
            case .hold: "held"
            case .release: "released"
            case .retry: "tried again"
            case .resend: "sent again"
            case .discard: "discarded"
            }
        }

        /// From which states it leads into which.
        public var states: (from: [OutboxMessage.State], to: OutboxMessage.State) {
            switch self {
            case .hold: ([.due], .held)
            case .release: ([.held], .due)
            case .retry: ([.due, .dead], .due)
            case .resend: ([.delivered, .dead, .discarded], .due)
            case .discard: ([.due, .held, .dead], .discarded)
            }
        }
    }

    /// Which ones, and what becomes of them.
    public struct Request: Codable, Sendable {
        /// Their numbers; nil for all.
        public var numbers: [Int]?
        /// What becomes of them.
        public var action: Action

        /// A request.
        public init(numbers: [Int]?, action: Action) {
            self.numbers = numbers
            self.action = action
        }
    }

    /// What was done.
    public struct Response: Codable, Sendable {
        /// How many there were.
        public var count: Int
    }

    /// Changes them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let (from, to) = request.action.states
        let numbers = try workspace.visibleMessages(request.numbers, in: from)
        let count = try await workspace.withWriteAccess { access in
            let event = Event.done(
                .outboxChanged, request.action.past, by: workspace.actor, at: workspace.now())
            let count = try access.store.move(
                numbers, from: from, to: to, due: workspace.now(), recording: event)
            if count > 0, to == .due, request.action != .release {
                try access.store.reopen(OutboxMessage.mail, at: workspace.now())
            }
            return count
        }
        guard count > 0 else {
            let words = Wording.list(from.map(\.rawValue), "or")
            throw Workspace.Failure(
                "No mail of these is \(words)\(to == .due ? " with its text kept and nothing newer behind it" : ""); muster outbox list shows where each stands.",
                exitCode: 65)
        }
        return Response(count: count)
    }
}

extension Workspace {
    /// The messages that are meant; nil for all.
    ///
    /// - Throws: `Failure` where one of them is not theirs who ask.
    fileprivate func visibleMessages(_ numbers: [Int]?, in states: [OutboxMessage.State]) throws -> [Int]? {
        guard !seesEverything else { return numbers }
        guard let numbers else {
            let cycles = programme.cycles(seenBy: viewer)
            return try store.messageHeads(states, about: cycles, limit: Int.max).map(\.number)
        }
        for number in numbers {
            try require(try store.message(number).map { seesMail(about: $0.session?.id) } ?? false, "mail \(number)")
        }
        return numbers
    }
}
