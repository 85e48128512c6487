import Foundation

extension Process {
    /// Ends a server of a test, which has nothing to tidy up.
    ///
    /// A process inherits what the thread that starts it blocks, and those of tests block the signal that asks.
    public func end() {
        if isRunning { kill(processIdentifier, SIGKILL) }
    }
}

/// Another program that a test runs and waits for.
public enum Subprocess {
    /// What a program did.
    public struct Result: Sendable {
        /// Its exit code.
        public let status: Int32
        /// What it printed.
        public let output: String
        /// What it complained of.
        public let errors: String
    }

    /// Why a program could not do its part.
    public struct Failure: Error, CustomStringConvertible {
        /// A sentence.
        public let description: String

        /// A failure with its sentence.
        public init(description: String) { self.description = description }
    }

    /// Runs a program with arguments and an input, and waits for it.
    public static func run(
        _ program: String, _ arguments: [String], input: Data = Data(), environment: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let folder = try TemporaryDirectory()
        let inputPath = try folder.write(input, to: "input")
        let outputPath = try folder.write("", to: "output")
        let errorPath = try folder.write("", to: "errors")
        process.standardInput = FileHandle(forReadingAtPath: inputPath)
        process.standardOutput = FileHandle(forWritingAtPath: outputPath)
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: try String(contentsOfFile: outputPath, encoding: .utf8),
            errors: try String(contentsOfFile: errorPath, encoding: .utf8))
    }

    /// Runs a Python program with the packages that `make test` installs, and returns what it printed.
    ///
    /// - Throws: `Failure` with what it complained of, where it did not end well.
    public static func python(_ source: String, _ arguments: [String] = [], input: Data = Data()) throws -> String {
        let python = ProcessInfo.processInfo.environment["MUSTER_PYTHON"] ?? ".venv/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(
                description: "\(python) is not there; make test installs it and the packages that tests compare with")
        }
        let result = try run(python, ["-c", source] + arguments, input: input)
        guard result.status == 0 else { throw Failure(description: result.errors) }
        return result.output
    }
}
