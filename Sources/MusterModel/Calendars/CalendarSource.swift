/// Where a calendar comes from: a file, or an address with http or https.
public struct CalendarSource: Hashable, Sendable {
    /// A path that begins with `/`, or the address.
    public let location: String

    /// A calendar at a place.
    public init(location: String) {
        self.location = location
    }

    /// Whether it is fetched over the network.
    public var isRemote: Bool { location.hasPrefix("http://") || location.hasPrefix("https://") }

    /// The host that it is fetched from; empty for a file.
    public var host: String {
        guard isRemote else { return "" }
        let authority = location.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" && $0 != "?" }
        return String(authority.split(separator: "@").last ?? "").lowercased()
    }

    /// The location without what may be secret in it: of an address, the host and the last part of the path.
    public var label: String {
        guard isRemote else { return location.split(separator: "/").suffix(2).joined(separator: "/") }
        let rest = location.drop { $0 != ":" }.dropFirst(3)
        let host = rest.prefix { $0 != "/" }.split(separator: "@").last ?? ""
        let path = rest.drop { $0 != "/" }.prefix { $0 != "?" }
        let parts = path.split(separator: "/")
        return parts.count <= 1 ? String(host) + String(path) : "\(host)/…/\(parts.last ?? "")"
    }
}
