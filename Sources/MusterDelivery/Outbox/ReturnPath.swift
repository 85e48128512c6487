import Foundation
import MusterStore

/// Addresses to which mails come back, one for each mail, so that what comes back is known by where it arrives (VERP).
public struct ReturnPath: Hashable, Sendable {
    /// Where the name of the mail stands.
    public static let placeholder: Character = "*"
    /// `reviews+*@example.org`.
    public let pattern: String

    /// Addresses of a pattern; nil for one without exactly one `*` before its `@`.
    public init?(_ pattern: String) {
        let parts = pattern.split(separator: Self.placeholder, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].contains("@") else { return nil }
        self.pattern = pattern
    }

    /// Where a mail comes back to; nil for one whose name is none of ours.
    func address(for message: OutboxMessage) -> String? {
        let name = message.messageID.prefix { $0 != "@" }
        guard UUID(uuidString: String(name)) != nil else { return nil }
        return pattern.replacing(String(Self.placeholder), with: name.filter { $0 != "-" }.lowercased())
    }

    /// The beginning of the `Message-ID` of the mail that came back to an address; nil for another address.
    func messageName(in address: String) -> String? {
        let parts = pattern.lowercased().split(separator: Self.placeholder, omittingEmptySubsequences: false)
        let address = address.lowercased()
        guard address.hasPrefix(parts[0]), address.hasSuffix(parts[1]),
            address.count == parts[0].count + 32 + parts[1].count
        else { return nil }
        let digits = address.dropFirst(parts[0].count).prefix(32)
        guard digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        var rest = digits
        let groups = [8, 4, 4, 4, 12].map { count -> Substring in
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        return groups.joined(separator: "-") + "@"
    }
}
