import Foundation
import MusterTestSupport

/// A server that runs for the length of a benchmark.
final class Server {
    private let process = Process()
    let port: Int

    init(_ program: String, port: Int, _ arguments: [String]) throws {
        self.port = port
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try LoopbackPort.waitForAnswer(on: port)
    }

    /// It is killed: what is started from a thread of the library has SIGTERM blocked.
    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Runs a program to its end, and returns what it printed and how many seconds it took.
    static func run(_ program: String, _ arguments: [String]) throws -> (output: String, seconds: Double) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        let begin = Date()
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure(description: "\(program) \(arguments.joined(separator: " ")) failed")
        }
        return (output, Date().timeIntervalSince(begin))
    }
}
