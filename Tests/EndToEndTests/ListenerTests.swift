import Foundation
import MusterTestSupport
import Testing

@Suite struct `The ports that the daemon opens` {
    @Test func `answer others though hundreds of half a request have come, and close with them`() throws {
        let port = try LoopbackPort.free(1)[0]
        let files = try ProgrammeFiles(operator: "listen: 127.0.0.1:\(port)")
        let daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        try LoopbackPort.waitForAnswer(on: port)
        let halves = try (0..<300).map { _ in try sendHalf(to: port) }
        defer { halves.forEach { close($0) } }
        #expect(try HTTPClient.send([HTTPClient.Request("GET", "/healthz")], to: port).map(\.status) == [200])
        let more = try (0..<150).map { _ in try sendHalf(to: port) }
        defer { more.forEach { close($0) } }
        #expect(withExtendedLifetime(files) { daemon.stop() } == 0, "\(daemon.log)")
    }

    /// Opens a connection and says half of what is to be said.
    private func sendHalf(to port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        try #require(connected == 0)
        let half = "GET /healthz HTTP/1.1\r\nHost:"
        try #require(send(descriptor, half, half.utf8.count, 0) == half.utf8.count)
        return descriptor
    }
}
