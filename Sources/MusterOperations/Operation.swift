import CivilTime
import Foundation
import MusterStore

/// One use case: what somebody asks for, and what comes of it.
///
/// A command, a service, a page and a mail call the same type, so there is one place for each decision: read, decide in
/// a value, commit. Where what a decision rests on is not so any more at the commit, the operation decides again.
public protocol Operation: Sendable {
    /// What is asked for.
    associatedtype Request: Codable & Sendable
    /// What came of it.
    associatedtype Response: Codable & Sendable

    /// Its name, `move-session`: by that the daemon's socket knows those of the catalogue; the others are work that comes
    /// back, and the daemon's own.
    static var name: String { get }

    /// Does it.
    ///
    /// - Parameter progress: told now and then how a long search goes on.
    /// - Throws: `Workspace.Failure` or `StoreError`, each with a sentence for people.
    static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response
}

/// How a search for a plan goes on.
public struct PlanningProgress: Codable, Sendable {
    /// Told of it.
    public typealias Handler = @Sendable (PlanningProgress) -> Void

    /// Rounds of improvement that were done.
    public var rounds: Int
    /// The priorities of what is left out of the best plan so far.
    public var unscheduled: Int
    /// The cost of the best plan so far.
    public var cost: Int

    /// A state of a search; every field as described there.
    public init(rounds: Int, unscheduled: Int, cost: Int) {
        self.rounds = rounds
        self.unscheduled = unscheduled
        self.cost = cost
    }
}

/// An operation without an answer beside that it was done, or without anything to ask.
public struct Nothing: Codable, Sendable {
    /// Nothing.
    public init() {}
}

/// Mails that work which comes back has written.
public struct WrittenMails: Codable, Sendable {
    /// How many.
    public var sent: Int
    /// When there is something to do again; nil where nothing is to come.
    public var next: Instant?
}

/// Why an operation was not done, as it passes from the daemon to a command.
public struct OperationFailure: Error, Codable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// The exit code that fits it (sysexits).
    public let exitCode: Int32

    /// A failure with its sentence and exit code.
    public init(_ description: String, exitCode: Int32) {
        self.description = description
        self.exitCode = exitCode
    }

    /// What an error is to whoever asked.
    public init(_ error: any Error) {
        switch error {
        case let failure as OperationFailure: self = failure
        case let failure as Workspace.Failure: self.init(failure.description, exitCode: failure.exitCode)
        case let error as StoreError:
            self.init("muster: \(error.description).", exitCode: error.exitCode)
        default: self.init("muster: \(error)", exitCode: 70)
        }
    }
}

/// What follows from something that was done.
public enum Consequence: Sendable {
    /// Mails may have to leave, and nothing else.
    case mails
    /// The plan may have to be another one.
    case plan
}

/// Every operation that the daemon's socket offers.
public enum OperationCatalogue {
    /// Those that only look: nothing follows from them.
    private static let reading: [any Operation.Type] = [
        ExplainEntity.self, ListSchoolEvents.self, ListEvents.self, ReportStatus.self, ListMessages.self,
        ShowMessage.self, ListWebhooks.self, ListFeeds.self, ComposeFeeds.self, ExportSeason.self, ExportPerson.self,
        FindCalendars.self, InterpretMail.self, ListIncomingMails.self, ShowIncomingMail.self, ListProposals.self,
        ShowProposal.self, ShowOverview.self, ShowSession.self, ListAbsences.self, ListTokens.self, ListCalendars.self,
        ListPolls.self, ShowPoll.self, ShowFeedback.self, ListDeadlines.self, ShowCycleReport.self,
        ListAttendance.self, DraftCycle.self,
    ]
    private static let changing: [any Operation.Type] = [
        PlanSeason.self, PublishPlan.self, PinSession.self, MoveSession.self, CancelTarget.self, RevertDecision.self,
        RecordSchoolEvent.self, RemoveSchoolEvent.self, SendDueMessages.self, ChangeMessages.self, TestWebhook.self,
        ReplayWebhooks.self, CreateFeed.self, RevokeFeed.self, ErasePerson.self, SendTest.self, TakeMail.self,
        RecordAnswer.self, SettleIncomingMail.self, ApproveProposal.self, RejectProposal.self, AcceptIncomingMail.self,
        RefuseIncomingMail.self, FetchAnswers.self, RevokeLinks.self, CreateSignIn.self, AskAgain.self,
        RecordAbsence.self, RemoveAbsence.self, AgreeQuestion.self, CreateToken.self, RevokeToken.self,
        ApplyPoll.self, RecordPollAnswer.self, FinishDeadline.self,
        SetSecondFactor.self, RecordAttendance.self, ChooseDate.self, AskStandIns.self,
    ]
    /// Of those that change something, the ones on which no plan rests.
    private static let mailing: [any Operation.Type] = [
        ChangeMessages.self, TestWebhook.self, ReplayWebhooks.self, CreateFeed.self, RevokeFeed.self, SendTest.self,
        SendDueMessages.self, RevokeLinks.self, CreateSignIn.self, AskAgain.self, CreateToken.self, RevokeToken.self,
        RecordPollAnswer.self, FinishDeadline.self, SetSecondFactor.self, RecordAttendance.self,
    ]
    private static let readingNames = Set(reading.map { $0.name })
    private static let mailingNames = Set(mailing.map { $0.name })
    private static let byName = Dictionary((reading + changing).map { ($0.name, $0) }) { first, _ in first }

    /// What may follow from an operation, and so who is to be woken; nil for nothing.
    public static func consequence(of name: String) -> Consequence? {
        readingNames.contains(name) ? nil : mailingNames.contains(name) ? .mails : .plan
    }

    /// The names of all.
    static var names: [String] { byName.keys.sorted() }

    /// What request and response of an operation look like; nil for one that is not known.
    static func schemas(_ name: String) -> (request: JSONValue, response: JSONValue)? { byName[name]?.schemas }

    /// Does what a request in JSON asks for; nil for an operation that is not known.
    ///
    /// - Returns: the response in JSON.
    public static func run(
        _ name: String, request: Data, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Data? {
        guard let operation = byName[name] else { return nil }
        return try await operation.run(json: request, in: workspace, progress: progress)
    }
}

extension Operation {
    fileprivate static var schemas: (request: JSONValue, response: JSONValue) {
        (JSONSchema.of(Request.self), JSONSchema.of(Response.self))
    }

    fileprivate static func run(
        json: Data, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Data {
        let request: Request
        do {
            request = try JSONDecoder().decode(Request.self, from: json)
        } catch {
            throw OperationFailure("The daemon does not understand what is asked of it (\(name)).", exitCode: 76)
        }
        return try JSONEncoder().encode(try await run(request, in: workspace, progress: progress))
    }
}

extension StoreError {
    /// The exit code that fits it: `EX_TEMPFAIL`, `EX_DATAERR` where starting again mends nothing, else `EX_IOERR`.
    fileprivate var exitCode: Int32 {
        switch kind {
        case .busy, .conflict: 75
        case .corrupt: 65
        case .newer, .readOnly, .full, .other: 74
        }
    }
}
