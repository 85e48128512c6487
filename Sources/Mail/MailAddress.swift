/// A mailbox: a name for people and an address for machines.
public struct MailAddress: Hashable, Sendable, Codable {
    /// The display name; empty where there is none.
    public let name: String
    /// `someone@example.org`.
    public let address: String

    /// A mailbox, or nil where the address is not one that mail can safely be sent to.
    ///
    /// Accepts the plain forms that schools use: one `@`, no spaces, no control characters, no quotes, brackets or
    /// lists; letters of any script, for servers that take them (RFC 6531).
    public init?(name: String = "", address: String) {
        guard MailAddress.isValid(address) else { return nil }
        self.name = String(
            String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        self.address = address
    }

    /// The part behind the `@`.
    public var domain: String { String(address.split(separator: "@").last ?? "") }

    private static func isValid(_ address: String) -> Bool {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, address.utf8.count <= 254, (1...64).contains(parts[0].utf8.count), !parts[1].isEmpty,
            address.unicodeScalars.allSatisfy(isPlain)
        else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
            && labels.allSatisfy { !$0.isEmpty && $0.utf8.count <= 63 && $0.first != "-" && $0.last != "-" }
    }

    private static func isPlain(_ scalar: UnicodeScalar) -> Bool {
        guard scalar.value >= 0x80 else {
            return scalar.value > 0x20 && scalar.value < 0x7F && !"\"(),:;<>[\\]".unicodeScalars.contains(scalar)
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.canonicalCombiningClass != .notReordered
    }
}
