import CivilTime
import Transport

/// How a token is asked for (RFC 6749): where, and with which form.
public protocol TokenRequest: Sendable {
    /// The token endpoint.
    var url: String { get }

    /// The fields of the form to post.
    ///
    /// - Throws: `TransportError` where what the form must be signed with cannot be used.
    func form(at now: Instant) throws(TransportError) -> [(name: String, value: String)]
}

/// A client that proves itself with a secret (RFC 6749 §4.4), as Microsoft 365 wants it for sending mail.
public struct ClientCredentials: TokenRequest {
    /// The token endpoint.
    public let url: String
    private let client: String
    private let secret: String
    private let scope: String

    /// A client at a token endpoint.
    public init(url: String, client: String, secret: String, scope: String) {
        self.url = url
        self.client = client
        self.secret = secret
        self.scope = scope
    }

    /// A client that is registered in a tenant of Microsoft 365 and may send mail by SMTP.
    ///
    /// - Parameter url: the token endpoint of a national cloud; nil for the usual one.
    public static func microsoft365(tenant: String, client: String, secret: String, url: String? = nil)
        -> ClientCredentials
    {
        ClientCredentials(
            url: url ?? "https://login.microsoftonline.com/\(tenant)/oauth2/v2.0/token", client: client,
            secret: secret, scope: "https://outlook.office365.com/.default")
    }

    /// A client that is registered in a tenant of Microsoft 365 and may read a mailbox by Microsoft Graph.
    ///
    /// - Parameter url: the token endpoint of a national cloud; nil for the usual one.
    public static func graph(tenant: String, client: String, secret: String, url: String? = nil) -> ClientCredentials {
        ClientCredentials(
            url: url ?? "https://login.microsoftonline.com/\(tenant)/oauth2/v2.0/token", client: client,
            secret: secret, scope: "https://graph.microsoft.com/.default")
    }

    /// The fields of the form.
    public func form(at now: Instant) -> [(name: String, value: String)] {
        [
            ("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", scope),
        ]
    }
}
