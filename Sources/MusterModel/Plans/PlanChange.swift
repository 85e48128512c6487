import CivilTime

/// A change to the published plan that waits for somebody's yes, or did.
public struct PlanChange: Hashable, Sendable, Codable {
    /// What became of it.
    public enum State: String, CaseIterable, Hashable, Sendable, Codable {
        /// It waits.
        case open
        /// Somebody said yes, and it was published.
        case applied
        /// Somebody said no: what it was about stays as it is, until something else happens there.
        case rejected
        /// Another plan took its place.
        case outdated
    }

    /// Its number, from 1; 0 before it is kept.
    public var number: Int
    /// When it was worked out.
    public var at: Instant
    /// What became of it.
    public var state: State
    /// `2 sessions change, 6 mails`: names nobody.
    public var title: String
    /// The runs that it changes.
    public var tracks: [TrackID]
    /// When it was decided about, or became outdated.
    public var decided: Instant?
    /// Who decided; empty for nobody.
    public var author: String
    /// Why, in the author's words.
    public var reason: String

    /// A change; every field as described there.
    public init(
        number: Int = 0, at: Instant, state: State = .open, title: String, tracks: [TrackID], decided: Instant? = nil,
        author: String = "", reason: String = ""
    ) {
        self.number = number
        self.at = at
        self.state = state
        self.title = title
        self.tracks = tracks
        self.decided = decided
        self.author = author
        self.reason = reason
    }
}
