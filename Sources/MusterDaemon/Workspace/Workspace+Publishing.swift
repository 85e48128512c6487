import CivilTime
import Foundation
import Mail
import MusterDelivery
import MusterModel
import MusterStore

/// What came of publishing.
public struct PublishingReport: Sendable {
    /// The revision that stands now.
    public let revision: Int
    /// Mails that were put into the outbox.
    public let messages: Int
    /// Mails on their way that a newer state has overtaken.
    public let withdrawn: Int
}

extension Workspace {
    /// Publishes a proposal: plan, revision and mails in one transaction, or nothing.
    ///
    /// - Throws: `StoreError` of the kind `conflict` where another revision was published meanwhile.
    public func publish(_ proposal: Proposal, note: String) throws -> PublishingReport {
        let organiser = try organiser
        let publisher = Publisher(
            store: store, composer: MessageComposer(organiser: organiser, templates: templates),
            domain: organiser.domain,
            makeID: { UUID().uuidString.lowercased() })
        let publication = try publisher.publication(
            of: proposal.plan, proposal.changes, details: proposal.details, basis: proposal.basis?.number, note: note,
            at: now())
        let revision = try store.publish(publication)
        for decision in proposal.takenBack { _ = try store.removeDecision(decision.subject) }
        return PublishingReport(
            revision: revision, messages: publication.messages.count, withdrawn: publication.withdrawn.count)
    }

    /// The published sessions to come, with the rules by which people are reminded of them.
    func reminderSubjects() throws -> [ReminderRun.Subject] {
        let tracks = Dictionary(programme.tracks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return try store.publishedSessions().filter { $0.details.start > now() - 86_400 }.compactMap { session in
            guard let track = tracks[session.details.id.trackOfSession], let school = programme.school(track.school)
            else { return nil }
            return ReminderRun.Subject(session: session, rules: track.cycle.reminders, days: school.days)
        }
    }

    /// When the next reminder is due; nil where none is to come.
    public func nextReminder() throws -> Instant? { ReminderRun.next(try reminderSubjects(), after: now()) }

    /// Puts the reminders that have come due into the outbox, then sends all that is due, once; only for the holder of
    /// the lock.
    public func send() async throws -> Deliverer.Report {
        try store.releaseClaims()
        let organiser = try organiser
        let run = ReminderRun(
            store: store, composer: MessageComposer(organiser: organiser, templates: templates),
            domain: organiser.domain,
            makeID: { UUID().uuidString.lowercased() })
        try run.runOnce(try reminderSubjects(), at: now())
        return try await Deliverer(store: store, transport: try mailTransport(), now: now).runOnce()
    }
}
