import CivilTime
import Crypto
import Foundation

/// One-time passwords that an app on a telephone shows, anew every half minute (TOTP, RFC 6238: SHA-1, six digits, as every
/// such app knows them).
public struct OneTimePassword: Sendable {
    /// Seconds for which one is shown.
    private static let period = 30
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// What the app and we know.
    public let secret: [UInt8]

    /// One with a known secret.
    public init(secret: [UInt8]) { self.secret = secret }

    /// One with a secret that nobody knows yet.
    public init() {
        var source = SystemRandomNumberGenerator()
        secret = (0..<20).map { _ in UInt8.random(in: 0...255, using: &source) }
    }

    /// The number of the half minute at a moment.
    static func step(at now: Instant) -> Int { now.seconds / period }

    /// What is shown in a half minute.
    func code(step: Int) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: Data(counter), using: SymmetricKey(data: Data(secret))))
        let offset = Int(mac[19] & 0x0F)
        let number = mac[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The half minute in which an app showed some digits: this one, or one beside it where a clock is a little off; nil for
    /// none of them.
    public func step(of digits: String, at now: Instant) -> Int? {
        let step = Self.step(at: now)
        return (step - 1...step + 1).first { code(step: $0) == digits }
    }

    /// What an app reads (the Key Uri Format): as a picture, or typed.
    public func address(of account: String) -> String {
        let name = account.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "otpauth://totp/muster:\(name)?secret=\(base32)&issuer=muster"
    }

    /// The secret in letters (RFC 4648 §6), without padding.
    private var base32: String {
        var (text, buffer, bits) = ("", 0, 0)
        for byte in secret {
            buffer = buffer << 8 | Int(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(Self.alphabet[buffer >> bits & 31])
            }
            buffer &= 255
        }
        return text
    }
}
