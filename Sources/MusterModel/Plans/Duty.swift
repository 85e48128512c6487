import CivilTime

/// One person's part in one session, as the ledger keeps it once it is published.
public struct Duty: Hashable, Sendable, Codable {
    /// The session.
    public var session: SessionID
    /// The person.
    public var person: PersonID
    /// `host`, `trainer`, `invited`, or the role in the team.
    public var role: String
    /// When the session begins, or began.
    public var start: Instant
    /// When it ends.
    public var end: Instant
    /// When it was called off for the person; nil where it is to come or was held.
    public var calledOff: Instant?

    /// A part in a session.
    public init(
        session: SessionID, person: PersonID, role: String, start: Instant, end: Instant, calledOff: Instant? = nil
    ) {
        self.session = session
        self.person = person
        self.role = role
        self.start = start
        self.end = end
        self.calledOff = calledOff
    }

    /// Whether it fills a role of a team.
    public var isInTeam: Bool { !Self.otherRoles.contains(role) }

    /// Whether the session is not held without the person.
    public var isRequired: Bool { role != Self.invited }

    /// Parts in a session that are no roles of a team.
    private static let otherRoles: Set<String> = [host, trainer, invited]
    /// Who speaks for the school that is reviewed.
    public static let host = "host"
    /// Who runs a training event.
    public static let trainer = "trainer"
    /// Who may come.
    public static let invited = "invited"
}
