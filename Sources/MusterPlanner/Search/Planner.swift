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
        /// Whether published tracks may be improved though nothing forces it.
        public var improvesPublished: Bool
        /// Asked after every round; the search ends when it says so.
        public var shouldStop: @Sendable () -> Bool
        /// Told after every round: rounds done and the best score.
        public var progress: @Sendable (Int, Solution.Score) -> Void

        /// A budget of rounds.
        public init(
            rounds: Int = 2000, seed: Int = 1, improvesPublished: Bool = false,
            shouldStop: @escaping @Sendable () -> Bool = { false },
            progress: @escaping @Sendable (Int, Solution.Score) -> Void = { _, _ in }
        ) {
            self.rounds = rounds
            self.seed = seed
            self.improvesPublished = improvesPublished
            self.shouldStop = shouldStop
            self.progress = progress
        }
    }

    /// A plan and how it was found.
    public struct Outcome: Sendable {
        /// The plan.
        public let solution: Solution
        /// Rounds of improvement.
        public let rounds: Int
        /// The plan with the tables it was made on, to ask why.
        public let explanation: Explanation
    }

    private let instance: Instance

    /// A planner for a problem.
    ///
    /// - Throws: `ProblemError` where the problem is not as its format says.
    public init(_ problem: Problem) throws(ProblemError) {
        try problem.validate()
        instance = Instance(problem)
    }

    /// The best plan within a budget.
    public func solve(_ budget: Budget) -> Outcome {
        var search = Search(instance, budget: budget)
        search.construct()
        let rounds = search.improve()
        if !budget.improvesPublished { search.restore() }
        search.complete()
        return Outcome(
            solution: search.best.solution, rounds: rounds, explanation: Explanation(state: search.best))
    }
}

extension State {
    /// The plan in the exchange format.
    var solution: Solution {
        var tracks: [Solution.Track] = []
        var unscheduled: [Solution.Unscheduled] = []
        for (track, placement) in zip(instance.problem.tracks, placements) {
            guard let placement else {
                unscheduled.append(Solution.Unscheduled(track: track.id))
                continue
            }
            let starts = zip(track.stages.map(\.id), placement.starts)
            let team = zip(track.roles.map(\.id), placement.team.map { $0.map(personID) })
            tracks.append(
                Solution.Track(
                    id: track.id, starts: Dictionary(starts, uniquingKeysWith: { first, _ in first }),
                    team: Dictionary(team, uniquingKeysWith: { first, _ in first })))
        }
        return Solution(score: score, tracks: tracks, unscheduled: unscheduled)
    }

    /// What a placement would cost if it were added.
    func cost(adding placement: Placement, at index: Int) -> Int {
        var copy = self
        copy.place(index, placement)
        return copy.score.cost - score.cost
    }
}
