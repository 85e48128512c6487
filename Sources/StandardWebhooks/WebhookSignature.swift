import CivilTime
import Foundation

/// The headers by which an endpoint tells a webhook of ours from another's (Standard Webhooks 1.0.0).
public struct WebhookSignature: Hashable, Sendable {
    /// Seconds by which the clocks of both sides may differ.
    public static let tolerance = 300

    /// The name of the delivery, the same for every attempt: `webhook-id`.
    public let id: String
    /// When this attempt is made: `webhook-timestamp`.
    public let timestamp: Instant
    /// One signature for each secret, separated by spaces: `webhook-signature`.
    public let signatures: String

    /// Signs a body with every secret that is in force; two while one takes the place of the other.
    public init(id: String, at timestamp: Instant, body: [UInt8], secrets: [WebhookSecret]) {
        self.id = id
        self.timestamp = timestamp
        let prefix = Self.prefix(id, timestamp)
        signatures = secrets.map { $0.signature(of: prefix, body) }.joined(separator: " ")
    }

    /// The signature that a request carries; nil where a header is missing or no time.
    public init?(headers: (String) -> String?) {
        guard let id = headers("webhook-id"), let seconds = headers("webhook-timestamp").flatMap({ Int($0) }),
            let signatures = headers("webhook-signature")
        else { return nil }
        self.id = id
        timestamp = Instant(seconds: seconds)
        self.signatures = signatures
    }

    /// The headers to send; without a secret there is nothing to sign and the signature is left out.
    public var headers: [(name: String, value: String)] {
        let named = [("webhook-id", id), ("webhook-timestamp", String(timestamp.seconds))]
        return signatures.isEmpty ? named : named + [("webhook-signature", signatures)]
    }

    /// Whether a body is the signed one, by one of the secrets, and not older or newer than clocks may differ.
    public func isValid(for body: [UInt8], secrets: [WebhookSecret], at now: Instant) -> Bool {
        guard abs(now - timestamp) <= Self.tolerance else { return false }
        let prefix = Self.prefix(id, timestamp)
        return signatures.split(separator: " ").contains { signature in
            secrets.contains { $0.verifies(signature, of: prefix, body) }
        }
    }

    /// What is signed before the body.
    private static func prefix(_ id: String, _ timestamp: Instant) -> String { "\(id).\(timestamp.seconds)." }
}
