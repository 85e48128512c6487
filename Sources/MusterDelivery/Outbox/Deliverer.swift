import CivilTime
import MusterStore
import Transport

/// Sends what is due, and records what came of it.
public struct Deliverer {
    /// What a run did.
    public struct Report: Sendable {
        /// Messages that the other side has taken.
        public var delivered = 0
        /// Messages to be tried again, with the reason.
        public var deferred: [(message: OutboxMessage, error: String)] = []
        /// Messages that were refused for good, with the server's words.
        public var dead: [(message: OutboxMessage, error: String)] = []
        /// Why the run ended before all that was due had been tried.
        public var stopped: String?
    }

    /// Seconds to wait after each attempt, where the way was blocked; the last holds for all further ones.
    static let delaysOfWay = [60, 300, 900, 3600, 14_400]
    /// Seconds to wait after each attempt, where the server asked to come back later.
    static let delaysOfServer = [300, 900, 1800, 3600, 14_400]
    /// After so many attempts a message is given up.
    static let maximumAttempts = 30

    private let store: Store
    private let transport: any MailTransport
    private let now: @Sendable () -> Instant

    /// A deliverer.
    public init(store: Store, transport: any MailTransport, now: @escaping @Sendable () -> Instant) {
        self.store = store
        self.transport = transport
        self.now = now
    }

    /// Sends everything that is due, once.
    ///
    /// One message that is refused stops nobody else; trouble with the way itself (no connection, no trust, wrong password)
    /// ends the run, since the others would fare no better. Cancelling the task ends it after the message at hand.
    public func runOnce() async throws(StoreError) -> Report {
        var report = Report()
        while report.stopped == nil {
            let batch = try store.claim(limit: 50, at: now())
            guard !batch.isEmpty else { break }
            for message in batch {
                if report.stopped == nil, Task.isCancelled { report.stopped = "it was asked to end" }
                if let reason = report.stopped {
                    try store.record(.untried(error: reason), of: message.number, at: now())
                } else {
                    try await send(message, &report)
                }
            }
        }
        return report
    }

    private func send(_ message: OutboxMessage, _ report: inout Report) async throws(StoreError) {
        let envelope = MailEnvelope(
            sender: message.sender, recipient: message.recipient, identifier: message.messageID, message: message.mail)
        do {
            try await transport.send(envelope)
        } catch {
            return try record(error, message, &report)
        }
        report.delivered += 1
        try store.record(.delivered, of: message.number, at: now())
    }

    /// How long to wait after an attempt: up to a fifth more or less, by the message's number, so that what failed together
    /// does not come back together.
    static func delay(after attempts: Int, _ error: TransportError, number: Int) -> Int {
        let delays = error.concernsAll ? delaysOfWay : delaysOfServer
        let delay = delays[min(max(attempts, 1), delays.count) - 1]
        return delay + delay * ((number &* 2_654_435_761) % 41 - 20) / 100
    }

    private func record(_ error: TransportError, _ message: OutboxMessage, _ report: inout Report) throws(StoreError) {
        let attempts = message.attempts + 1
        if error.isPermanent || attempts >= Self.maximumAttempts {
            report.dead.append((message, error.description))
            return try store.record(.dead(error: error.description), of: message.number, at: now())
        }
        if error.concernsAll { report.stopped = error.description }
        report.deferred.append((message, error.description))
        let delay = Self.delay(after: attempts, error, number: message.number)
        let retry = DeliveryOutcome.retry(
            due: now() + delay, mayHaveArrived: error.isAmbiguous, error: error.description)
        try store.record(retry, of: message.number, at: now())
    }
}
