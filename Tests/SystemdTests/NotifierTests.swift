import Foundation
import MusterTestSupport
import Systemd
import Testing

@Suite struct `Telling systemd` {
    /// A socket that keeps what it is told, as systemd has one.
    private final class Listener {
        let descriptor: Int32

        init(_ path: String) throws {
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

        func receive() -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test(arguments: [false, true])
    func `goes to a socket of the file system and to an abstract one`(isAbstract: Bool) throws {
        let folder = try TemporaryDirectory()
        let path = isAbstract ? "@muster-test-\(UUID().uuidString)" : folder.path + "/notify"
        let listener = try Listener(path)
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": path])
        notifier.ready()
        #expect(listener.receive() == "READY=1")
        notifier.status("two\nlines")
        #expect(listener.receive() == "STATUS=two lines")
        notifier.reloading()
        #expect(listener.receive().contains("RELOADING=1\nMONOTONIC_USEC="))
    }

    @Test func `is silent where nobody listens`() {
        Notifier(environment: [:]).ready()
        Notifier(environment: ["NOTIFY_SOCKET": "/nowhere/at/all"]).ready()
    }

    @Test(
        arguments: [("60000000", nil, Duration.seconds(15)), ("60000000", "1", nil), (nil, nil, nil)]
            as [(String?, String?, Duration?)])
    func `feeds the watchdog at a quarter of its time, where it is ours`(
        microseconds: String?, pid: String?, expected: Duration?
    ) {
        var environment: [String: String] = [:]
        environment["WATCHDOG_USEC"] = microseconds
        environment["WATCHDOG_PID"] = pid
        #expect(Notifier(environment: environment).watchdogInterval == expected)
    }
}
