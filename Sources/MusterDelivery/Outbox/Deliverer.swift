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
    /// One message that is refused stops nobody else. Trouble with the way itself (no connection, no trust, wrong
    /// password, a server that refuses everybody) ends the run, since the others would fare no better. Cancelling the
    /// task ends it after the message at hand. Each message is claimed alone, so a crash leaves doubt about one at
    /// most.
    public func runOnce() async throws(StoreError) -> Report {
        var report = Report()
        var streak = Streak()
        while report.stopped == nil, !Task.isCancelled, let message = try store.claim(limit: 1, at: now()).first {
            let envelope = MailEnvelope(
                sender: message.sender, recipient: message.recipient, identifier: message.messageID,
                message: message.mail)
            do {
                try await transport.send(envelope)
            } catch {
                report.stopped = streak.reason(toStopAfter: error)
                try record(error, message, streak, &report)
                continue
            }
            streak = Streak()
            report.delivered += 1
            try store.record(.delivered, of: message.number, at: now())
        }
        return report
    }

    /// Failures one after the other, which tell trouble with one message from trouble with the way.
    private struct Streak {
        var broken = 0
        var refused = 0

        /// Why the run ends after a failure; nil where the next message may fare better.
        mutating func reason(toStopAfter error: TransportError) -> String? {
            broken = error.isAmbiguous ? broken + 1 : 0
            if error.kind == .refused { refused += 1 }
            if error.isAmbiguous { return broken >= 2 ? error.description : nil }
            if refused >= 3 { return "the server refuses everybody: \(error.description)" }
            return error.concernsAll ? error.description : nil
        }
    }

    /// How long to wait after an attempt: up to a fifth more or less, by the message's number, so that what failed
    /// together does not come back together.
    static func delay(after attempts: Int, _ error: TransportError, number: Int) -> Int {
        let delays = error.concernsAll ? delaysOfWay : delaysOfServer
        let delay = delays[min(max(attempts, 1), delays.count) - 1]
        return delay + delay * ((number &* 2_654_435_761) % 41 - 20) / 100
    }

    /// A refusal is final where it stands alone after mails that were taken, or at the third time: several in a row may
    /// be about us, such as a quota that is spent.
    private func record(
        _ error: TransportError, _ message: OutboxMessage, _ streak: Streak, _ report: inout Report
    ) throws(StoreError) {
        let attempts = message.attempts + 1
        let isAlone = report.delivered > 0 && streak.refused == 1
        let isFinal = error.kind == .invalid || error.isPermanent && (isAlone || attempts >= 3)
        if isFinal || attempts >= Self.maximumAttempts {
            report.dead.append((message, error.description))
            return try store.record(.dead(error: error.description), of: message.number, at: now())
        }
        report.deferred.append((message, error.description))
        let delay = Self.delay(after: attempts, error, number: message.number)
        let retry = DeliveryOutcome.retry(
            due: now() + delay, mayHaveArrived: error.isAmbiguous, error: error.description)
        try store.record(retry, of: message.number, at: now())
    }
}
