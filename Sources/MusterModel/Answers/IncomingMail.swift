import CivilTime

/// What became of a mail that somebody sent to the organiser.
public struct IncomingMail: Hashable, Sendable, Codable {
    /// How far it came; every mail ends in exactly one state.
    public enum State: String, CaseIterable, Hashable, Sendable, Codable {
        /// It was understood, and what it says was done.
        case applied
        /// Somebody has to look at it.
        case waiting
        /// Nothing follows from it.
        case ignored
    }

    /// Its number, from 1; 0 before it is stored.
    public var number: Int
    /// When it was taken.
    public var at: Instant
    /// The address that it says it is from; empty for none.
    public var sender: String
    /// Its subject.
    public var subject: String
    /// The session that it is about; empty where that is not known.
    public var session: SessionID
    /// How far it came.
    public var state: State
    /// What was done, or why nothing was: a sentence.
    public var reason: String

    /// A mail; every field as described there.
    public init(
        number: Int = 0, at: Instant, sender: String, subject: String, session: SessionID = "", state: State,
        reason: String
    ) {
        self.number = number
        self.at = at
        self.sender = sender
        self.subject = subject
        self.session = session
        self.state = state
        self.reason = reason
    }
}
