import CivilTime

/// A secret with which a program acts for somebody who looks after something, as far as it is kept: the secret is not.
public struct AccessToken: Hashable, Sendable, Codable {
    /// Its number, from 1; never used again.
    public var number: Int
    /// What it is for, in a few words.
    public var name: String
    /// The address of whom it acts for: it may what they may, as long as they may.
    public var address: String
    /// When it was made.
    public var created: Instant
    /// When it was used last, to some minutes; nil for never.
    public var used: Instant?
    /// When it was taken back; nil while it can be used.
    public var revoked: Instant?

    /// A token; every field as described there.
    public init(
        number: Int, name: String, address: String, created: Instant, used: Instant? = nil, revoked: Instant? = nil
    ) {
        self.number = number
        self.name = name
        self.address = address
        self.created = created
        self.used = used
        self.revoked = revoked
    }
}
