import CivilTime
import Crypto
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterPlanning
import MusterStore
import TextEncodings

/// What is kept of a change while it waits: what people look at, and what their yes publishes.
struct WaitingProposal: Codable {
    var view: ProposalView
    var plan: ProposedPlan
}

extension Workspace {
    /// What followed from planning anew.
    enum FollowUp: Sendable {
        /// The published plan stands.
        case nothing
        /// What may be done without asking was published; where that is only a part, the rest is left for the next time.
        case published(PublicationResult, isPart: Bool)
        /// A change waits for somebody's yes.
        case proposed(PlanChange, isNew: Bool)
    }

    /// Plans anew, publishes what may be published without asking, and else proposes it.
    func followUp(_ options: PlanningOptions) async throws -> FollowUp {
        let proposal = try await propose(options)
        guard !proposal.changes.isEmpty else {
            try await withWriteAccess { try $0.store.outdateChanges(at: now()) }
            return .nothing
        }
        // The first revision is for somebody to publish: an empty state may also be a state that was lost, and everybody
        // would be invited a second time.
        let asked = proposal.basis == nil ? changedTracks(proposal) : try tracksToAskAbout(proposal)
        guard !asked.isEmpty else {
            return .published(try await publishUnasked(proposal), isPart: false)
        }
        if asked != changedTracks(proposal) {
            // What needs no yes is planned alone, so that it does not rest on what nobody has agreed to.
            var alone = options
            alone.keptTracks.formUnion(asked)
            let part = try await propose(alone)
            if !part.changes.isEmpty, try tracksToAskAbout(part).isEmpty {
                return .published(try await publishUnasked(part), isPart: true)
            }
        }
        return try await keep(proposal)
    }

    private func publishUnasked(_ proposal: Proposal) async throws -> PublicationResult {
        try await publish(proposal, note: "by the daemon", isApproved: false)
    }

    private func changedTracks(_ proposal: Proposal) -> Set<TrackID> {
        Set(proposal.changes.changes.map(\.id.track))
    }

    /// The runs of which something changes that their cycle does not let be done without asking.
    ///
    /// Nobody loses a seat unasked since mails do not arrive: a server that refuses everybody's would empty the season.
    private func tracksToAskAbout(_ proposal: Proposal) throws -> Set<TrackID> {
        let unreached = try Dictionary(grouping: unreached(), by: \.session.track)
        let chosen = try Dictionary(grouping: store.chosenDates(), by: \.track.cycle).mapValues {
            Set($0.map(\.person))
        }
        let asked = proposal.changes.changes.filter { change in
            let silent = Set((unreached[change.id.track] ?? []).map(\.person))
            if change.substitutions.contains(where: { silent.contains($0.left) }) { return true }
            if change.isAsChosen(by: chosen[change.id.track.cycle] ?? []) { return false }
            return switch programme.track(change.id.track)?.cycle.policy ?? configuration.planning.policy {
            case .propose: true
            case .substitutes: !change.isSubstitution
            case .all: false
            }
        }
        return Set(asked.map(\.id.track))
    }

    private func keep(_ proposal: Proposal) async throws -> FollowUp {
        let fingerprint = try Self.fingerprint(of: proposal.changes)
        let tracks = changedTracks(proposal)
        let mails = proposal.changes.mailsByReason.values.reduce(0, +)
        var change = PlanChange(
            at: now(),
            title:
                "\(Wording.count(proposal.changes.changes.count, "session")) would change, \(Wording.count(mails, "mail"))",
            tracks: tracks.sorted())
        let encoder = JSONEncoder()
        let content = try encoder.encode(
            WaitingProposal(view: ProposalView(proposal, self), plan: ProposedPlan(proposal, self)))
        let causes = try encoder.encode(tracks.sorted().flatMap { proposal.obstacles[$0] ?? [] })
        let webhooks = try webhookComposer
        let (waiting, actor) = (change, actor)
        let kept = try await withWriteAccess {
            try $0.store.propose(waiting, fingerprint: fingerprint, content: content, causes: causes) { change in
                webhooks.announcement(of: .proposal(.proposalCreated, change, by: actor, at: change.at))
            }
        }
        guard let kept else { return .nothing }
        change.number = kept.number
        return .proposed(change, isNew: kept.isNew)
    }

    /// The same for what people would see in the same way.
    private static func fingerprint(of changes: ChangeSet) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var hash = SHA256()
        for change in changes.changes.sorted(by: { $0.id < $1.id }) {
            hash.update(data: Data(change.id.rawValue.utf8))
            hash.update(data: try encoder.encode(change.after))
        }
        return hash.finalize().hexadecimal
    }

    /// The same, where it is for them to decide who look.
    func decidableProposal(_ number: Int) throws -> (PlanChange, WaitingProposal) {
        let found = try waitingProposal(number)
        try requireDecision(about: found.0)
        return found
    }

    /// - Throws: `Failure` where a change is not, or not alone, theirs.
    func requireDecision(about change: PlanChange) throws {
        try require(change.tracks.contains(where: isVisible), "proposal \(change.number)")
        guard change.tracks.allSatisfy(isVisible) else {
            throw Failure(
                "The proposal \(change.number) changes sessions of other partnerships too; whoever looks after all of them decides.",
                exitCode: 77)
        }
    }

    /// The change with a number, and what is kept of it.
    ///
    /// - Throws: `Failure` where there is none, or it does not wait any more.
    func waitingProposal(_ number: Int) throws -> (PlanChange, WaitingProposal) {
        try waiting(number, try store.planChange(number))
    }

    /// The same with what people look at alone, which is quick to read.
    func waitingView(_ number: Int) throws -> (PlanChange, ProposalView) {
        try waiting(number, try store.planChange(number, part: "view"))
    }

    private func waiting<Content: Decodable>(
        _ number: Int, _ found: (change: PlanChange, content: Data?)?
    ) throws -> (PlanChange, Content) {
        guard let (change, data) = found else {
            throw Failure("There is no proposal \(number); muster proposals lists them.", exitCode: 65)
        }
        let content = data.flatMap { try? JSONDecoder().decode(Content.self, from: $0) }
        guard change.state == .open, let content else {
            let what =
                switch change.state {
                case .open: "was left incomplete by another version; muster plan shows the plan of now"
                case .applied: "was published already"
                case .rejected:
                    "was rejected by \(change.author)\(change.reason.isEmpty ? "" : ": \(change.reason)"); muster proposals reconsider \(number) takes that back"
                case .outdated: "is of the past: the plan, the config or an answer has changed since"
                }
            throw Failure("The proposal \(number) \(what).", exitCode: 65)
        }
        return (change, content)
    }
}

extension ChangeSet.SessionChange {
    /// Whether nothing changes but who comes on which date of an event, as they chose it themselves.
    fileprivate func isAsChosen(by people: Set<PersonID>) -> Bool {
        guard isSubstitution, after?.dates != nil, let before = before?.details, let after else { return false }
        func key(_ participant: SessionDetails.Participant) -> String {
            participant.person.rawValue + " " + participant.role
        }
        let difference = Set(before.participants.map(key)).symmetricDifference(after.participants.map(key))
        return !difference.isEmpty
            && difference.allSatisfy { key in people.contains { key == $0.rawValue + " " + Duty.invited } }
    }
}
