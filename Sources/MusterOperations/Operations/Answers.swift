import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import Transport

/// Takes a mail to the organiser: an answer is kept, what a person must read waits, and the rest is left with its reason.
public enum TakeMail: Operation {
    /// The name on the socket.
    public static let name = "take-mail"
    /// So much of a mail is read: what is larger waits for somebody, with its beginning.
    public static let mostBytes = (10 << 20) + 1

    /// The mail.
    public struct Request: Codable, Sendable {
        /// All of it.
        public var content: Data

        /// A request.
        public init(content: Data) { self.content = content }
    }

    /// Takes it; one that was taken before changes nothing.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> IncomingMail {
        try await workspace.withWriteAccess { try workspace.take([UInt8](request.content), $0) }
    }
}

/// Says what a mail would be understood as; changes nothing.
public enum InterpretMail: Operation {
    /// The name on the socket.
    public static let name = "interpret-mail"
    /// The mail.
    public typealias Request = TakeMail.Request

    /// Reads it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> IncomingMail {
        let mail = workspace.received([UInt8](request.content))
        let reader = try workspace.reader(of: mail)
        let decision = try workspace.store.considering { try reader.decide($0) }
        return IncomingMail(
            at: workspace.now(), sender: mail.sender, subject: mail.subject, session: decision.session ?? "",
            state: decision.state, reason: decision.reason)
    }
}

/// Keeps what somebody was told, by telephone or at the school gate.
public enum RecordAnswer: Operation {
    /// The name on the socket.
    public static let name = "record-answer"

    /// What was said.
    public struct Request: Codable, Sendable {
        /// The session, as `900001/review`.
        public var session: String
        /// Who said it: an id, or the beginning of a name.
        public var person: String
        /// What.
        public var status: Answer.Status
        /// What was added in words.
        public var comment: String

        /// A request; every field as described there.
        public init(session: String, person: String, status: Answer.Status, comment: String) {
            self.session = session
            self.person = person
            self.status = status
            self.comment = comment
        }
    }

    /// What is kept, for people.
    public struct Response: Codable, Sendable {
        /// The person.
        public var name: String
        /// The session.
        public var title: String
    }

    /// Keeps it.
    ///
    /// - Throws: `Failure` where the person does not come to the session, or it has begun.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        guard case .session(let id) = try workspace.find(request.session) else {
            throw Workspace.Failure(
                "\"\(request.session)\" is no session; write URN/STAGE, as 900001/review.", exitCode: 64)
        }
        try workspace.require(workspace.isVisible(id), "session \(id)")
        guard case .person(let person) = try workspace.find(request.person, where: \.isPerson) else {
            throw Workspace.Failure("\"\(request.person)\" is no person of the programme.", exitCode: 64)
        }
        let (now, actor) = (workspace.now(), workspace.actor)
        let webhooks = try workspace.webhookComposer
        let published = try workspace.store.publishedSessions().first { $0.details.id == id }
        guard let uid = published?.uid, let title = published?.details.title else {
            throw Workspace.Failure("\(id) is not published; muster apply publishes it.", exitCode: 65)
        }
        let answer = try await workspace.withWriteAccess { access in
            try access.store.keep { known in
                guard let session = try known.session(uid: uid), session.details.start > now,
                    session.details.participants.contains(where: { $0.person == person })
                else { return nil }
                return Answer(
                    session: id, uid: uid, person: person, status: request.status, comment: request.comment,
                    start: session.details.start, sequence: session.sequence, stamp: now, at: now, way: actor)
            } announcing: {
                webhooks.announcement(of: .answered($0, title))
            }
        }
        guard let answer else {
            throw Workspace.Failure(
                "\(person) is not asked to \(title), or it has begun; nothing was kept.", exitCode: 65)
        }
        return Response(name: workspace.programme.name(of: answer.person), title: title)
    }
}

/// Asks those once more who have not answered, without waiting for the day on which they would be asked.
public enum AskAgain: Operation {
    /// The name on the socket.
    public static let name = "ask-again"

    /// Whom.
    public struct Request: Codable, Sendable {
        /// Those of this session; nil for all who are asked to sessions to come.
        public var session: String?
        /// Those of this partnership alone; nil for all that they may see who ask.
        public var partnership: PartnershipID?

        /// A request; every field as described there.
        public init(session: String? = nil, partnership: PartnershipID? = nil) {
            self.session = session
            self.partnership = partnership
        }
    }

    /// What was done.
    public struct Response: Codable, Sendable {
        /// How many people are asked; those who were asked so today are not.
        public var people: Int
    }

    /// Asks them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let session = try request.session.map { word -> SessionID in
            guard case .session(let id) = try workspace.find(word) else {
                throw Workspace.Failure("\"\(word)\" is no session; write URN/STAGE, as 900001/review.", exitCode: 64)
            }
            try workspace.require(workspace.isVisible(id), "session \(id)")
            return id
        }
        let narrow = try workspace.limited(to: request.partnership)
        return Response(people: try await narrow.withWriteAccess { try narrow.askNow(about: session, $0) })
    }
}

