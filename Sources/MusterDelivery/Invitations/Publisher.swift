import CivilTime
import Crypto
import Foundation
import MusterModel
import MusterStore
import TextEncodings

/// Turns a change set into what is published.
///
/// That is sessions with their identifiers and revisions, and a mail for everyone who must be told. Decides in values,
/// session by session; the store asks inside its commit, from what is known of each then.
public struct Publisher: Sendable {
    private let store: Store
    private let composer: MessageComposer
    private let webhooks: WebhookComposer
    private let domain: String
    private let makeID: @Sendable () -> String

    /// A publisher.
    ///
    /// - Parameters:
    ///   - domain: the organiser's, for identifiers.
    ///   - makeID: makes a name that was never used before.
    public init(
        store: Store, composer: MessageComposer, webhooks: WebhookComposer, domain: String,
        makeID: @escaping @Sendable () -> String
    ) {
        self.store = store
        self.composer = composer
        self.webhooks = webhooks
        self.domain = domain
        self.makeID = makeID
    }

    /// Publishes a plan with all that follows from it, or nothing.
    ///
    /// Who has seen a session and leaves it gets a cancellation; who has not gets nothing, and what was on its way is
    /// withdrawn. Who has not seen it yet gets an invitation, whatever changed meanwhile.
    ///
    /// - Parameters:
    ///   - publication: the plan, without what follows from it.
    ///   - details: what participants see of every session of the plan.
    ///   - previous: the plan that was published before.
    /// - Throws: `StoreError` of the kind `conflict` where what the plan was worked out on is not so any more.
    public func publish(
        _ publication: Publication, _ changes: ChangeSet, details: [SessionDetails], previous: Plan
    ) throws(StoreError) -> PublicationResult {
        var publication = publication
        let tracks = Dictionary(grouping: details, by: \.id.track)
        let identity = try store.identity()
        let now = publication.at
        let causes = CancellationCauses(publication)
        publication.announcements = announcements(publication, changes: changes, previous: previous)
        if let change = publication.change {
            let event = Event.proposal(.proposalApplied, change, by: publication.actor, at: now)
            publication.announcements.append(webhooks.announcement(of: event))
        }
        return try store.publish(publication, changes.changes) { change, knowledge in
            session(for: change, identity, at: now).map {
                update(change, session: $0, knowledge: knowledge, tracks: tracks, causes: causes, at: now)
            }
        }
    }

    /// What is told of the plan as a whole.
    private func announcements(
        _ publication: Publication, changes: ChangeSet, previous: Plan
    ) -> [Announcement] {
        let missing = Set(previous.unscheduled.map(\.id))
        let newlyMissing = publication.plan.unscheduled.filter { !missing.contains($0.id) }
        let published = Event.published(
            revision: (publication.basis ?? 0) + 1, plan: publication.plan, changes: changes.changes.count,
            at: publication.at)
        return newlyMissing.map { webhooks.announcement(of: .unscheduled($0, at: publication.at)) }
            + [webhooks.announcement(of: published)]
    }

    /// What follows for one session from what its recipients know.
    private func update(
        _ change: ChangeSet.SessionChange, session: PublishedSession, knowledge: SessionKnowledge,
        tracks: [TrackID: [SessionDetails]], causes: CancellationCauses, at now: Instant
    ) -> SessionUpdate {
        var update = SessionUpdate(change: change, session: session)
        let track = tracks[session.details.id.track] ?? []
        // Who said yes to what was called off is asked anew.
        let answers = change.before?.isCalledOff == true ? [] : knowledge.answers
        let needsRenotification = change.before?.needsRenotification ?? false
        for notification in change.notifications {
            let known = knowledge.recipients[notification.recipient.address.lowercased()] ?? RecipientKnowledge()
            let hasPlace = knowledge.peopleWithPlaces.contains(notification.recipient.person)
            guard
                var request = request(
                    notification, session: session, knowledge: known, hasPlace: hasPlace,
                    needsRenotification: needsRenotification, track: track, now: now)
            else {
                update.withdrawn.append(notification.recipient.address)
                continue
            }
            if notification.reason == .cancelled { request.changes = causes.sentences(about: change.id) }
            request.answers = statuses(answers, session.details)
            if let message = composer.compose(request) { update.mails.append(message) }
        }
        var event = event(of: change, to: session, at: now)
        event.told = update.mails.count
        let substitutions = change.substitutions.map {
            Event.substituted(session, role: $0.role, left: $0.left, by: $0.joined, at: now)
        }
        update.announcements = ([event] + substitutions).map(webhooks.announcement)
        return update
    }

