import CivilTime
import CurlTransport
import Foundation
import MusterDelivery
import MusterStore
import StandardWebhooks

/// Measures deliveries and calendars against the tools that do nothing else, on the same servers and files in the same run.
///
/// Mail runs against Postfix's smtp-source, webhooks against wrk, calendars against libical. Reports ratios; `make bench`
/// runs it, and `make bench PART=calendars` only a part.
@main enum Benchmarks {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let rounds = arguments.compactMap { Int($0) }.first ?? 3
        print("connections or events   ours /s   peer /s   ratio")
        func wants(_ part: String) -> Bool { arguments.allSatisfy { Int($0) != nil } || arguments.contains(part) }
        for connections in [1, 4, 16] where wants("mail") {
            try await compare("mail", connections, rounds, MailBenchmark.init)
        }
        for connections in [4, 16, 64] where wants("webhooks") {
            try await compare("webhooks", connections, rounds, WebhookBenchmark.init)
        }
        if wants("calendars") {
            try await compare("calendars", 5000, rounds, CalendarBenchmark.init)
            print(try CalendarBenchmark(5000).remarks())
        }
        if wants("memory") { try await memory() }
    }

    /// Runs both in turn, and reports the median of the ratios.
    private static func compare<Benchmark: PairedBenchmark>(
        _ name: String, _ connections: Int, _ rounds: Int, _ make: (Int) throws -> Benchmark
    ) async throws {
        let benchmark = try make(connections)
        var pairs: [(ours: Double, peer: Double)] = []
        for _ in 0..<rounds { pairs.append((ours: try await benchmark.ours(), peer: try benchmark.peer())) }
        let median = pairs.sorted { $0.ours / $0.peer < $1.ours / $1.peer }[pairs.count / 2]
        let ratio = (median.ours / median.peer * 100).rounded() / 100
        print("\(name) \(connections)\t\(Int(median.ours))\t\(Int(median.peer))\t\(ratio)")
    }

    /// Drains a large outbox and looks at the memory on the way.
    private static func memory() async throws {
        let benchmark = try WebhookBenchmark(connections: 16)
        var line = "memory in MB, before and after each 100,000 of 300,000 deliveries: \(Memory.megabytes)"
        for _ in 0..<3 {
            _ = try await benchmark.ours(count: 100_000)
            line += ", \(Memory.megabytes)"
        }
        print(line)
    }
}

/// Something that both we and a peer can do.
protocol PairedBenchmark {
    /// Our deliveries in a second.
    func ours() async throws -> Double
    /// The peer's.
    func peer() throws -> Double
}

/// What this process holds of the machine's memory.
enum Memory {
    static var megabytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }
}

/// An outbox in a folder of its own, filled and drained.
struct FilledOutbox {
    let folder: URL
    let store: Store

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "muster-bench-\(UUID().uuidString)")
        store = try Store(directory: folder.path)
    }

    /// Puts messages into it, drains it, and returns how many went in a second.
    func rate(_ count: Int, through courier: any Courier, make: (Int) -> OutboxMessage) async throws -> Double {
        for start in stride(from: 0, to: count, by: 5000) {
            try store.enqueue((start..<min(start + 5000, count)).map(make))
        }
        let now = Instant(seconds: Int(Date().timeIntervalSince1970))
        let clock = ContinuousClock()
        let begin = clock.now
        let report = try await Deliverer(store: store, courier: courier, now: { now }).runOnce()
        let elapsed = clock.now - begin
        guard report.delivered == count else {
            throw BenchmarkFailure(description: "\(report.delivered) of \(count) delivered: \(report.stopped ?? "")")
        }
        return Double(count) / (Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
    }
}

/// Why nothing could be measured.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
}
