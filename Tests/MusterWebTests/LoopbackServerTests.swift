import Glibc
import Hummingbird
import MusterTestSupport
import Testing

@testable import MusterWeb

@Suite struct `The ports that muster opens` {
    @Test(.timeLimit(.minutes(1)))
    func `answer others though hundreds of half a request have come`() async throws {
        let port = try LoopbackPort.free(1)[0]
        let limits = LoopbackServer.Limits(connections: 8, idle: .milliseconds(200))
        let (opening, opened) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let router = Router()
                router.get("healthz") { _, _ in LoopbackServer.text("ok\n") }
                try await LoopbackServer.run(router, host: "127.0.0.1", port: port, limits: limits) { opened.finish() }
            }
            for await _ in opening {}
            let halves = try (0..<300).map { _ in try Self.sendHalf(port) }
            defer { halves.forEach { close($0) } }
            #expect(try HTTPClient.send([HTTPClient.Request("GET", "/healthz")], to: port).map(\.status) == [200])
            group.cancelAll()
        }
    }

    /// Opens a connection and says half of what is to be said.
    private static func sendHalf(_ port: Int) throws -> Int32 {
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
