import CivilTime

/// What a coordinator decided over the planner's head.
public struct Decision: Hashable, Sendable, Codable {
    /// What was decided.
    public enum Kind: Hashable, Sendable, Codable {
        /// The session stays at this time with these people in their roles.
        case pin(start: Instant, team: [RoleID: [PersonID]])
        /// The session is at this time.
        case move(start: Instant)
        /// The session, or the whole track, does not take place.
        case cancel

        /// Whether a decision of this kind takes the place of one of another about the same subject: a session that is
        /// moved keeps its people.
        public func replaces(_ other: Kind) -> Bool {
            switch (self, other) {
            case (.move, .pin): false
            case (.move, _), (.pin, _), (.cancel, _): true
            }
        }
    }

    /// Its number, from 1; 0 for one that is not kept.
    public var number: Int
    /// The session or the track.
    public var subject: String
    /// What was decided.
    public var kind: Kind
    /// When.
    public var at: Instant
    /// Who decided; empty where nobody knows.
    public var author: String
    /// Why, in the author's words.
    public var reason: String

    /// The session that it is about; that of nothing where it is about a track.
    public var session: SessionID { SessionID(subject) }

    /// Whether it only keeps what is published.
    public var isPin: Bool {
        if case .pin = kind { true } else { false }
    }

    /// A decision.
    public init(
        number: Int = 0, subject: String, kind: Kind, at: Instant, author: String = "", reason: String = ""
    ) {
        self.number = number
        self.subject = subject
        self.kind = kind
        self.at = at
        self.author = author
        self.reason = reason
    }
}
