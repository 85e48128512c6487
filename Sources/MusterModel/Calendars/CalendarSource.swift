/// Where a calendar comes from: a file, an address with http or https, or a CalDAV server.
public struct CalendarSource: Hashable, Sendable {
    /// A path, or the address; for a CalDAV server one that begins with `caldavs://`, or `caldav://` without TLS.
    public let location: String

    /// A calendar at a place.
    public init(location: String) {
        self.location = location
    }

    /// Whether it is fetched over the network.
    public var isRemote: Bool { isHTTP || isCalDAV }

    /// Whether it is one document.
    public var isHTTP: Bool { location.hasPrefix("http://") || location.hasPrefix("https://") }

    /// Whether it is read from a CalDAV server.
    public var isCalDAV: Bool { location.hasPrefix("caldav://") || location.hasPrefix("caldavs://") }

    /// The address with http or https; nil for a file.
    public var webAddress: String? {
        isCalDAV ? "http" + location.dropFirst(6) : isHTTP ? location : nil
    }

    /// The host that it is fetched from; empty for a file.
    public var host: String {
        guard isRemote else { return "" }
        let authority = location.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" && $0 != "?" }
        return String(authority.split(separator: "@").last ?? "").lowercased()
    }

    /// The location without what may be secret in it, which of an address is all but the host; a number tells apart
    /// what is at one host.
    public var label: String {
        guard isRemote else { return location.split(separator: "/").suffix(2).joined(separator: "/") }
        return "\(host)/…\(String(fingerprint, radix: 16))"
    }

    /// FNV-1a, folded to 16 bits: too little to find an address by.
    private var fingerprint: UInt32 {
        let hash = location.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return (hash >> 16) ^ (hash & 0xFFFF)
    }
}
