import CivilTime
import Foundation
import Mail
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Publishes a proposal: plan, revision, mails, decisions taken back and approval in one transaction, or nothing.
    ///
    /// - Parameter change: the proposal that somebody has just said yes to; nil for none.
    /// - Parameter isApproved: whether somebody wants it; else the mails are held where the config says so.
    /// - Throws: `StoreError` of the kind `conflict` where another revision was published, or something was decided,
    ///   meanwhile.
    @discardableResult
    func publish(
        _ proposal: Proposal, note: String, isApproved: Bool, following change: PlanChange? = nil
    ) async throws -> PublicationResult {
        let organiser = try organiser
        let publisher = Publisher(
            store: store, composer: try messageComposer, webhooks: try webhookComposer, domain: organiser.domain,
            makeID: Self.makeID)
        var publication = Publication(
            basis: proposal.basis?.number, decisions: proposal.decisions, plan: proposal.plan, note: note, at: now())
        publication.owner = owner
        publication.actor = actor
        publication.duties = proposal.duties
        publication.revertedDecisions = proposal.revertedDecisions
        publication.change = change
        publication.approval = isApproved ? .given : needsApproval ? .awaited : .notNeeded
        let ready = publication
        return try await withWriteAccess { _ in
            try await DedicatedThread.run {
                try publisher.publish(
                    ready, proposal.changes, details: proposal.details, previous: proposal.basis?.plan ?? Plan())
            }
        }
    }

    /// Whether what nobody asked for is held until somebody approves of it.
    var needsApproval: Bool { configuration.approval == .manual }

    // MARK: Writers

    /// The organiser as a mailbox.
    var organiser: MailAddress {
        get throws {
            guard
                let address = MailAddress(name: configuration.organiser.name, address: configuration.organiser.address)
            else {
                throw Failure(
                    "muster.yaml: the organiser's address cannot be used; write one such as reviews@example.org",
                    exitCode: 78)
            }
            return address
        }
    }

    var messageComposer: MessageComposer {
        get throws {
            MessageComposer(
                organiser: try organiser, templates: templates, links: try answerLinks,
                resources: resourceShelf)
        }
    }

    /// Writes what somebody may have to approve of.
    var letterWriter: LetterWriter {
        get throws {
            LetterWriter(composer: try messageComposer, needsApproval: needsApproval, makeID: Self.makeID)
        }
    }

    var ownerNoticeComposer: OwnerNoticeComposer {
        get throws { OwnerNoticeComposer(organiser: try organiser, makeID: Self.makeID) }
    }

    var webhookComposer: WebhookComposer {
        get throws { WebhookComposer(endpoints: configuration.webhooks.map(endpoint), makeID: Self.makeID) }
    }

    /// A name that was never used before.
    @Sendable static func makeID() -> String { UUID().uuidString.lowercased() }
}
