import Foundation

/// Addresses that lead to this machine or into its own network (RFC 1918, RFC 4193, RFC 6598 and their like).
public enum PrivateAddress {
    /// Names that no public server has (RFC 6761, RFC 6762, RFC 8375, and what routers give out).
    private static let endings = [".localhost", ".local", ".internal", ".lan", ".home.arpa"]

    /// Whether an address, written as libcurl writes it, is one; what is no address counts as one.
    public static func contains(_ text: String) -> Bool { isPrivate(text) ?? true }

    /// Whether a URL names such a host by itself: by its address, or by a name that is none outside.
    ///
    /// A name that leads there only by what the DNS answers is not found out.
    public static func isNamed(in url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host?.lowercased(), !host.isEmpty else { return false }
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return isPrivate(name) ?? (!name.contains(".") || endings.contains { name.hasSuffix($0) })
    }

    /// Nil for what is no address.
    private static func isPrivate(_ text: String) -> Bool? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return isPrivate(UInt32(bigEndian: four.s_addr)) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        if isMapped { return isPrivate(bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }) }
        let isOldMapped = bytes.prefix(12).allSatisfy { $0 == 0 }
        let isTranslated =
            bytes.prefix(2).elementsEqual([0x20, 0x02]) || bytes.prefix(4).elementsEqual([0, 0x64, 0xFF, 0x9B])
            || bytes.prefix(4).elementsEqual([0x20, 0x01, 0, 0])
        let isUniqueLocal = bytes[0] & 0xFE == 0xFC
        // Link-local, and the site-local addresses that came before the unique local ones.
        let isLinkLocal = bytes[0] == 0xFE && bytes[1] & 0x80 == 0x80
        return isOldMapped || isTranslated || isUniqueLocal || isLinkLocal || bytes[0] == 0xFF
    }

    private static func isPrivate(_ address: UInt32) -> Bool {
        let networks: [(prefix: UInt32, bits: UInt32)] = [
            (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
            (0xAC10_0000, 12), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xE000_0000, 3),
        ]
        return networks.contains { address >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }
    }
}
