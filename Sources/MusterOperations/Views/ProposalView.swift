import CivilTime
import Foundation
import MusterModel
import MusterPlanning
import MusterStore

/// A proposed change as people look at it before they say yes or no.
public struct ProposalView: Codable, Sendable {
    /// Why, in sentences.
    public var causes: [String]
    /// What would change.
    public var changes: [PlanReport.Change]
    /// How many mails that makes, by reason.
    public var mailsByReason: [ChangeSet.Reason: Int]
    /// How many people get them.
    public var recipients: Int
    /// How many hear nothing.
    public var undisturbed: Int
    /// What else could have been done, in lines of text.
    public var alternatives: [String]
    /// What is to be said besides.
    public var notes: [String]
    /// `3 of 43 sessions have ever been moved`.
    public var stability: String

    init(_ proposal: Proposal, _ workspace: Workspace) throws {
        causes = try workspace.causes(of: proposal)
        changes = proposal.changes.changes.map { PlanReport.Change($0) }
        mailsByReason = proposal.changes.mailsByReason
        recipients = proposal.changes.recipients.count
        undisturbed = proposal.undisturbed
        alternatives = try workspace.alternatives(to: proposal)
        notes = proposal.notes
        stability = try workspace.stability()
    }
}

extension ProposalView {
    /// Why, in sentences, also where nothing forces it.
    public var reasons: [String] {
        causes.isEmpty
            ? ["Nothing forces it: it follows from the config, or from sessions that became possible."] : causes
    }

    /// How many get mails, how many hear nothing, and how often sessions were moved so far.
    public var effect: String {
        let mails = mailsByReason.values.reduce(0, +)
        return
            "\(Wording.count(mails, "mail")) to \(Wording.count(recipients, "person")); \(Wording.count(undisturbed, "other")) hear nothing. So far \(stability)."
    }

    /// What of it is theirs who look: of a change that is others' too, their own sessions alone.
    func seen(in workspace: Workspace) -> ProposalView {
        guard !changes.allSatisfy({ workspace.isVisible($0.session) }) else { return self }
        var view = self
        view.changes.removeAll { !workspace.isVisible($0.session) }
        (view.causes, view.alternatives, view.notes) = ([], [], [])
        return view
    }
}

extension Workspace {
    /// `3 of 43 sessions have ever been moved`.
    func stability() throws -> String {
        let (moved, all) = try store.movedSessions(of: programme.cycles(seenBy: viewer))
        return "\(moved) of \(Wording.count(all, "session")) \(moved == 1 ? "has" : "have") ever been moved"
    }

    /// Why what would change cannot stay as it is, in sentences, by time.
    fileprivate func causes(of proposal: Proposal) throws -> [String] {
        let declines = Dictionary(grouping: try store.declines() + unreached(), by: \.session.track)
        var seen: Set<String> = []
        return proposal.changes.changes.flatMap { change -> [String] in
            guard let details = change.before?.details else { return [] }
            let obstacles = proposal.obstacles[change.id.track] ?? []
            return obstacles.filter { $0.track.session($0.stage) == change.id }.map { obstacle in
                let declined = declines[obstacle.track]?.first { $0.person == obstacle.person }
                return sentence(about: obstacle, at: details, declined: declined)
            }
        }.filter { seen.insert($0).inserted }
    }

    private func sentence(
        about obstacle: PublishedObstacle, at details: SessionDetails, declined: Answer?
    ) -> String {
        let name = programme.name(of: obstacle.person)
        let session = "\(details.title), \(span(details))"
        if let declined {
            let stage = programme.stageName(of: declined.session)
            let host = details.host.map { " at \($0)" } ?? ""
            guard declined.way != Answer.bounce else {
                return
                    "Mails to \(name) about the \(Wording.inSentence(stage))\(host) do not arrive at \(declined.comment), and nothing was heard from them; is the address right?"
            }
            return "\(name) does not come to the \(Wording.inSentence(stage))\(host)\(declined.remark)."
        }
        return switch obstacle.kind {
        case .excluded: "\(name) must not be in the team of \(details.host ?? details.title) any more."
        case .absent: "\(name) is not free at \(session)."
        case .required: "\(name) is not free at \(session), and must be there."
        case .time: "\(session), cannot be then any more: the school is closed, or a rule changed."
        }
    }

    private func span(_ details: SessionDetails) -> String {
        Wording.span(details.start, details.end, in: TimeZoneDatabase.system[details.zone] ?? .utc)
    }
}
