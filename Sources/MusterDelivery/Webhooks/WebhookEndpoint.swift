import MusterModel
import StandardWebhooks

/// Where webhooks go, and what is wanted there.
public struct WebhookEndpoint: Sendable {
    /// What the config calls it.
    public var id: String
    /// The address, which may be a secret by itself.
    public var url: String
    /// The secrets in force; several while one takes the place of another.
    public var secrets: [WebhookSecret]
    /// How bodies are written.
    public var format: WebhookFormat
    /// What is wanted: names of events, or their beginnings such as `session.*`; empty for everything.
    public var events: [String]
    /// The address of whoever is told when it is given up.
    public var owner: String
    /// Whether it may lie in a private network.
    public var allowsPrivateNetwork: Bool
    /// How it is to be treated.
    public var policy: DeliveryPolicy
    /// Seconds for one request.
    public var timeout: Int
    /// A file of certificates to trust instead of the system's.
    public var authorities: String?

    /// An endpoint; every field as described there.
    public init(
        id: String, url: String, secrets: [WebhookSecret] = [], format: WebhookFormat = .standard,
        events: [String] = [],
        owner: String, allowsPrivateNetwork: Bool = false, policy: DeliveryPolicy = .webhook(), timeout: Int = 20,
        authorities: String? = nil
    ) {
        self.id = id
        self.url = url
        self.secrets = secrets
        self.format = format
        self.events = events
        self.owner = owner
        self.allowsPrivateNetwork = allowsPrivateNetwork
        self.policy = policy
        self.timeout = timeout
        self.authorities = authorities
    }

    /// Whether an event is wanted here.
    public func wants(_ kind: EventKind) -> Bool {
        kind == .test
            || EventKind.forWebhooks.contains(kind) && (events.isEmpty || events.contains { kind.matches($0) })
    }
}
