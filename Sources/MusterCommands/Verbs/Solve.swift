import ArgumentParser
import Dispatch
import Foundation
import MusterDaemon
import MusterModel
import MusterOperations
import MusterPlanner
import Synchronization

struct Solve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Solve a planning problem in the exchange format (muster plan --problem writes one).",
        discussion: """
            Ends at the time limit, after the work given, at Ctrl-C, or when the plan is proved to be the best; the best \
            plan so far is written in each case. With --threads 1 and --work the same problem and seed give the same bytes.
            """)

    @Argument(help: "The problem, a JSON file.")
    var problem: String

    @Option(help: ArgumentHelp("Seconds in all, reading included.", valueName: "n"))
    var seconds: Double?

    @Option(help: ArgumentHelp("Rounds of improvement at most; without --seconds no time limit then.", valueName: "n"))
    var work: Int?

    @Option(help: ArgumentHelp("The seed of random choices.", valueName: "n"))
    var seed = 1

    @Option(help: ArgumentHelp("Searches side by side.", valueName: "n"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(name: .shortAndLong, help: ArgumentHelp("Write the solution to a file.", valueName: "file"))
    var output: String?

    func validate() throws {
        guard seconds ?? 0 >= 0, seconds?.isFinite ?? true else { throw ValidationError("--seconds is not negative.") }
        guard work ?? 0 >= 0 else { throw ValidationError("--work is not negative.") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads is 1 to 256.") }
    }

    func run() throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let interruption = Interruption()
        let listener = interruption.listen()
        defer { listener.cancel() }
        let limit = seconds ?? (work == nil ? 10 : nil)
        let (hasWork, allowance) = (work != nil, limit.map { Duration.seconds($0) })
        let planner: Planner
        do {
            planner = try Planner(read(), threads: threads)
        } catch let error as ProblemError {
            throw ExitFailure("\(self.problem): \(error)", code: 65)
        }
        let show = Console.planningProgress()
        let budget = Planner.Budget(
            rounds: work ?? .max, seed: seed, threads: threads, improvesPublished: true,
            timeUsed: {
                if interruption.isSet { return 1 }
                guard let allowance else { return 0 }
                let used = allowance > .zero ? (clock.now - begin) / allowance : 1
                // Work alone decides how strict the search is, so that time changes nothing but the end.
                return hasWork && used < 1 ? 0 : used
            }, progress: { show(PlanningProgress(rounds: $0, unscheduled: $1.unscheduled, cost: $1.cost)) })
        let solution = planner.solve(budget).solutionWithRepairs()
        Console.endProgress()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(solution), as: UTF8.self) + "\n"
        if let output { try Console.write(text, to: output) } else { print(text, terminator: "") }
    }

    private func read() throws -> Problem {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: problem), options: .mappedIfSafe)
        } catch {
            throw ExitFailure("\(problem) cannot be read; check the path", code: 66)
        }
        return try data.withUnsafeBytes { try Problem(json: $0) }
    }
}

/// Says that somebody has pressed Ctrl-C.
private final class Interruption: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Listens from now on: the first Ctrl-C ends the search with what it has found, a second one the program.
    func listen() -> any DispatchSourceSignal {
        signal(SIGINT, SIG_IGN)
        // A queue of its own: the searches keep all threads of the common ones busy.
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "interruption"))
        source.setEventHandler { [self] in
            if flag.exchange(true, ordering: .relaxed) { Foundation.exit(130) }
        }
        source.resume()
        return source
    }
}
