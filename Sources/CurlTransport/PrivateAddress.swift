import Foundation

/// Addresses that lead to this machine or into its own network (RFC 1918, RFC 4193, RFC 6598 and their like).
enum PrivateAddress {
    /// Whether an address, written as libcurl writes it, is one; what is no address counts as one.
    static func contains(_ text: String) -> Bool {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return isPrivate(UInt32(bigEndian: four.s_addr)) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return true }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        if isMapped { return isPrivate(bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }) }
        let isOldMapped = bytes.prefix(12).allSatisfy { $0 == 0 }
        let isTranslated =
            bytes.prefix(2).elementsEqual([0x20, 0x02]) || bytes.prefix(4).elementsEqual([0, 0x64, 0xFF, 0x9B])
        let isUniqueLocal = bytes[0] & 0xFE == 0xFC
        let isLinkLocal = bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
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
