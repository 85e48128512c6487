import Foundation

/// Datagrams to a socket of this machine.
enum UnixDatagram {
    /// Sends a datagram; returns whether somebody took it.
    ///
    /// A socket that is gone is no reason to stop.
    ///
    /// - Parameter path: an absolute path, or `@` and a name of the abstract namespace.
    @discardableResult
    static func send(_ message: [UInt8], to path: String) -> Bool {
        guard path.utf8.count < 108, path.hasPrefix("/") || path.hasPrefix("@") else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A name that begins with @ lies in the abstract namespace, whose names begin with NUL.
        let bytes = [path.hasPrefix("@") ? 0 : UInt8(ascii: "/")] + Array(path.utf8.dropFirst())
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), address, length) == message.count
            }
        }
    }
}
