import Crypto
import Foundation

/// A secret that an endpoint shares with us, by which it knows that a webhook is ours and was not changed.
public struct WebhookSecret: Sendable {
    /// Keyed once: half of what a short body costs.
    private let keyed: HMAC<SHA256>

    /// Reads a secret as it is written: `whsec_` and the base64 of 24 to 64 bytes; the prefix may be left out.
    ///
    /// Nil for anything else.
    public init?(_ text: String) {
        let encoded = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
        guard let bytes = Data(base64Encoded: encoded), (24...64).contains(bytes.count) else { return nil }
        keyed = HMAC(key: SymmetricKey(data: bytes))
    }

    /// Signs what stands before a body, and the body.
    func signature(of prefix: String, _ body: [UInt8]) -> String {
        "v1," + Data(code(of: prefix, body)).base64EncodedString()
    }

    /// Compares in constant time.
    func verifies(_ signature: some StringProtocol, of prefix: String, _ body: [UInt8]) -> Bool {
        guard signature.hasPrefix("v1,"), let code = Data(base64Encoded: String(signature.dropFirst(3))) else {
            return false
        }
        return self.code(of: prefix, body) == code
    }

    private func code(of prefix: String, _ body: [UInt8]) -> HMAC<SHA256>.MAC {
        var code = keyed
        code.update(data: Array(prefix.utf8))
        code.update(data: body)
        return code.finalize()
    }
}
