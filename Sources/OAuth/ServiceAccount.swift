import CivilTime
import Crypto
import CryptoExtras
import Foundation
import Transport

/// A service account of Google Workspace that sends for a user of the domain: it signs an assertion with its key (RFC
/// 7523, RS256).
public struct ServiceAccount: TokenRequest {
    /// The file that Google gives for the account, as far as it is needed.
    private struct KeyFile: Decodable {
        let client_email: String
        let private_key: String
        let token_uri: String
    }

    private let account: String
    private let user: String
    private let key: _RSA.Signing.PrivateKey
    /// The token endpoint.
    public let url: String

    /// Reads the key file of an account (JSON), which acts for a user.
    ///
    /// - Throws: `TransportError` of the kind `invalid` for anything else than such a file.
    public init(keyFile: String, user: String) throws(TransportError) {
        do {
            let file = try JSONDecoder().decode(KeyFile.self, from: Data(keyFile.utf8))
            account = file.client_email
            key = try _RSA.Signing.PrivateKey(pemRepresentation: file.private_key)
            url = file.token_uri
        } catch {
            throw TransportError(
                .invalid,
                "the key of the service account cannot be read; it should be the JSON file that Google gives for it")
        }
        self.user = user
    }

    /// The fields of the form, with an assertion that is good for an hour.
    public func form(at now: Instant) throws(TransportError) -> [(name: String, value: String)] {
        struct Header: Encodable {
            let alg = "RS256"
            let typ = "JWT"
        }
        struct Claims: Encodable {
            let iss: String
            let sub: String
            let scope = "https://mail.google.com/"
            let aud: String
            let iat: Int
            let exp: Int
        }
        do {
            let claims = Claims(iss: account, sub: user, aud: url, iat: now.seconds, exp: now.seconds + 3600)
            let content = [try Self.part(Header()), try Self.part(claims)].joined(separator: ".")
            let signature = try key.signature(for: SHA256.hash(data: Data(content.utf8)), padding: .insecurePKCS1v1_5)
            let assertion = content + "." + Self.base64URL(signature.rawRepresentation)
            return [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]
        } catch {
            throw TransportError(.invalid, "the assertion of the service account cannot be signed (\(error))")
        }
    }

    private static func part(_ value: some Encodable) throws -> String { base64URL(try JSONEncoder().encode(value)) }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
