import CivilTime

/// A session as it was last published.
public struct PublishedSession: Hashable, Sendable {
    /// Its identifier in calendars, the same for its life.
    public var uid: String
    /// The revision that participants were last told.
    public var sequence: Int
    /// When it was first published.
    public var created: Instant
    /// When what participants know of it was last published.
    public var modified: Instant
    /// What they were told.
    public var details: SessionDetails
    /// Whether participants may have been told something since that is not known any more: after a restore.
    public var needsRenotification = false
    /// Whether it is called off, and the cancellation can have reached nobody: when the session returns, it is the same.
    public var isCalledOff = false

    /// A published session, as it was published first.
    public init(uid: String, sequence: Int, created: Instant, details: SessionDetails) {
        self.uid = uid
        self.sequence = sequence
        self.created = created
        modified = created
        self.details = details
    }
}
