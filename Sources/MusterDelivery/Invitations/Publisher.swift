import CivilTime
import MusterModel
import MusterStore

/// Turns a change set into what is published.
///
/// That is sessions with their identifiers and revisions, and a mail for everyone who must be told. Decides, and leaves
/// the doing to the store.
public struct Publisher {
    private let store: Store
    private let composer: MessageComposer
    private let domain: String
    private let makeID: () -> String

    /// A publisher.
    ///
    /// - Parameters:
    ///   - domain: the organiser's, for identifiers.
    ///   - makeID: makes a name that was never used before.
    public init(store: Store, composer: MessageComposer, domain: String, makeID: @escaping () -> String) {
        self.store = store
        self.composer = composer
        self.domain = domain
        self.makeID = makeID
    }

    /// What publishing a plan means.
    ///
    /// Who has seen a session and leaves it gets a cancellation; who has not gets nothing, and what was on its way is
    /// withdrawn. Who has not seen it yet gets an invitation, whatever changed meanwhile.
    public func publication(
        of plan: Plan, _ changes: ChangeSet, details: [SessionDetails], basis: Int?, note: String, at now: Instant
    ) throws(StoreError) -> Publication {
        var publication = Publication(
            basis: basis, plan: plan, note: note, at: now, sessions: [], cancelled: [], messages: [], withdrawn: [])
        for change in changes.changes {
            guard let session = session(for: change, at: now) else { continue }
            if change.after == nil {
                publication.cancelled.append(session)
            } else {
                publication.sessions.append(session)
            }
            let known = change.before == nil ? [:] : try store.acquaintances(uid: session.uid)
            for notice in change.notices {
                let acquaintance = known[notice.recipient.address.lowercased()] ?? Acquaintance()
                guard let order = order(notice, session, acquaintance, details, now) else {
                    publication.withdrawn.append((session.uid, notice.recipient.address))
                    continue
                }
                if let message = composer.compose(order) { publication.messages.append(message) }
            }
        }
        return publication
    }

    private func session(for change: ChangeSet.SessionChange, at now: Instant) -> PublishedSession? {
        guard let details = change.after ?? change.before?.details else { return nil }
        return PublishedSession(
            uid: change.before?.uid ?? "\(makeID())@\(domain)", sequence: change.sequence,
            created: change.before?.created ?? now, details: details)
    }

    /// What to write to a recipient; nil where there is nothing to tell, since what they were last told for certain is
    /// still, or again, how it is.
    private func order(
        _ notice: ChangeSet.Notice, _ session: PublishedSession, _ acquaintance: Acquaintance,
        _ details: [SessionDetails],
        _ now: Instant
    ) -> MessageComposer.Order? {
        let hasLeft = acquaintance.lastKind == .cancellation
        let known = hasLeft ? nil : acquaintance.lastDetails
        var order = MessageComposer.Order(
            kind: .invitation, notice: notice, session: session, changes: [], others: [],
            thread: acquaintance.firstMessageID, messageID: "\(makeID())@\(domain)", at: now)
        if notice.isCancellation {
            guard let last = acquaintance.lastDetails, !(hasLeft && acquaintance.isCertain) else { return nil }
            order.kind = .cancellation
            order.session.details = last
            return order
        }
        if let known {
            let (old, new) = (known.seen(by: notice.recipient), session.details.seen(by: notice.recipient))
            guard old != new || !acquaintance.isCertain else { return nil }
            order.kind = .update
            order.changes = old.changes(to: new)
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
