import MusterPlanner
import MusterTestSupport
import Testing

@Suite struct `Small problems` {
    @Test(arguments: [1, 9, 17])
    func `are solved as well as by trying everything`(first: Int) throws {
        for seed in first..<first + 8 {
            let problem = TinyProblem(seed: UInt64(seed)).problem
            #expect(try score(problem) == best(problem), "seed \(seed)")
        }
    }

    @Test func `have the same score in any order and under any names`() throws {
        for seed in 1...40 {
            let problem = TinyProblem(seed: UInt64(seed)).problem
            var other = renamed(problem)
            var random = SeededGenerator(seed: UInt64(seed))
            other.people.shuffle(using: &random)
            other.tracks.shuffle(using: &random)
            other.schools.shuffle(using: &random)
            #expect(try score(other) == score(problem), "seed \(seed)")
        }
    }

    @Test func `have the cheapest repair first`() throws {
        var count = 0
        for seed in 1...15 {
            let problem = TinyProblem(seed: UInt64(seed)).problem
            let outcome = try Planner(problem).solve(Planner.Budget(rounds: 0, improvesPublished: true))
            let solution = outcome.solutionWithRepairs()
            for entry in solution.unscheduled {
                count += 1
                let found = entry.repairs.first.map { ($0.relaxations.count, $0.size) }
                let single = try cheapestSingle(problem, solution, entry.track)
                if entry.repairs.first?.relaxations.contains(where: \.isRoom) == true {
                    // A room that is wider for a few slots cannot be said in a problem, so it is not among the others.
                    #expect(
                        found.map { $0 <= (1, single ?? .max) || $0.0 > 1 && single == nil } == true, "seed \(seed)")
                } else if let single {
                    #expect(found.map { $0 == (1, single) } == true, "seed \(seed) \(entry) needs only \(single)")
                } else {
                    #expect(found.map { $0.0 > 1 } ?? true, "seed \(seed) \(entry): one thing does not do")
                }
            }
        }
        #expect(count > 4)
    }

    private func score(_ problem: Problem) throws -> Solution.Score {
        try Planner(problem).solve(Planner.Budget(rounds: 0, improvesPublished: true)).solution.score
    }

    /// The best score of all plans that break no rule.
    private func best(_ problem: Problem) -> Solution.Score {
        let checker = RuleChecker(problem)
        func solution(_ tracks: [Solution.Track]) -> Solution {
            let missing = problem.tracks.filter { track in !tracks.contains { $0.id == track.id } }
            var solution = Solution(
                score: Solution.Score(unscheduled: 0, cost: 0), tracks: tracks,
                unscheduled: missing.map { Solution.Unscheduled(track: $0.id) })
            solution.score = checker.score(solution)
            return solution
        }
        let choices = problem.tracks.map { track in
            TinyProblem.placements(track, in: problem).filter { checker.violations(solution([$0])) == [] }
        }
        var best = checker.score(solution([]))
        for first in choices[0].map(Optional.some) + [nil] {
            for second in choices[1].map(Optional.some) + [nil] {
                let plan = solution([first, second].compactMap(\.self))
                if plan.score < best, checker.violations(plan) == [] { best = plan.score }
            }
        }
        return best
    }

    /// The least that one relaxation must go for a track to fit beside the others, found by trying all; nil where one does
    /// not do.
    private func cheapestSingle(_ problem: Problem, _ solution: Solution, _ id: String) throws -> Int? {
        var fixed = problem
        fixed.pinned = solution.tracks.map { Problem.Placement(track: $0.id, starts: $0.starts, team: $0.team) }
        fixed.tracks.removeAll { track in
            track.id != id && !solution.tracks.contains { $0.id == track.id }
        }
        let index = try #require(fixed.tracks.firstIndex { $0.id == id })
        return try relaxed(fixed, index).filter { try score($0.problem).unscheduled == 0 }.map(\.size).min()
    }

    private func relaxed(_ problem: Problem, _ index: Int) -> [(problem: Problem, size: Int)] {
        var all: [(Problem, Int)] = []
        func add(_ size: Int, _ change: (inout Problem) -> Void) {
            var copy = problem
            change(&copy)
            all.append((copy, size))
        }
        let intervals = (0..<problem.horizon).flatMap { from in
            (1...2).filter { from + $0 <= problem.horizon }.map { SlotRange(from, from + $0) }
        }
        for person in problem.people.indices {
            for interval in intervals {
                add(interval.to - interval.from) { $0.people[person].free = $0.people[person].free.with(interval) }
            }
            for role in problem.tracks[index].roles where !problem.people[person].qualifications.contains(role.id) {
                add(1) { $0.people[person].qualifications.append(role.id) }
            }
            for raise in 1...2 {
                let group = problem.groups.first { $0.id == problem.tracks[index].group }
                if let limit = problem.people[person].maxTracks ?? group?.maxTracks {
                    add(raise) { $0.people[person].maxTracks = limit + raise }
                }
                if problem.people[person].maxPerDay != nil { add(raise) { $0.people[person].maxPerDay? += raise } }
                if problem.people[person].maxPerWeek != nil { add(raise) { $0.people[person].maxPerWeek? += raise } }
            }
        }
        for school in problem.schools.indices where problem.schools[school].maxPerDay != nil {
            for raise in 1...2 { add(raise) { $0.schools[school].maxPerDay? += raise } }
        }
        for number in problem.tracks[index].stages.indices {
            let stage = problem.tracks[index].stages[number]
            if let free = stage.free {
                for interval in intervals {
                    add(interval.to - interval.from) { $0.tracks[index].stages[number].free = free.with(interval) }
                }
            }
            if let window = stage.window {
                for from in 0...window.from {
                    for to in window.to...problem.horizon {
                        add((window.from - from) + (to - window.to)) {
                            $0.tracks[index].stages[number].window = SlotRange(from, to)
                        }
                    }
                }
            }
            if let gap = stage.gap, number > 0 {
                for from in 0...gap.from {
                    for more in 0...4 {
                        add(gap.from - from + more) {
                            $0.tracks[index].stages[number].gap = SlotRange(from, gap.to + more)
                        }
                    }
                }
            }
            if let days = problem.tracks[index].days {
                for day in -1...4 where !days.contains(day) {
                    add(1) { $0.tracks[index].stages[number].days = (days + [day]).sorted() }
                }
            }
        }
        return all
    }

    private func renamed(_ problem: Problem) -> Problem {
        var problem = problem
        func name(_ id: String) -> String { "é-" + String(id.reversed()) }
        for index in problem.people.indices {
            problem.people[index].id = name(problem.people[index].id)
            problem.people[index].school = problem.people[index].school.map(name)
        }
        for index in problem.schools.indices { problem.schools[index].id = name(problem.schools[index].id) }
        for index in problem.tracks.indices {
            problem.tracks[index].id = name(problem.tracks[index].id)
            problem.tracks[index].school = problem.tracks[index].school.map(name)
            problem.tracks[index].required = problem.tracks[index].required.map(name)
            problem.tracks[index].optional = problem.tracks[index].optional.map(name)
            problem.tracks[index].excluded = problem.tracks[index].excluded.map(name)
            problem.tracks[index].previous = problem.tracks[index].previous.map(name)
            problem.tracks[index].apart = problem.tracks[index].apart.map(name)
        }
        for index in problem.held.indices {
            problem.held[index].track = name(problem.held[index].track)
            problem.held[index].team = problem.held[index].team.map(name)
            for session in problem.held[index].sessions.indices {
                let known = problem.held[index].sessions[session]
                problem.held[index].sessions[session].team = known.team.map(name)
                problem.held[index].sessions[session].required = known.required.map(name)
            }
        }
        problem.published = problem.published.map {
            Problem.Placement(track: name($0.track), starts: $0.starts, team: $0.team.mapValues { $0.map(name) })
        }
        return problem
    }
}

extension Repair.Relaxation {
    fileprivate var isRoom: Bool { if case .room = self { true } else { false } }
}
