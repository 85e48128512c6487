import CivilTime
import Crypto
import Foundation
import MusterModel
import MusterStore

/// Turns a change set into what is published.
///
/// That is sessions with their identifiers and revisions, and a mail for everyone who must be told. Decides, and leaves
/// the doing to the store.
public struct Publisher {
    private let store: Store
    private let composer: MessageComposer
    private let webhooks: WebhookComposer
    private let domain: String
    private let makeID: () -> String

    /// A publisher.
    ///
    /// - Parameters:
    ///   - domain: the organiser's, for identifiers.
    ///   - makeID: makes a name that was never used before.
    public init(
        store: Store, composer: MessageComposer, webhooks: WebhookComposer, domain: String,
        makeID: @escaping () -> String
    ) {
        self.store = store
        self.composer = composer
        self.webhooks = webhooks
        self.domain = domain
        self.makeID = makeID
    }

    /// What publishing a plan means.
    ///
    /// Who has seen a session and leaves it gets a cancellation; who has not gets nothing, and what was on its way is
    /// withdrawn. Who has not seen it yet gets an invitation, whatever changed meanwhile.
    public func publication(
        of plan: Plan, _ changes: ChangeSet, details: [SessionDetails], basis: Revision?, note: String,
        at now: Instant
    ) throws(StoreError) -> Publication {
        var publication = Publication(
            basis: basis?.number, plan: plan, note: note, at: now, sessions: [], cancelled: [], messages: [],
            withdrawn: [])
        let identity = try store.identity()
        for change in changes.changes {
            guard let session = session(for: change, identity, at: now) else { continue }
            if change.after == nil {
                publication.cancelled.append(session)
            } else {
                publication.sessions.append(session)
            }
            publication.messages += webhooks.messages(for: event(change, session, now))
            let known = change.before == nil ? [:] : try store.acquaintances(uid: session.uid)
            for notice in change.notices {
                let acquaintance = known[notice.recipient.address.lowercased()] ?? Acquaintance()
                let isDoubtful = change.before?.isDoubtful ?? false
                guard let order = order(notice, session, acquaintance, isDoubtful, details, now) else {
                    publication.withdrawn.append((session.uid, notice.recipient.address))
                    continue
                }
                if let message = composer.compose(order) { publication.messages.append(message) }
            }
        }
        let missing = Set(basis?.plan.unscheduled.map(\.id) ?? [])
        let newlyMissing = plan.unscheduled.filter { !missing.contains($0.id) }
        publication.messages += newlyMissing.flatMap { webhooks.messages(for: .unscheduled($0, at: now)) }
        publication.messages += webhooks.messages(
            for: .published(
                revision: (basis?.number ?? 0) + 1, plan: plan, changes: changes.changes.count, at: now))
        return publication
    }

    private func event(_ change: ChangeSet.SessionChange, _ session: PublishedSession, _ now: Instant) -> WebhookEvent {
        guard let before = change.before?.details else { return .session(.sessionScheduled, session, at: now) }
        guard let after = change.after else { return .session(.sessionCancelled, session, at: now) }
        let isMoved = before.start != after.start || before.end != after.end
        return .session(
            isMoved ? .sessionMoved : .sessionChanged, session, previousStart: isMoved ? before.start : nil, at: now)
    }

    /// The `UID` of a new session follows from its id and from how often it was there before, so that one which was
    /// published after a backup is known again after its restore.
    private func session(
        for change: ChangeSet.SessionChange, _ identity: StoreIdentity, at now: Instant
    ) -> PublishedSession? {
        guard let details = change.after ?? change.before?.details else { return nil }
        if let before = change.before {
            return PublishedSession(
                uid: before.uid, sequence: change.sequence, created: before.created, details: details)
        }
        let life = identity.lives[details.id] ?? 0
        let digest = SHA256.hash(data: Data("\(identity.name) \(details.id) \(life)".utf8))
        let name = digest.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return PublishedSession(
            uid: "\(name)@\(domain)", sequence: change.sequence + identity.leastSequence, created: now, details: details
        )
    }

    /// What to write to a recipient; nil where there is nothing to tell, since what they were last told for certain is
    /// still, or again, how it is.
    private func order(
        _ notice: ChangeSet.Notice, _ session: PublishedSession, _ acquaintance: Acquaintance,
        _ isDoubtful: Bool, _ details: [SessionDetails], _ now: Instant
    ) -> MessageComposer.Order? {
        let hasLeft = acquaintance.lastKind == .cancellation
        let known = hasLeft ? nil : acquaintance.lastDetails
        var order = MessageComposer.Order(
            kind: .invitation, notice: notice, session: session, changes: [], others: [],
            thread: acquaintance.firstMessageID, messageID: "\(makeID())@\(domain)", at: now,
            stamp: acquaintance.lastStamp.map { max(now, $0 + 1) } ?? now)
        if notice.isCancellation {
            guard let last = acquaintance.lastDetails, !(hasLeft && acquaintance.isCertain && !isDoubtful) else {
                return nil
            }
            order.kind = .cancellation
            order.session.details = last
            return order
        }
        if let known {
            let (old, new) = (known.seen(by: notice.recipient), session.details.seen(by: notice.recipient))
            guard old != new || !acquaintance.isCertain || isDoubtful else { return nil }
            order.kind = .update
            order.changes = old.changes(to: new, for: notice.recipient)
        }
        order.others = others(of: session, for: notice.recipient, details)
        return order
    }

    /// Other sessions of the same track to which the recipient comes.
    private func others(
        of session: PublishedSession, for recipient: SessionDetails.Participant, _ details: [SessionDetails]
    ) -> [SessionDetails] {
        let track = session.details.id.trackOfSession
        return details.filter { other in
            other.id.trackOfSession == track && other.id != session.details.id
                && other.participants.contains { $0.address.lowercased() == recipient.address.lowercased() }
        }
    }
}
