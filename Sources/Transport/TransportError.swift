/// Why something was not sent or fetched, as a sentence, and whether another attempt may help.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Kind: String, Hashable, Sendable {
        /// The other side refused for good (SMTP 5xx).
        case refused
        /// The other side asked to come back later (SMTP 4xx).
        case deferred
        /// No connection: name, network, nobody listens.
        case unreachable
        /// The connection broke after it was made: what was sent may have arrived.
        case broken
        /// It took too long: what was sent may have arrived.
        case timeout
        /// The connection cannot be trusted: certificate, host name, no TLS where it is required.
        case insecure
        /// User or password is wrong, or may not do this.
        case authentication
        /// The answer is larger than allowed.
        case tooLarge
        /// The other side wants nothing more, ever (HTTP 410).
        case gone
        /// The request itself cannot be made.
        case invalid
        /// The disk of this machine.
        case storage
    }

    /// What kind of trouble it is.
    public let kind: Kind
    /// The status of the other side (SMTP, HTTP), if it gave one.
    public let status: Int?
    /// Seconds after which the other side wants to be asked again, if it said so.
    public let retryAfter: Int?
    /// A sentence, with the words of the other side where it said some.
    public let description: String

    /// A trouble of a kind.
    public init(_ kind: Kind, status: Int? = nil, retryAfter: Int? = nil, _ description: String) {
        self.kind = kind
        self.status = status
        self.retryAfter = retryAfter
        self.description = description
    }

    /// Whether what was sent may have arrived though nobody said so.
    public var isAmbiguous: Bool { kind == .broken || kind == .timeout }
}
