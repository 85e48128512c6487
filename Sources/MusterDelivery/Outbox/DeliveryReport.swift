import MusterModel
import MusterStore
import Transport

/// What a round of delivery did.
public struct DeliveryReport: Sendable, Codable {
    /// A message that did not get through, and why.
    public struct Failure: Sendable, Codable {
        /// Its number.
        public let number: Int
        /// The session that it is about; empty where it is about none.
        public let session: SessionID
        /// Who was to get it: a person, or an endpoint.
        public let recipient: String
        /// Its subject.
        public let subject: String
        /// Why.
        public let error: String

        init(_ message: OutboxMessage, _ error: String) {
            number = message.number
            session = message.session?.id ?? ""
            recipient = message.person?.rawValue ?? message.recipient
            subject = message.subject
            self.error = error
        }
    }

    /// Of each kind of failure only so many are kept one by one.
    static let mostFailures = 100

    /// Messages that the other side has taken.
    public var delivered = 0
    /// Messages that came too late to be of use.
    public var expired = 0
    /// Messages to be tried again.
    public var deferredCount = 0
    /// The first of them.
    public var deferred: [Failure] = []
    /// Messages that were given up.
    public var deadCount = 0
    /// The first of them.
    public var dead: [Failure] = []
    /// Why the round ended before all that was due had been tried.
    public var stopped: String?

    /// Nothing.
    public init() {}

    /// Messages that were tried, or would have been had they not come too late.
    public var attempts: Int { delivered + expired + deferredCount + deadCount }

    /// Takes what another round did into this one.
    public mutating func add(_ other: DeliveryReport) {
        delivered += other.delivered
        expired += other.expired
        deferredCount += other.deferredCount
        deadCount += other.deadCount
        deferred += other.deferred.prefix(max(0, Self.mostFailures - deferred.count))
        dead += other.dead.prefix(max(0, Self.mostFailures - dead.count))
        stopped = other.stopped ?? stopped
    }

    mutating func deferred(_ message: OutboxMessage, _ error: TransportError) {
        deferredCount += 1
        if deferredCount <= Self.mostFailures { deferred.append(Failure(message, error.description)) }
    }

    mutating func died(_ message: OutboxMessage, _ error: TransportError) {
        deadCount += 1
        if deadCount <= Self.mostFailures { dead.append(Failure(message, error.description)) }
    }
}
