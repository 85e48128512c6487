import CivilTime
import CurlTransport
import Foundation
import MusterDelivery
import MusterStore
import StandardWebhooks

/// Measures deliveries and calendars against tools that do nothing else, on the same servers and files in one run.
///
/// Mail runs against Postfix's smtp-source, webhooks against wrk, calendars against libical. Reports ratios, and what
/// bounds deliveries: after each message a webhook waits for the disk, and the next mail with its body, and the cores are
/// shared with the server.
/// `make bench` runs it, and `make bench PART=calendars` only a part.
@main enum Benchmarks {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let rounds = arguments.compactMap { Int($0) }.first ?? 3
        print(
            "an outcome and the next claim are on disk after \(try FilledOutbox().microsecondsToDisk()) us; "
                + "\(ProcessInfo.processInfo.activeProcessorCount) cores")
        print("connections or events\tours /s\tpeer /s\tratio\tour CPU, us")
        func wants(_ part: String) -> Bool { arguments.allSatisfy { Int($0) != nil } || arguments.contains(part) }
        for connections in [1, 4, 16] where wants("mail") {
            try await compare("mail", connections, rounds, MailBenchmark.init)
        }
        for connections in [4, 16, 64, 256] where wants("webhooks") {
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
        var pairs: [(ours: Rate, peer: Double)] = []
        for _ in 0..<rounds { pairs.append((ours: try await benchmark.ours(), peer: try benchmark.peer())) }
        let median = pairs.sorted { $0.ours.perSecond / $0.peer < $1.ours.perSecond / $1.peer }[pairs.count / 2]
        let ratio = (median.ours.perSecond / median.peer * 100).rounded() / 100
        print(
            "\(name) \(connections)\t\(Int(median.ours.perSecond))\t\(Int(median.peer))\t\(ratio)\t"
                + "\(Int(median.ours.microseconds))")
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
    /// Our deliveries.
    func ours() async throws -> Rate
    /// The peer's.
    func peer() throws -> Double
}

/// How fast deliveries went.
struct Rate {
    /// Deliveries in a second.
    let perSecond: Double
    /// What each took of the processors' time, in microseconds, without the server's part.
    let microseconds: Double
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
final class FilledOutbox {
    let folder: URL
    let store: Store

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "muster-bench-\(UUID().uuidString)")
        store = try Store(directory: folder.path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// How long it takes until the outcome of one message and the claim of the next are on disk: the median of many.
    func microsecondsToDisk() throws -> Int {
        let now = Instant(seconds: 1_790_000_000)
        let destination = Destination(name: "disk")
        try store.enqueue(
            (0..<500).map { number in
                OutboxMessage(
                    messageID: "disk-\(number)", destination: destination.name, topic: .event(), reason: "test",
                    recipient: destination.name, subject: "", content: [], due: now, created: now)
            })
        var last: [OutboxMessage] = []
        var times: [Duration] = []
        repeat {
            times.append(
                try ContinuousClock().measure {
                    last = try store.recordAndClaim(
                        last.map { DeliveryResult(.delivered, of: $0.number) }, of: destination, claiming: 1, at: now)
                })
        } while !last.isEmpty
        return Int(times.sorted()[times.count / 2] / .microseconds(1))
    }

    /// Puts messages into it, drains it, and returns how fast that went.
    func rate(_ count: Int, through courier: any DeliveryChannel, make: (Int) -> OutboxMessage) async throws -> Rate {
        for start in stride(from: 0, to: count, by: 5000) {
            try store.enqueue((start..<min(start + 5000, count)).map(make))
        }
        let now = Instant(seconds: Int(Date().timeIntervalSince1970))
        let (begin, busy) = (ContinuousClock.now, Self.processorTime)
        let report = try await Deliverer(store: store, courier: courier, now: { now }).runOnce()
        let elapsed = ContinuousClock.now - begin
        guard report.delivered == count else {
            throw BenchmarkFailure(description: "\(report.delivered) of \(count) delivered: \(report.stopped ?? "")")
        }
        return Rate(
            perSecond: Double(count) / (elapsed / .seconds(1)),
            microseconds: (Self.processorTime - busy) / .microseconds(1) / Double(count))
    }

    /// What this process has taken of the processors' time.
    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// Why nothing could be measured.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
}
