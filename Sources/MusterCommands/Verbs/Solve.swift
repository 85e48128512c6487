import ArgumentParser
import Foundation
import MusterDaemon
import MusterModel
import MusterPlanner

struct Solve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Solve a planning problem in the exchange format (muster plan --problem writes one).")

    @Argument(help: "The problem, a JSON file.")
    var problem: String

    @Option(help: ArgumentHelp("Seconds to search at most.", valueName: "n"))
    var seconds = 10

    @Option(help: ArgumentHelp("Rounds of improvement at most.", valueName: "n"))
    var work = 1_000_000

    @Option(help: ArgumentHelp("The seed of random choices.", valueName: "n"))
    var seed = 1

    @Option(name: .shortAndLong, help: ArgumentHelp("Write the solution to a file.", valueName: "file"))
    var output: String?

    func run() throws {
        let problem = try read()
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(seconds))
        let budget = Planner.Budget(
            rounds: work, seed: seed, shouldStop: { clock.now >= deadline }, progress: Console.planningProgress())
        let solution: Solution
        do {
            solution = try Planner(problem).solve(budget).solution
        } catch {
            throw ExitFailure("\(self.problem): \(error)", code: 65)
        }
        Console.endProgress()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(solution), as: UTF8.self) + "\n"
        if let output { try Console.write(text, to: output) } else { print(text, terminator: "") }
    }

    private func read() throws -> Problem {
        guard let data = FileManager.default.contents(atPath: problem) else {
            throw ExitFailure("\(problem) cannot be read; check the path", code: 66)
        }
        do {
            return try JSONDecoder().decode(Problem.self, from: data)
        } catch let error as DecodingError {
            throw ExitFailure("\(problem): \(error.sentence)", code: 65)
        }
    }
}

extension DecodingError {
    /// Where in the JSON, and what is wrong there.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context): "\(Self.path(context.codingPath)): \"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(Self.path(context.codingPath)): \(context.debugDescription)"
        @unknown default: "this is no problem in the exchange format"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let path = keys.reduce("") { path, key in
            key.intValue.map { "\(path)[\($0)]" } ?? (path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)")
        }
        return path.isEmpty ? "the document" : path
    }
}
