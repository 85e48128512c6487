import Foundation

/// A socket that systemd opened for a service and listens on (socket activation, sd_listen_fds(3)).
///
/// It stays open as long as the process lives: whoever comes while nobody takes connections waits.
public struct ListenSocket: Hashable, Sendable, CustomStringConvertible {
    /// Where systemd begins to count descriptors.
    public static let firstDescriptor: CInt = 3

    /// What `FileDescriptorName=` calls it.
    public let name: String
    /// Where it listens, `0.0.0.0:443`, `[::]:443`, or the path of a Unix socket.
    public let description: String
    /// Whether only this machine reaches it.
    public let isLocal: Bool
    private let descriptor: CInt

    /// Those that were handed to this process, in the order of their units; what does not listen, as with `Accept=yes`,
    /// is not among them.
    public static func handedOver(
        environment: [String: String] = ProcessInfo.processInfo.environment, first: CInt = firstDescriptor
    ) -> [ListenSocket] {
        guard environment["LISTEN_PID"] == String(ProcessInfo.processInfo.processIdentifier),
            let count = environment["LISTEN_FDS"].flatMap({ CInt($0) }), (1...1024).contains(count)
        else { return [] }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        return (0..<count).compactMap { index in
            ListenSocket(
                name: names.indices.contains(Int(index)) ? String(names[Int(index)]) : "unknown",
                descriptor: first + index)
        }
    }

    private init?(name: String, descriptor: CInt) {
        (self.name, self.descriptor) = (name, descriptor)
        var (listens, size): (CInt, socklen_t) = (0, socklen_t(MemoryLayout<CInt>.size))
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens != 0 else { return nil }
        // Programs that this one starts have no business with it.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        (description, isLocal) = Self.place(of: descriptor)
    }

    /// A descriptor of its own for the same socket, which whoever gets it closes.
    ///
    /// - Throws: `Failure` where the process has no more descriptors.
    public func duplicate() throws -> CInt {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else {
            throw Failure(description: "the socket \(self) cannot be used: \(String(cString: strerror(errno)))")
        }
        return copy
    }

    /// Why a socket cannot be used.
    public struct Failure: Error, CustomStringConvertible {
        /// A sentence part.
        public let description: String

        /// A failure.
        public init(description: String) { self.description = description }
    }

    private static func place(of descriptor: CInt) -> (text: String, isLocal: Bool) {
        var (address, size) = (sockaddr_storage(), socklen_t(MemoryLayout<sockaddr_storage>.size))
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) == 0 }
        }
        guard isKnown else { return ("unknown", false) }
        if CInt(address.ss_family) == AF_UNIX {
            let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
            let path = withUnsafeBytes(of: address) { $0[start..<max(start, Int(size))].prefix { $0 != 0 } }
            return (String(decoding: path, as: UTF8.self), true)
        }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let isNamed = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo(
                    $0, size, &host, socklen_t(host.count), &port, socklen_t(port.count),
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0
            }
        }
        guard isNamed else { return ("unknown", false) }
        let (name, number) = (text(host), text(port))
        return CInt(address.ss_family) == AF_INET
            ? ("\(name):\(number)", name.hasPrefix("127.")) : ("[\(name)]:\(number)", name == "::1")
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
