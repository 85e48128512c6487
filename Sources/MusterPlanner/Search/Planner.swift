import ConcurrentMap
import Foundation

/// Schedules the tracks of a problem: whole tracks or none, no hard rule broken, as cheap as the budget allows.
///
/// Starts from what is published: a track whose published place is still legal stays, since everybody has it in their
/// diaries. The others are inserted one by one, each at its best place, then taken out and put back in small groups for
/// as long as the budget lasts (ruin and recreate, with annealing). The same problem, seed and rounds give the same
/// plan.
public struct Planner: Sendable {
    /// How long to search.
    public struct Budget: Sendable {
        /// Rounds of improvement at most.
        public var rounds: Int
        /// The seed of every random choice.
        public var seed: Int
        /// Searches side by side; with more than one the plan may differ from run to run where time ends the search.
        public var threads: Int
        /// Whether published tracks may be improved though nothing forces it.
        public var improvesPublished: Bool
        /// Tracks, by id, that stay out rather than that another leaves its published place for them.
        public var yielding: Set<String>
        /// How much of the time is over, from 0 to 1, asked before every round; the search grows stricter on the way, and
        /// ends at 1.
        public var timeUsed: @Sendable () -> Double
        /// Told now and then: rounds done and the best score.
        public var progress: @Sendable (Int, Solution.Score) -> Void

        /// A budget of rounds.
        public init(
            rounds: Int = 2000, seed: Int = 1, threads: Int = 1, improvesPublished: Bool = false,
            yielding: Set<String> = [],
            timeUsed: @escaping @Sendable () -> Double = { 0 },
            progress: @escaping @Sendable (Int, Solution.Score) -> Void = { _, _ in }
        ) {
            self.rounds = rounds
            self.seed = seed
            self.threads = threads
            self.improvesPublished = improvesPublished
            self.yielding = yielding
            self.timeUsed = timeUsed
            self.progress = progress
        }
    }

    /// A plan and how it was found.
    public struct Outcome: Sendable {
        /// The plan.
        public let solution: Solution
        /// Rounds of improvement.
        public let rounds: Int
        /// The plan, to be asked why.
        public let explanation: Explanation

        /// The plan, with what would make each track fit that is left out.
        ///
        /// - Parameter threads: for working that out.
        public func solutionWithRepairs(threads: Int = 1) -> Solution {
            var solution = solution
            let repairs = solution.unscheduled.map(\.track).concurrentMap(threads: threads) {
                explanation.repairs(track: $0)
            }
            for index in solution.unscheduled.indices { solution.unscheduled[index].repairs = repairs[index] }
            return solution
        }
    }

    private let instance: Instance
    private let tables: SearchTables

    /// A planner for a problem.
    ///
    /// - Parameter threads: for getting ready.
    /// - Throws: `ProblemError` where the problem is not as its format says.
    public init(_ problem: Problem, threads: Int = 1) throws(ProblemError) {
        try problem.validate()
        instance = Instance(problem, threads: threads)
        tables = SearchTables(instance)
    }

    /// The best plan within a budget.
    public func solve(_ budget: Budget) -> Outcome {
        let team = SearchTeam(instance, tables: tables, budget: budget)
        team.construct()
        if budget.improvesPublished, var exact = ExactSearch(instance, tables, best: team.best) {
            let (best, isProved) = exact.run()
            team.adopt(best)
            if isProved { return outcome(team.finish(), rounds: 0) }
        }
        let rounds = team.improve()
        return outcome(team.finish(), rounds: rounds)
    }

    /// What is asked about needs tables of a few tracks: those of the search are let go of.
    private func outcome(_ state: State, rounds: Int) -> Outcome {
        let explanation = Explanation(state: state, tables: SearchTables(instance))
        return Outcome(solution: state.solution, rounds: rounds, explanation: explanation)
    }
}

extension State {
    /// The plan in the exchange format.
    var solution: Solution {
        var tracks: [Solution.Track] = []
        var unscheduled: [Solution.Unscheduled] = []
        for (index, track) in instance.problem.tracks.enumerated() {
            guard let placement = placements[index] else {
                unscheduled.append(Solution.Unscheduled(track: track.id))
                continue
            }
            tracks.append(
                Solution.Track(id: track.id, starts: starts(index, placement), team: team(index, placement)))
        }
        return Solution(score: score, tracks: tracks, unscheduled: unscheduled)
    }

    /// The start of each stage, by id.
    func starts(_ index: Int, _ placement: Placement) -> [String: Int] {
        Dictionary(zip(instance.problem.tracks[index].stages.map(\.id), placement.starts)) { first, _ in first }
    }

    /// The people of each role, by id.
    func team(_ index: Int, _ placement: Placement) -> [String: [String]] {
        let roles = zip(instance.problem.tracks[index].roles, instance.tracks[index].roles)
        return Dictionary(roles.map { ($0.id, $1.seats.map { personID(placement.people[$0]) }) }) { first, _ in first }
    }

    /// What a placement would cost if it were added; the plan is the same afterwards.
    mutating func cost(adding placement: Placement, at index: Int) -> Int {
        let before = score.cost
        place(index, placement)
        defer { remove(index) }
        return score.cost - before
    }
}
