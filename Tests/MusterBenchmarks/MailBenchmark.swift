import CivilTime
import CurlTransport
import Foundation
import MusterDelivery
import MusterStore
import MusterTestSupport

/// Mails of the size of an invitation to Postfix's smtp-sink: ours out of a durable outbox, smtp-source's out of
/// nothing.
struct MailBenchmark: PairedBenchmark {
    private static let count = 10_000
    private static let size = 8000

    private let connections: Int
    private let server: Server
    private let outbox: FilledOutbox

    init(connections: Int) throws {
        self.connections = connections
        let port = try LoopbackPort.free(1)[0]
        server = try Server("/usr/sbin/smtp-sink", port: port, ["-u", "nobody", "127.0.0.1:\(port)", "256"])
        outbox = try FilledOutbox()
    }

    func ours() async throws -> Rate {
        let transport = CurlMailTransport(
            CurlMailTransport.Configuration(host: "127.0.0.1", port: server.port, security: .none))
        let line = Array((String(repeating: "x", count: 76) + "\r\n").utf8)
        let body = Array("Subject: benchmark\r\n\r\n".utf8) + (0..<Self.size / line.count).flatMap { _ in line }
        let run = UUID().uuidString
        let now = Instant(seconds: 1_790_000_000)
        return try await outbox.rate(
            Self.count, through: MailChannel(transport, policy: .mail(connections: connections))
        ) { number in
            OutboxMessage(
                messageID: "\(run)-\(number)@bench.example",
                topic: .scheduling(
                    .invitation,
                    of: OutboxMessage.SessionReference(id: "c/\(number)/review", uid: "\(run)-\(number)")),
                reason: "new",
                person: "p\(number)", recipient: "p\(number)@bench.example",
                sender: "reviews@bench.example", subject: "benchmark", content: body, due: now, created: now)
        }
    }

    func peer() throws -> Double {
        let arguments = [
            "-d", "-s", String(connections), "-m", String(Self.count), "-l", String(Self.size), "-f",
            "reviews@bench.example", "-t", "p@bench.example", "127.0.0.1:\(server.port)",
        ]
        return Double(Self.count) / (try Server.run("/usr/sbin/smtp-source", arguments).seconds)
    }
}
