import CivilTime
import MusterStore
import StandardWebhooks
import Transport

/// Takes webhooks to one endpoint: signed anew for each attempt, no redirect followed, taken only by an answer of 2xx.
public struct WebhookChannel: DeliveryChannel {
    private let endpoint: WebhookEndpoint
    private let transport: any HTTPTransport

    /// A courier to an endpoint.
    public init(endpoint: WebhookEndpoint, transport: any HTTPTransport) {
        self.endpoint = endpoint
        self.transport = transport
    }

    /// The endpoint's id.
    public var destination: String { endpoint.id }
    /// How the endpoint is to be treated.
    public var policy: DeliveryPolicy { endpoint.policy }

    /// The transport's thread, which other connections share.
    public func executor(of connection: Int) -> (any TaskExecutor)? { transport.executor(of: connection) }

    /// Posts a webhook.
    public func deliver(_ message: OutboxMessage, over connection: Int, at now: Instant, once gate: CommitGate)
        async throws(TransportError)
    {
        let signature = WebhookSignature(
            id: message.messageID, at: now, body: message.content, secrets: endpoint.secrets)
        let response = try await transport.send(
            HTTPRequest(
                .post, url: endpoint.url, headers: [("Content-Type", "application/json")] + signature.headers,
                body: message.content, maximumBytes: 4096, timeout: endpoint.timeout,
                authorities: endpoint.authorities,
                privateNetworks: endpoint.allowsPrivateNetwork ? .allowed : .refused), over: connection)
        switch response.status {
        case 200...299: return
        case 410: throw TransportError(.gone, status: 410, "the endpoint wants nothing more (status 410)")
        case 300...399:
            throw TransportError(
                .deferred, status: response.status,
                "the endpoint sends us elsewhere (status \(response.status)); write its new address into the config")
        default:
            throw TransportError(
                .deferred, status: response.status, retryAfter: response.retryAfter,
                "the endpoint answered with status \(response.status)")
        }
    }
}
