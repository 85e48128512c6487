import Crypto
import Foundation

/// A secret that an endpoint shares with us, by which it knows that a webhook is ours and was not changed.
public struct WebhookSecret: Sendable {
    private let key: SymmetricKey

    /// Reads a secret as it is written: `whsec_` and the base64 of 24 to 64 bytes; the prefix may be left out.
    ///
    /// Nil for anything else.
    public init?(_ text: String) {
        let encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
        guard let bytes = Data(base64Encoded: encoded), (24...64).contains(bytes.count) else { return nil }
        key = SymmetricKey(data: bytes)
    }

    func signature(of content: some DataProtocol) -> String {
        "v1," + Data(HMAC<SHA256>.authenticationCode(for: content, using: key)).base64EncodedString()
    }

    /// Compares in constant time.
    func verifies(_ signature: some StringProtocol, of content: some DataProtocol) -> Bool {
        guard signature.hasPrefix("v1,"), let code = Data(base64Encoded: String(signature.dropFirst(3))) else {
            return false
        }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: content, using: key)
    }
}
