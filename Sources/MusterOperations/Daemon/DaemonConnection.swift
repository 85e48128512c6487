import CivilTime
import CurlTransport
import Foundation
import MusterStore
import Transport

/// The way from a command to the daemon that has a state: a Unix socket, HTTP and JSON.
///
/// The daemon has the secrets, the calendars and the locks, so it does the work; a command only asks and shows.
public struct DaemonConnection: Sendable {
    /// The lock that a daemon holds while it runs; the second line of the file names its socket.
    public static let lockName = "muster.daemon.lock"
    /// The file of the socket inside a runtime or state directory.
    public static let socketName = "muster.sock"
    /// The longest path that a Unix socket can have (`sun_path`), without its end.
    public static let longestPath = 107

    private static let mostBytes = 512 << 20
    /// Seconds after which an operation is given up: longer than any search is told to take.
    private static let timeout = 3600
    /// A daemon that has just started opens its socket within so many seconds.
    private static let patience = 10

    private let socket: String

    /// The daemon of a state directory; nil where none runs.
    ///
    /// - Throws: `OperationFailure` where one runs and cannot be asked.
    public static func find(stateDirectory: String) async throws -> DaemonConnection? {
        let path = stateDirectory + "/" + lockName
        let deadline = ContinuousClock.now + .seconds(patience)
        while StateLock.isHeld(path) {
            let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
            if lines.count > 1 { return DaemonConnection(socket: String(lines[1])) }
            guard ContinuousClock.now < deadline else {
                throw OperationFailure(
                    "muster serve (process \(lines.first ?? "unknown")) has \(stateDirectory) and cannot be asked: it has no socket, and its log says why. Stop it to work on the state by hand.",
                    exitCode: 69)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return nil
    }

    /// What goes with each request.
    public struct Envelope: Codable, Sendable {
        /// The version of the program that asks.
        public var version: String
        /// The config folder that it means.
        public var config: String
        /// Who asks: a user of this machine.
        public var actor: String
        /// What it takes for the present time; nil for the daemon's clock.
        public var now: Instant?
        /// The request of the operation, in JSON.
        public var request: Data

        /// An envelope; every field as described there.
        public init(version: String, config: String, actor: String, now: Instant?, request: Data) {
            self.version = version
            self.config = config
            self.actor = actor
            self.now = now
            self.request = request
        }
    }

    /// One line of an answer, in JSON.
    public enum Line: Codable, Sendable {
        /// How a search goes on.
        case progress(PlanningProgress)
        /// Something to tell whoever asked.
        case remark(String)
        /// What came of it: the response of the operation, in JSON.
        case response(Data)
        /// Why nothing was done.
        case failure(OperationFailure)
    }

    /// Has the daemon do something.
    ///
    /// - Parameters:
    ///   - progress: told how a search goes on.
    ///   - remark: told what the daemon has to say beside the answer.
    /// - Throws: `OperationFailure` with the daemon's sentence, or where it does not answer.
    public func perform<Work: Operation>(
        _ operation: Work.Type, _ envelope: Envelope, progress: @escaping PlanningProgress.Handler,
        remark: @escaping @Sendable (String) -> Void
    ) async throws -> Work.Response {
        let reader = LineReader { line in
            switch line {
            case .progress(let state): progress(state)
            case .remark(let text): remark(text)
            case .response, .failure: break
            }
        }
        var request = HTTPRequest(
            .post, url: "http://localhost/operations/\(Work.name)",
            headers: [("Content-Type", "application/json")], body: Array(try JSONEncoder().encode(envelope)),
            maximumBytes: Self.mostBytes, timeout: Self.timeout, privateNetworks: .allowed)
        request.socket = socket
        request.receive = { reader.add($0) }
        let response: HTTPResponse
        do {
            response = try await CurlHTTPTransport().send(request)
        } catch {
            throw OperationFailure(
                "muster serve does not answer on \(socket): \(error). Look at its log; what was asked may have been done.",
                exitCode: 75)
        }
        switch reader.last {
        case .response(let data):
            do {
                return try JSONDecoder().decode(Work.Response.self, from: data)
            } catch {
                throw OperationFailure(
                    "muster serve answers as another version does; restart it after an upgrade.", exitCode: 76)
            }
        case .failure(let failure): throw failure
        case nil, .progress, .remark:
            let reason = String(decoding: response.body.prefix(500), as: UTF8.self)
            throw OperationFailure(
                "muster serve refused to answer (status \(response.status)): \(reason)",
                exitCode: response.status == 403 ? 77 : 76)
        }
    }
}

/// Puts the lines of an answer together as they come.
private final class LineReader: @unchecked Sendable {
    // Called by the one thread of the transfer, and read after it has ended.
    private var buffer: [UInt8] = []
    private(set) var last: DaemonConnection.Line?
    private let each: (DaemonConnection.Line) -> Void

    init(_ each: @escaping (DaemonConnection.Line) -> Void) { self.each = each }

    func add(_ bytes: [UInt8]) {
        buffer += bytes
        guard bytes.contains(0x0A) else { return }
        var lines = buffer.split(separator: 0x0A, omittingEmptySubsequences: false)
        buffer = Array(lines.removeLast())
        for line in lines {
            guard let line = try? JSONDecoder().decode(DaemonConnection.Line.self, from: Data(line)) else { continue }
            last = line
            each(line)
        }
    }
}
