import CivilTime
import MusterModel
import MusterStore
import Transport

/// Decides, attempt by attempt, what becomes of a message and of the destination.
struct DeliveryState {
    private(set) var destination: Destination
    private(set) var report = DeliveryReport()
    private(set) var underWay = 0
    private let policy: DeliveryPolicy
    private let ahead: Int
    private let observer: (any DeliveryObserver)?

    /// - Parameter ahead: how many messages may be taken beyond those that connections are busy with.
    init(destination: Destination, policy: DeliveryPolicy, ahead: Int, observer: (any DeliveryObserver)?) {
        self.destination = destination
        self.policy = policy
        self.ahead = ahead
        self.observer = observer
    }

    /// How many more messages may be taken now.
    mutating func room(at now: Instant) -> Int {
        if let rate = policy.rate { destination.bucket.fill(rate, at: now) }
        return destination.room(policy, ahead: ahead, underWay: underWay, at: now)
    }

    /// These messages are under way.
    mutating func begin(_ messages: [OutboxMessage]) {
        underWay += messages.count
        if policy.rate != nil { destination.bucket.take(messages.count) }
    }

    /// What is to be recorded of messages that were taken and are not to be tried now.
    mutating func release(_ messages: [OutboxMessage]) -> [DeliveryResult] {
        underWay -= messages.count
        if policy.rate != nil { destination.bucket.take(-messages.count) }
        return messages.map { DeliveryResult(.untried, of: $0.number) }
    }

    /// What is to be recorded of an attempt.
    mutating func settle(_ attempt: Attempt, at now: Instant) -> DeliveryResult {
        underWay -= 1
        let wasGivenUp = destination.givenUp != nil
        let outcome = outcome(of: attempt, at: now)
        var consequences = observer?.announcements(after: outcome, of: attempt.message, at: now) ?? []
        if destination.givenUp != nil, !wasGivenUp {
            consequences += observer?.announcements(disabling: destination, at: now) ?? []
        }
        return DeliveryResult(outcome, of: attempt.message.number, consequences: consequences)
    }

    private mutating func outcome(of attempt: Attempt, at now: Instant) -> DeliveryOutcome {
        switch attempt.result {
        case .delivered:
            destination.succeeded(at: now)
            report.delivered += 1
            return .delivered
        case .expired:
            report.expired += 1
            return .expired
        case .failed(let error):
            return outcome(of: error, attempt.message, at: now)
        }
    }

    private mutating func outcome(of error: TransportError, _ message: OutboxMessage, at now: Instant)
        -> DeliveryOutcome
    {
        destination.failed(error, policy, at: now)
        if destination.failures >= policy.tolerance(error) { report.stopped = destination.trouble(error) }
        if isFinal(error, message) {
            destination.resetFailures()
            report.died(message, error)
            return .dead(error: error.description)
        }
        report.deferred(message, error)
        return .retry(
            due: now + delay(error, message), mayHaveArrived: error.isAmbiguous, error: error.description)
    }

    /// Seconds until the message may be tried again: none where the way alone is to blame, which has a pause of its
    /// own; else enough to let others try the way first.
    private func delay(_ error: TransportError, _ message: OutboxMessage) -> Int {
        guard policy.tolerance(error) > 1 else { return error.retryAfter ?? 0 }
        return max(
            DeliveryPolicy.spread(policy.delays, at: message.attempts, seed: message.number), error.retryAfter ?? 0)
    }

    /// Whether a message is given up.
    ///
    /// A refusal is final where it stands alone after messages that were taken: several in a row may be about us, such
    /// as a quota that is spent. Other trouble is final only after many attempts, and while
    /// others get through: trouble with the way never kills a message.
    private func isFinal(_ error: TransportError, _ message: OutboxMessage) -> Bool {
        let isAlone = destination.failures == 1
        return switch error.kind {
        case .invalid, .tooLarge: true
        case .refused: isAlone && (report.delivered > 0 || message.attempts >= 3)
        case .deferred, .broken, .timeout: isAlone && message.attempts >= policy.attempts
        case .unreachable, .insecure, .authentication, .storage, .gone: false
        }
    }
}

extension Destination {
    /// Why nothing more is tried, in words.
    fileprivate func trouble(_ error: TransportError) -> String {
        error.kind == .refused ? "the server refuses everybody: \(error.description)" : error.description
    }
}
