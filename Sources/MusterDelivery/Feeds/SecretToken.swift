import Crypto
import Foundation
import TextEncodings

/// A secret that opens something, such as a feed or a session of a browser: 160 random bits, as 40 hexadecimal digits.
///
/// Whoever knows it is let in, so it is shown once, and only its digest is kept.
public struct SecretToken: Sendable, CustomStringConvertible {
    private static let length = 20

    /// The digits.
    public let text: String

    /// A token that nobody can guess.
    public init() {
        var source = SystemRandomNumberGenerator()
        text = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &source) }.hexadecimal
    }

    /// Reads a token as it stands in an address; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let isToken = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isToken, text.utf8.count == 2 * Self.length else { return nil }
        self.text = String(text)
    }

    /// What is kept of it: its SHA-256.
    public var digest: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    /// Nothing that a log could give away.
    public var description: String { "a secret" }
}
