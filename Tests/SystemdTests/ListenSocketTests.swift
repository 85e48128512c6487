import Foundation
import MusterTestSupport
import Systemd
import Testing

@Suite struct `Sockets that systemd opens` {
    private let process = String(ProcessInfo.processInfo.processIdentifier)

    @Test func `are known by their names and by who reaches them, and those that do not listen are left out`() throws {
        let folder = try TemporaryDirectory()
        let first = try inARow([
            unix(folder.path + "/socket", listens: true), internet("127.0.0.1", listens: true),
            internet("0.0.0.0", listens: true), internet("127.0.0.1", listens: false),
        ])
        defer { (first..<first + 4).forEach { close($0) } }
        let environment = [
            "LISTEN_PID": process, "LISTEN_FDS": "4", "LISTEN_FDNAMES": "metrics:feeds:pages:connection",
        ]
        let sockets = ListenSocket.handedOver(environment: environment, first: first)
        #expect(sockets.map(\.name) == ["metrics", "feeds", "pages"])
        #expect(sockets.map(\.isLocal) == [true, true, false])
        #expect(sockets[0].description == folder.path + "/socket")
        #expect(sockets[1].description.hasPrefix("127.0.0.1:") && sockets[2].description.hasPrefix("0.0.0.0:"))
        let copy = try sockets[0].duplicate()
        defer { close(copy) }
        #expect(fcntl(copy, F_GETFD) == FD_CLOEXEC && copy != first)
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_PID": "own", "LISTEN_FDS": "-1"],
        ["LISTEN_PID": "own", "LISTEN_FDS": "99999999999"], ["LISTEN_PID": "own", "LISTEN_FDS": "many"],
    ])
    func `are none where they are another's, or nobody says`(environment: [String: String]) {
        let environment = environment.mapValues { $0 == "own" ? process : $0 }
        #expect(ListenSocket.handedOver(environment: environment, first: 700).isEmpty)
    }

    /// Gives descriptors numbers one after another, and returns the first; those of other tests stay theirs, which are
    /// the lowest that are free, so that the highest are.
    private func inARow(_ descriptors: [CInt]) throws -> CInt {
        defer { descriptors.forEach { close($0) } }
        let end = CInt(min(sysconf(CInt(_SC_OPEN_MAX)), 60_000))
        for lowest in stride(from: end - 8, to: 300, by: -8) {
            let copies = descriptors.map { fcntl($0, F_DUPFD, lowest) }
            if zip(copies, copies.dropFirst()).allSatisfy({ $1 == $0 + 1 }) { return try #require(copies.first) }
            copies.forEach { close($0) }
        }
        throw Subprocess.Failure(description: "no descriptors are free in a row")
    }

    private func internet(_ host: String, listens: Bool) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        return open(AF_INET, at: address, listens: listens)
    }

    private func unix(_ path: String, listens: Bool) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return open(AF_UNIX, at: address, listens: listens)
    }

    private func open(_ family: CInt, at address: some BitwiseCopyable, listens: Bool) -> CInt {
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue), 0)
        let result = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, socklen_t(bytes.count)) }
        }
        guard result == 0, !listens || listen(descriptor, 1) == 0 else { return -1 }
        return descriptor
    }
}
