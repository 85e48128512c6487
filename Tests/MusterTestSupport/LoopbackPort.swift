import Foundation

/// Ports of this machine, for servers that tests start.
public enum LoopbackPort {
    /// So many ports that nobody has.
    public static func free(_ count: Int) throws -> [Int] {
        var descriptors: [Int32] = []
        defer { descriptors.forEach { close($0) } }
        return try (0..<count).map { _ in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            descriptors.append(descriptor)
            var address = address(0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
                }
            }
            guard isBound else { throw Subprocess.Failure(description: "there is no free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    /// Waits until a port takes connections; the connection itself is the signal.
    public static func waitForAnswer(on port: Int) throws {
        guard Patience.until({ answers(port) }) else {
            throw Subprocess.Failure(description: "nothing answers on port \(port)")
        }
    }

    /// Waits until a port takes no connections any more.
    public static func waitForSilence(on port: Int) throws {
        guard Patience.until({ !answers(port) }) else {
            throw Subprocess.Failure(description: "port \(port) still answers")
        }
    }

    private static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
