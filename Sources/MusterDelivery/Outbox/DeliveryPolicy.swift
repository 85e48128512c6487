import MusterModel
import Transport

/// How a destination is treated: how much at once, how fast, and how patiently.
public struct DeliveryPolicy: Sendable {
    /// Messages under way at a time.
    public var connections: Int
    /// Messages a minute; nil for as many as it takes.
    public var perMinute: Int?

    /// The same as a rate, of which a pause saves up five seconds' worth.
    var rate: TokenBucket.Rate? {
        perMinute.map { TokenBucket.Rate(capacity: max(1, Double($0) / 12), perMinute: $0) }
    }

    /// Seconds to wait before each further attempt of one message; the last holds for all further ones.
    let delays: [Int]
    /// Attempts after which a message is given up.
    let attempts: Int
    /// Seconds for which the destination is left alone when the trouble is with the way, growing as it lasts.
    let pauses: [Int]
    /// Answers of "later" in a row that are taken for trouble with the way.
    let deferralsInARow: Int
    /// Seconds of trouble after which the destination is given up; nil for never.
    let failureTimeout: Int?

    /// For a mail server, which is never given up.
    public static func mail(connections: Int = 1, perMinute: Int? = nil) -> DeliveryPolicy {
        DeliveryPolicy(
            connections: connections, perMinute: perMinute, delays: [300, 900, 1800, 3600, 14_400], attempts: 30,
            pauses: [60, 120, 300, 600, 900], deferralsInARow: 10, failureTimeout: nil)
    }

    /// For a webhook endpoint: ten attempts over 75 hours and a half, then it is given up (the schedule that Standard
    /// Webhooks 1.0.0 gives as its example).
    public static func webhook(connections: Int = 4, perMinute: Int? = nil) -> DeliveryPolicy {
        let delays = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        return DeliveryPolicy(
            connections: connections, perMinute: perMinute, delays: delays, attempts: delays.count + 1,
            pauses: [60, 300, 1800, 7200, 18_000], deferralsInARow: 3, failureTimeout: delays.reduce(0, +))
    }

    /// Failures in a row from which on the trouble is taken to be with the way and not with one message.
    func tolerance(_ error: TransportError) -> Int {
        switch error.kind {
        case .unreachable, .insecure, .authentication, .storage, .gone: 1
        case .broken, .timeout: 2
        case .refused: 3
        case .deferred: error.retryAfter == nil ? deferralsInARow : 1
        case .tooLarge, .invalid: .max
        }
    }

    /// The item for the nth time, counted from 1, up to a fifth more or less: what failed together must not come back
    /// together.
    static func spread(_ seconds: [Int], at count: Int, seed: Int) -> Int {
        let value = seconds[min(max(count, 1), seconds.count) - 1]
        return value + value * (Int(truncatingIfNeeded: UInt(bitPattern: seed) &* 2_654_435_761 >> 8) % 41 - 20) / 100
    }
}