    private func event(
        of change: ChangeSet.SessionChange, to session: PublishedSession, at now: Instant
    ) -> Event {
        guard let before = change.before?.details, change.before?.isCalledOff == false else {
            return .session(.sessionScheduled, session, at: now)
        }
        guard let after = change.after else { return .session(.sessionCancelled, session, at: now) }
        let isMoved = before.start != after.start || before.end != after.end
        return .session(
            isMoved ? .sessionMoved : .sessionChanged, session, previousStart: isMoved ? before.start : nil,
            changed: before.changedAspects(in: after), at: now)
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
        let name = digest.prefix(16).hexadecimal
        return PublishedSession(
            uid: "\(name)@\(domain)", sequence: change.sequence + identity.leastSequence, created: now, details: details
        )
    }

    /// What to write to a recipient; nil where there is nothing to tell, since what they were last told for certain is
    /// still, or again, how it is.
    private func request(
        _ notification: ChangeSet.Notification, session: PublishedSession, knowledge: RecipientKnowledge,
        hasPlace: Bool, needsRenotification: Bool, track: [SessionDetails], now: Instant
    ) -> MessageComposer.InvitationRequest? {
        let hasLeft = knowledge.lastKind == .cancellation
        let known = hasLeft ? nil : knowledge.lastDetails
        var request = MessageComposer.InvitationRequest(
            kind: .invitation, notification: notification, session: session, changes: [], others: [],
            thread: knowledge.firstMessageID, messageID: "\(makeID())@\(domain)", at: now,
            stamp: knowledge.lastStamp.map { max(now, $0 + 1) } ?? now)
        request.hasPlace = hasPlace
        if notification.isCancellation {
            guard let last = knowledge.lastDetails, !(hasLeft && knowledge.isCertain && !needsRenotification) else {
                return nil
            }
            request.kind = .cancellation
            request.session.details = last
            return request
        }
        if let known {
            let isSame = known.looks(like: session.details)
            guard !isSame || !knowledge.isCertain || needsRenotification else { return nil }
            let recipient = notification.recipient
            var (old, new) = (known.seen(by: recipient), session.details.seen(by: recipient))
            if !hasPlace {
                (old, new) = (old.withheld(from: recipient), new.withheld(from: recipient))
                // Another address to join at is no news to who has none.
                guard !old.looks(like: new) || !knowledge.isCertain || needsRenotification else { return nil }
            }
            request.kind = .update
            request.changes = old.changes(to: new, for: notification.recipient)
        }
        if hasLeft {
            request.changes = [
                "You were told that you need not come. Please come after all: this takes the place of the cancellation."
            ]
        }
        request.others = others(of: session, for: notification.recipient, track)
        return request
    }

    /// What counts of the answers: those about the time at which the session is, by address in lower case.
    private func statuses(_ answers: [Answer], _ details: SessionDetails) -> [String: Answer.Status] {
        answers.filter { $0.counts(for: details) }.reduce(into: [:]) { statuses, answer in
            guard let person = details.participants.first(where: { $0.person == answer.person }) else { return }
            statuses[person.address.lowercased()] = answer.status
        }
    }

    /// Other sessions of the same track to which the recipient comes.
    private func others(
        of session: PublishedSession, for recipient: SessionDetails.Participant, _ track: [SessionDetails]
    ) -> [SessionDetails] {
        track.filter { other in
            other.id != session.details.id
                && other.participants.contains { $0.address.lowercased() == recipient.address.lowercased() }
        }
    }
}
