import CivilTime

/// A question to somebody in reserve, before anybody is invited, whether they could take a seat that has become free.
///
/// A yes or no is kept as an answer about each of the sessions, so a no is never asked again in that run, and who said yes
/// is not asked a second time once they are invited.
public struct StandIn: Hashable, Sendable, Codable {
    /// A session to which they would come.
    public struct Seat: Hashable, Sendable, Codable {
        /// The session.
        public var session: SessionID
        /// Its `UID`.
        public var uid: String
        /// When it would begin.
        public var start: Instant
        /// When it would end.
        public var end: Instant

        /// A seat; every field as described there.
        public init(session: SessionID, uid: String, start: Instant, end: Instant) {
            self.session = session
            self.uid = uid
            self.start = start
            self.end = end
        }
    }

    /// Who is asked.
    public var person: PersonID
    /// The part that they would have.
    public var role: RoleID
    /// The sessions, by time; never empty.
    public var seats: [Seat]
    /// When they were asked.
    public var asked: Instant

    /// A question; every field as described there.
    public init(person: PersonID, role: RoleID, seats: [Seat], asked: Instant) {
        self.person = person
        self.role = role
        self.seats = seats
        self.asked = asked
    }

    /// The `UID` of the first session, by which the question is found.
    public var uid: String { seats.first?.uid ?? "" }
}