/// Lists the mails that came.
public enum ListIncomingMails: Operation {
    /// The name on the socket.
    public static let name = "list-incoming-mails"

    /// Which ones.
    public struct Request: Codable, Sendable {
        /// Only those in this state; nil for all.
        public var state: IncomingMail.State?

        /// A request.
        public init(state: IncomingMail.State?) { self.state = state }
    }

    /// Lists them, the newest first.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [IncomingMail] {
        try workspace.store.incomingMails(request.state).filter { workspace.seesMail(about: $0.session) }
    }
}

/// Shows a mail that waits for a person.
public enum ShowIncomingMail: Operation {
    /// The name on the socket.
    public static let name = "show-incoming-mail"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int

        /// A request.
        public init(number: Int) { self.number = number }
    }

    /// The mail.
    public struct Response: Codable, Sendable {
        /// All of it, for whoever works on the machine itself; nil for others, and where it is not kept any more.
        public var content: Data?
        /// What people read of it, without the addresses in it that are for its sender alone; nil where it is not kept
        /// any more.
        public var text: String?
    }

    /// Shows it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        try workspace.requireIncoming(request.number)
        let content = try workspace.store.incomingContent(request.number)
        return Response(
            content: workspace.viewer == .machine ? content.map { Data($0) } : nil,
            text: content.map(ReadableMail.text))
    }
}

/// Says that somebody has dealt with a mail that waited.
public enum SettleIncomingMail: Operation {
    /// The name on the socket.
    public static let name = "settle-incoming-mail"
    /// Which one.
    public typealias Request = ShowIncomingMail.Request

    /// Keeps it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Nothing {
        try workspace.requireIncoming(request.number)
        let event = Event.done(
            .mailSettled, "The mail \(request.number) was dealt with", by: workspace.actor, at: workspace.now())
        let isSettled = try await workspace.withWriteAccess {
            try $0.store.settleIncoming(request.number, recording: event)
        }
        guard isSettled else {
            throw Workspace.Failure(
                "No mail \(request.number) waits; muster replies lists those that do.", exitCode: 65)
        }
        return Nothing()
    }
}

/// Agrees to what a mail says that waits: an answer, another time, or a substitute.
public enum AcceptIncomingMail: Operation {
    /// The name on the socket.
    public static let name = "accept-incoming-mail"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int
        /// Whose answer it is, where it does not say so: an id, or the beginning of a name.
        public var person: String?

        /// A request; every field as described there.
        public init(number: Int, person: String? = nil) {
            self.number = number
            self.person = person
        }
    }

    /// What was done.
    public struct Response: Codable, Sendable {
        /// As a sentence.
        public var sentence: String
    }

    /// Does it.
    ///
    /// - Throws: `Failure` where there is nothing to agree to.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        try workspace.requireIncoming(request.number)
        let person = try request.person.map { word -> PersonID in
            guard case .person(let person) = try workspace.find(word, where: \.isPerson) else {
                throw Workspace.Failure("\"\(word)\" is no person of the programme.", exitCode: 64)
            }
            return person
        }
        return Response(sentence: try await workspace.accept(mail: request.number, person: person))
    }
}

/// Says no to what a mail proposes that waits.
public enum RefuseIncomingMail: Operation {
    /// The name on the socket.
    public static let name = "refuse-incoming-mail"

    /// Which one, and why.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int
        /// Why, for whoever proposed it.
        public var reason: String

        /// A request; every field as described there.
        public init(number: Int, reason: String = "") {
            self.number = number
            self.reason = reason
        }
    }

    /// What follows.
    public struct Response: Codable, Sendable {
        /// Whether whoever wrote it is told.
        public var isTold: Bool
    }

    /// Does it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        try workspace.requireIncoming(request.number)
        return Response(isTold: try await workspace.refuse(mail: request.number, because: request.reason))
    }
}

/// Takes the mails that have come by now, without waiting for the daemon.
public enum FetchAnswers: Operation {
    /// The name on the socket.
    public static let name = "fetch-answers"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// What came.
    public struct Response: Codable, Sendable {
        /// How many mails there were.
        public var count: Int
        /// When the answer to a test invitation came last; nil for never.
        public var roundTrip: Instant?
    }

    /// Takes them.
    ///
    /// - Throws: `Failure` with why the mailbox cannot be read.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        do {
            return Response(
                count: try await workspace.fetchAnswers(), roundTrip: try workspace.store.lastRoundTrip())
        } catch let error as TransportError {
            throw Workspace.Failure("The mailbox cannot be read: \(error).", exitCode: 75)
        }
    }
}
