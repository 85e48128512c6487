import CivilTime
import MusterModel

/// A way on which messages leave, and how it fares: the mail server, or a webhook endpoint.
///
/// Kept with the messages, so that a restart neither forgets a server's trouble nor a rate that is spent.
public struct Destination: Hashable, Sendable, Codable {
    /// `mail`, or the id of the endpoint.
    public var name: String
    /// Failures of the way one after the other, until something gets through.
    public var failures = 0
    /// Since when nothing gets through; nil while it does.
    public var failingSince: Instant?
    /// Nothing is tried before then.
    public var retryAt: Instant?
    /// What the last failure said.
    public var lastError: String?
    /// When it was given up: nothing is tried until somebody asks for it.
    public var givenUp: Instant?
    /// What its rate allows to be sent, in messages.
    public var bucket = TokenBucket()

    /// A way that was never tried.
    public init(name: String) {
        self.name = name
    }
}
