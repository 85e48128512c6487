/// Where the daemon listens: on a port of this machine, on a Unix socket in a folder that decides who gets there, or on
/// what systemd opened for it.
public enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A port of this machine; without a certificate of `127.0.0.1` or `::1` alone.
    case port(Int, host: String)
    /// The absolute path of a socket.
    case socket(String)
    /// The socket that has this name in `FileDescriptorName=` of its unit.
    case systemd(name: String)

    /// `127.0.0.1:9618`, `/run/muster/pages.sock`.
    public var description: String {
        switch self {
        case .port(let port, let host): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .socket(let path): path
        case .systemd(let name): "systemd's socket \(name)"
        }
    }

    /// Where it is reached on this machine, `http://127.0.0.1:9618`; nil where it is not known, or a
    /// socket, which browsers cannot open.
    public var url: String? { if case .port = self { "http://\(self)" } else { nil } }

    /// Whether both would take the same place.
    public func isSamePlace(as other: ListenAddress) -> Bool {
        if case (.port(let own, _), .port(let other, _)) = (self, other) { own == other } else { self == other }
    }
}
