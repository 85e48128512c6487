import CivilTime

/// The difference between what is published and a new plan: what happens to each session, and who must be told what.
public struct ChangeSet: Sendable {
    /// Why someone is told something.
    public enum Reason: String, CaseIterable, Hashable, Sendable, Codable {
        /// The session is new.
        case new
        /// The session has another time.
        case moved
        /// Someone joins a session that others know already.
        case joined
        /// Someone leaves a session that takes place.
        case left
        /// The person stays, and is written to at another address from now on.
        case readdressed
        /// Others join or leave.
        case substituted
        /// Place, link, purpose or question changed.
        case changed
        /// The session does not take place.
        case cancelled
        /// The session takes place after all, and the person never heard that it would not.
        case returned
    }

    /// What a session becomes.
    public struct SessionChange: Sendable {
        /// What is published now; nil for a new session.
        public var before: PublishedSession?
        /// What it will be; nil for a session that no longer takes place.
        public var after: SessionDetails?
        /// The revision of what it will be (RFC 5546 §2.1.4).
        public var sequence: Int
        /// Who is told.
        public var notifications: [Notification]
        /// What changed, as sentences for those who stay.
        public var sentences: [String]

        /// The session.
        public var id: SessionID { after?.id ?? before?.details.id ?? "" }

        /// Whether all that changes is who takes the seats.
        public var isSubstitution: Bool {
            guard let before, !before.isCalledOff, let after else { return false }
            var seats = before.details.filledIn(from: after)
            seats.participants = after.participants
            return seats == after
        }

        /// Who takes whose place, as far as that can be said: by role, in order.
        public var substitutions: [(role: RoleID, left: PersonID, joined: PersonID)] {
            guard let before = before?.details.participants, let after = after?.participants else { return [] }
            let (old, new) = (Set(before.map(\.person)), Set(after.map(\.person)))
            // Of a crowd nobody comes in the place of another.
            return Set(before.map(\.role)).subtracting([Duty.invited]).sorted().flatMap { role in
                zip(
                    before.filter { $0.role == role && !new.contains($0.person) },
                    after.filter { $0.role == role && !old.contains($0.person) }
                ).map { (role, $0.person, $1.person) }
            }
        }
    }

    /// Something that one person must be told about one session.
    public struct Notification: Hashable, Sendable {
        /// Who is told.
        public var recipient: SessionDetails.Participant
        /// Why.
        public var reason: Reason

        /// Something to tell.
        public init(recipient: SessionDetails.Participant, reason: Reason) {
            self.recipient = recipient
            self.reason = reason
        }

        /// Whether the session is over for the recipient.
        public var isCancellation: Bool { reason == .left || reason == .readdressed || reason == .cancelled }
    }

    /// Every session that changes, by its time.
    public var changes: [SessionChange]

    /// The difference.
    ///
    /// Whoever is not told anything has nothing to learn: a session counts as changed for its participants only where
    /// something that they see is different.
    ///
    /// - Parameter published: what is published, and what is called off without anybody having heard so.
    public init(published: [PublishedSession], next: [SessionDetails]) {
        let before = Dictionary(published.map { ($0.details.id, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(next.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let gone = published.filter { !$0.isCalledOff && after[$0.details.id] == nil }.map {
            SessionChange(cancelling: $0)
        }
        let kept = next.compactMap { details in
            before[details.id].map { SessionChange(from: $0, to: details) } ?? SessionChange(new: details)
        }
        changes = (gone + kept).sorted { ($0.moment, $0.id) < ($1.moment, $1.id) }
    }

    /// Whether nothing changes.
    public var isEmpty: Bool { changes.isEmpty }

    /// What is news to people.
    private var news: [Notification] { changes.flatMap(\.notifications).filter { $0.reason != .returned } }

    /// How many are told something, by reason.
    public var mailsByReason: [Reason: Int] {
        news.reduce(into: [:]) { $0[$1.reason, default: 0] += 1 }
    }

    /// Everyone who is told something.
    public var recipients: Set<String> {
        Set(news.map { $0.recipient.address.lowercased() })
    }
}

extension ChangeSet {
    /// Why those who stay are told; nil where they see no difference.
    fileprivate static func reason(from old: SessionDetails, to new: SessionDetails) -> Reason? {
        if old.isMoved(to: new) { return .moved }
        let changesPeople = Set(old.participants.map(\.person)) != Set(new.participants.map(\.person))
        if changesPeople, new.showsParticipants { return .substituted }
        return old.looks(like: new) ? nil : .changed
    }
}

extension ChangeSet.SessionChange {
    /// The nearest of its times: what is soon comes first, also where it is to be later.
    fileprivate var moment: Instant {
        [before?.details.start, after?.start].compactMap(\.self).min() ?? Instant(seconds: 0)
    }

    fileprivate init(new details: SessionDetails) {
        self.init(
            before: nil, after: details, sequence: 0,
            notifications: details.participants.map { ChangeSet.Notification(recipient: $0, reason: .new) },
            sentences: [])
    }

    fileprivate init(cancelling session: PublishedSession) {
        self.init(
            before: session, after: nil, sequence: session.sequence + 1,
            notifications: session.details.participants.map {
                ChangeSet.Notification(recipient: $0, reason: .cancelled)
            },
            sentences: [])
    }

    /// Nil where nobody sees a difference, unless it is doubtful what they see.
    fileprivate init?(from session: PublishedSession, to details: SessionDetails) {
        let old = session.details.filledIn(from: details)
        guard old != details || session.needsRenotification || session.isCalledOff else { return nil }
        let isMoved = old.isMoved(to: details)
        let isElsewhere = old.place != details.place || old.link != details.link || old.mode != details.mode
        let oldAddresses = Dictionary(old.participants.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let newAddresses = Set(details.participants.map(\.key))
        let joined = details.participants.filter { oldAddresses[$0.key] == nil }
        let left = old.participants.filter { !newAddresses.contains($0.key) }
        let changesSet = !joined.isEmpty || !left.isEmpty
        let reason =
            ChangeSet.reason(from: old, to: details)
            ?? (session.needsRenotification ? .changed : session.isCalledOff ? .returned : nil)
        let staying = details.participants.filter { oldAddresses[$0.key] != nil }
        let people = Set(details.participants.map(\.person))
        var notifications = left.map {
            ChangeSet.Notification(recipient: $0, reason: people.contains($0.person) ? .readdressed : .left)
        }
        notifications += joined.map { ChangeSet.Notification(recipient: $0, reason: .joined) }
        if let reason { notifications += staying.map { ChangeSet.Notification(recipient: $0, reason: reason) } }
        self.init(
            before: session, after: details,
            sequence: session.sequence + (isMoved || isElsewhere || changesSet || session.isCalledOff ? 1 : 0),
            notifications: notifications,
            sentences: session.isCalledOff && old == details
                ? ["It takes place after all; nobody has heard that it would not."] : old.changes(to: details))
    }
}

extension SessionDetails.Participant {
    fileprivate var key: String { address.lowercased() }
}

extension SessionDetails {
    fileprivate func isMoved(to new: SessionDetails) -> Bool { start != new.start || end != new.end }
}
