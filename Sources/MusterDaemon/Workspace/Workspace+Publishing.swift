import CivilTime
import Foundation
import Mail
import MusterDelivery
import MusterModel
import MusterProgramme
import MusterStore

/// What came of publishing.
public struct PublishingReport: Sendable {
    /// The revision that stands now.
    public let revision: Int
    /// Mails that were put into the outbox.
    public let messages: Int
    /// Mails on their way that a newer state has overtaken.
    public let withdrawn: Int
    /// Mails that waited for approval and are let go with it.
    public let released: Int
}

extension Workspace {
    /// Publishes a proposal: plan, revision and mails in one transaction, or nothing.
    ///
    /// - Parameter isApproved: whether somebody wants it; else the mails are held where the config says so.
    /// - Throws: `StoreError` of the kind `conflict` where another revision was published meanwhile.
    public func publish(_ proposal: Proposal, note: String, isApproved: Bool) throws -> PublishingReport {
        let organiser = try organiser
        let publisher = Publisher(
            store: store, composer: try messageComposer, webhooks: try webhookComposer, domain: organiser.domain,
            makeID: Self.makeID)
        var publication = try publisher.publication(
            of: proposal.plan, proposal.changes, details: proposal.details, basis: proposal.basis, note: note,
            at: now())
        if needsApproval, !isApproved {
            for index in publication.messages.indices { publication.messages[index].holdForApproval() }
        }
        let revision = try store.publish(publication)
        for decision in proposal.takenBack { _ = try store.removeDecision(decision.subject) }
        return PublishingReport(
            revision: revision, messages: publication.messages.count { $0.destination == OutboxMessage.mail },
            withdrawn: publication.withdrawn.count, released: isApproved ? try store.approve(at: now()) : 0)
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
        get throws { MessageComposer(organiser: try organiser, templates: templates) }
    }

    var noticeComposer: NoticeComposer {
        get throws { NoticeComposer(organiser: try organiser, makeID: Self.makeID) }
    }

    var webhookComposer: WebhookComposer {
        get throws { WebhookComposer(endpoints: configuration.webhooks.map(endpoint), makeID: Self.makeID) }
    }

    /// A name that was never used before.
    @Sendable static func makeID() -> String { UUID().uuidString.lowercased() }
}
