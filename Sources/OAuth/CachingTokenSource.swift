import CivilTime
import Foundation
import Transport

/// Keeps a token until shortly before it runs out.
public actor CachingTokenSource: TokenSource {
    /// Seconds before its end from which on a token is not used any more.
    static let margin = 120

    private struct Answer: Decodable {
        let access_token: String
        let expires_in: Double?

        /// For how many seconds the token may be kept: an hour where nothing is said, and never more than a day, so that
        /// what a server says cannot be more than a clock can count.
        var lifetime: Int { Int(min(max(expires_in ?? 3600, 0), 86_400)) }
    }

    private struct Refusal: Decodable {
        let error: String
        let error_description: String?
    }

    private let grant: any TokenRequest
    private let transport: any HTTPTransport
    private let authorities: String?
    private let now: @Sendable () -> Instant
    private var current: (token: String, expires: Instant)?

    /// A keeper of tokens.
    ///
    /// - Parameter authorities: a file of certificates to trust instead of the system's.
    public init(
        _ grant: any TokenRequest, transport: any HTTPTransport, authorities: String? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.grant = grant
        self.transport = transport
        self.authorities = authorities
        self.now = now
    }

    /// A token that is good for two minutes at least.
    public func token() async throws(TransportError) -> String {
        if let current, current.expires > now() + Self.margin { return current.token }
        let fetched = try await fetch()
        current = fetched
        return fetched.token
    }

    /// The next token is a new one, unless this one has gone already.
    public func discard(_ token: String) {
        if current?.token == token { current = nil }
    }

    private func fetch() async throws(TransportError) -> (token: String, expires: Instant) {
        let asked = now()
        let form = try grant.form(at: asked).map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
        let response = try await transport.send(
            HTTPRequest(
                .post, url: grant.url,
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
                body: Array(form.utf8), maximumBytes: 1 << 16, timeout: 30, authorities: authorities))
        if response.status == 200, let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)) {
            // It goes into headers and commands, which a token of other characters could begin anew (RFC 6750 §2.1).
            guard !answer.access_token.isEmpty, answer.access_token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw TransportError(.authentication, status: 200, "what was given is no token: it has odd characters")
            }
            return (answer.access_token, asked + answer.lifetime)
        }
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body))
        let reason = refusal.map { $0.error_description ?? $0.error } ?? "status \(response.status)"
        throw TransportError(
            response.status < 500 ? .authentication : .unreachable, status: response.status,
            retryAfter: response.retryAfter, "no token was given: \(reason.prefix(300))")
    }

    /// What RFC 3986 §2.3 leaves as it is.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func encoded(_ value: String) -> String {
        value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
