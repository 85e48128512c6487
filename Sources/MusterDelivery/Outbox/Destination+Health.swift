import CivilTime
import MusterModel
import MusterStore
import Transport

extension Destination {
    /// How many more messages may be sent now, when so many are under way: none while it is left alone or its rate is
    /// spent, one to try whether it has recovered, else as many as it has connections, and those ahead while all is well.
    func room(_ policy: DeliveryPolicy, ahead: Int = 0, underWay: Int, at now: Instant) -> Int {
        guard givenUp == nil, retryAt.map({ $0 <= now }) ?? true else { return 0 }
        let limit = retryAt == nil ? policy.connections + (failures == 0 ? ahead : 0) : 1
        let allowed = policy.rate == nil ? limit : min(limit, Int(bucket.level))
        return max(0, allowed - underWay)
    }

    /// When the rate allows another message; nil for now.
    func nextAllowed(_ policy: DeliveryPolicy) -> Instant? {
        guard let rate = policy.rate, let filled = bucket.filled, bucket.level < 1 else { return nil }
        return filled + bucket.secondsToOne(rate)
    }

    /// A message got through; one that was under way when a pause began does not end it.
    mutating func succeeded(at now: Instant) {
        failures = 0
        failingSince = nil
        lastError = nil
        if let retryAt, retryAt <= now { self.retryAt = nil }
    }

    /// A message died of itself, which says nothing of the way; another one right after it would.
    mutating func resetFailures() {
        failingSince = nil
        lastError = nil
    }

    /// A message did not get through: where that says more about the way than about the message, the way is left alone
    /// for a while, longer each time, and given up when it lasts too long.
    mutating func failed(_ error: TransportError, _ policy: DeliveryPolicy, at now: Instant) {
        let tolerance = policy.tolerance(error)
        if error.kind == .gone { givenUp = now }
        // What was under way when the pause began says nothing new.
        guard tolerance < .max, retryAt.map({ $0 <= now }) ?? true else { return }
        failures += 1
        failingSince = failingSince ?? now
        lastError = error.description
        if let failureTimeout = policy.failureTimeout, let failingSince, now - failingSince >= failureTimeout {
            givenUp = now
        }
        guard failures >= tolerance else { return }
        let pause = DeliveryPolicy.spread(policy.pauses, at: failures - tolerance + 1, seed: now.seconds)
        retryAt = now + max(pause, error.retryAfter ?? 0)
    }
}
