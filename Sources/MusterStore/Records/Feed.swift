import CivilTime
import MusterModel

/// An address at which calendar programs read a feed, as far as it is kept: the secret in it is not.
public struct Feed: Hashable, Sendable, Codable {
    /// Its number, from 1; never used again.
    public let number: Int
    /// Whose sessions it shows.
    public let subject: FeedOwner
    /// When it was made.
    public let created: Instant
    /// When it was taken back; nil while it can be read.
    public let revoked: Instant?
    /// When it was read last; nil for never.
    public let fetched: Instant?
    /// The program that read it last; nil where none did or it gave no name.
    public let program: String?
    /// Since when it has said what it said when it was read last; nil before the first time.
    public let changed: Instant?
}
