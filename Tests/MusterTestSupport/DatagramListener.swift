import Foundation

/// A socket that keeps what it is told, as systemd has one.
public final class DatagramListener {
    private let descriptor: Int32

    /// A socket at a path, or `@` and a name of the abstract namespace.
    public init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = [path.hasPrefix("@") ? 0 : UInt8(ascii: "/")] + Array(path.utf8.dropFirst())
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0 else { throw Subprocess.Failure(description: "the socket cannot be bound") }
    }

    deinit { close(descriptor) }

    /// What came first and was not received yet; empty for nothing.
    public func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return Array(buffer.prefix(max(0, count)))
    }
}
