import CivilTime
import CurlTransport
import Foundation
import MusterDelivery
import MusterStore
import MusterTestSupport
import StandardWebhooks

/// Webhooks to nginx: ours signed and out of a durable outbox, wrk's the same bytes again and again.
struct WebhookBenchmark: PairedBenchmark {
    private static let count = 30_000
    private static let body =
        #"{"data":{"end":"2027-01-14T15:00:00Z","mode":"online","people":[{"part":"host","person":"a.marsh"},{"part":"lead","person":"k.o"}],"sequence":1,"session":"spring/900001/review","start":"2027-01-14T14:00:00Z","uid":"6f8c1ad2@bench.example","zone":"Europe/London"},"timestamp":"2026-11-24T09:00:00Z","type":"session.moved"}"#

    private let connections: Int
    private let server: Server
    private let outbox: FilledOutbox

    init(connections: Int) throws {
        self.connections = connections
        outbox = try FilledOutbox()
        let port = try LoopbackPort.free(1)[0]
        let path = outbox.folder.path
        let configuration = """
            daemon off; master_process off; pid \(path)/pid; error_log /dev/null;
            events { worker_connections 1024; }
            http {
              access_log off; keepalive_requests 10000000; client_body_temp_path \(path)/t1; proxy_temp_path \(path)/t2;
              fastcgi_temp_path \(path)/t3; uwsgi_temp_path \(path)/t4; scgi_temp_path \(path)/t5;
              server { listen 127.0.0.1:\(port); location / { return 204; } }
            }
            """
        try Data(configuration.utf8).write(to: outbox.folder.appending(path: "nginx.conf"))
        server = try Server("/usr/sbin/nginx", port: port, ["-e", "/dev/null", "-c", path + "/nginx.conf"])
        let script = "wrk.method = \"POST\"\nwrk.body = [[\(Self.body)]]\n"
        try Data(script.utf8).write(to: outbox.folder.appending(path: "post.lua"))
    }

    func ours() async throws -> Rate { try await ours(count: Self.count) }

    func ours(count: Int) async throws -> Rate {
        let secret = WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let endpoint = WebhookEndpoint(
            id: "bench", url: "http://127.0.0.1:\(server.port)/", secrets: [secret].compactMap(\.self),
            owner: "owner@bench.example", allowsPrivateNetwork: true, policy: .webhook(connections: connections))
        let run = UUID().uuidString
        let now = Instant(seconds: 1_790_000_000)
        let courier = WebhookChannel(endpoint: endpoint, transport: CurlHTTPTransport())
        return try await outbox.rate(count, through: courier) { number in
            OutboxMessage(
                messageID: "msg_\(run)-\(number)", destination: "bench",
                topic: .event(
                    OutboxMessage.SessionReference(id: "spring/\(number)/review", uid: "\(run)-\(number)")),
                reason: "session.moved", recipient: "bench", subject: "moved",
                content: Array(Self.body.utf8), due: now, created: now)
        }
    }

    func peer() throws -> Double {
        let arguments = [
            "-t1", "-c\(connections)", "-d3s", "-s", outbox.folder.path + "/post.lua",
            "http://127.0.0.1:\(server.port)/",
        ]
        let output = try Server.run("/usr/bin/wrk", arguments).output
        let line = output.split(separator: "\n").first { $0.hasPrefix("Requests/sec") } ?? ""
        guard let rate = Double(line.split(separator: " ").last ?? "") else {
            throw BenchmarkFailure(description: "wrk said nothing of its rate:\n\(output)")
        }
        return rate
    }
}
