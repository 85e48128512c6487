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
    }

    /// The session or the track.
    public var subject: String
    /// What was decided.
    public var kind: Kind
    /// When.
    public var at: Instant

    /// Whether it only keeps what is published.
    public var isPin: Bool {
        if case .pin = kind { true } else { false }
    }

    /// A decision.
    public init(subject: String, kind: Kind, at: Instant) {
        self.subject = subject
        self.kind = kind
        self.at = at
    }
}
