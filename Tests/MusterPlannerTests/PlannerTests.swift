import Foundation
import MusterPlanner
import MusterTestSupport
import Testing

@Suite struct `The planner` {
    @Test(arguments: [1, 51, 101, 151, 201, 251])
    func `breaks no rule and counts its score right, on random problems`(first: Int) throws {
        for seed in first..<first + 50 {
            let problem = RandomProblem(seed: UInt64(seed)).problem
            let solution = try Planner(problem).solve(Planner.Budget(rounds: 10, seed: seed)).solution
            #expect(RuleChecker(problem).violations(solution) == [], "seed \(seed)")
        }
    }

    @Test(arguments: [3, 44, 217])
    func `gives the same plan for the same seed`(seed: Int) throws {
        let problem = RandomProblem(seed: UInt64(seed)).problem
        let plans = try (0..<3).map { _ in try Planner(problem).solve(Planner.Budget(rounds: 60, seed: 5)).solution }
        #expect(plans[0] == plans[1] && plans[1] == plans[2])
    }

    @Test func `changes nothing when its own plan is published and nothing else happens`() throws {
        for seed in 1...60 {
            var problem = RandomProblem(seed: UInt64(seed)).problem
            problem.published = []
            problem.pinned = []
            let first = try Planner(problem).solve(Planner.Budget(rounds: 10)).solution
            problem.published = first.tracks.map { Problem.Placement(track: $0.id, starts: $0.starts, team: $0.team) }
            let second = try Planner(problem).solve(Planner.Budget(rounds: 10, seed: 9)).solution
            let kept = second.tracks.filter { track in first.tracks.contains { $0.id == track.id } }
            #expect(
                kept.map(\.starts) == first.tracks.map(\.starts) && kept.map(\.team) == first.tracks.map(\.team),
                "seed \(seed)")
        }
    }

    @Test func `moves nobody else when one person drops out`() throws {
        var problem = RandomProblem(seed: 12).problem
        problem.pinned = []
        problem.published = []
        problem.people.indices.forEach { problem.people[$0].maxPerWeek = nil }
        let first = try Planner(problem).solve(Planner.Budget(rounds: 50)).solution
        problem.published = first.tracks.map { Problem.Placement(track: $0.id, starts: $0.starts, team: $0.team) }
        let leaving = try #require(first.tracks.first?.team.values.flatMap { $0 }.first)
        let index = try #require(problem.people.firstIndex { $0.id == leaving })
        problem.people[index].qualifications = []
        let second = try Planner(problem).solve(Planner.Budget(rounds: 50)).solution
        #expect(RuleChecker(problem).violations(second) == [])
        for track in first.tracks where !track.team.values.contains(where: { $0.contains(leaving) }) {
            #expect(second.tracks.contains(track))
        }
    }

    @Test(arguments: [([], ["t1": "ben", "t2": "cid"]), (["t1"], ["t2": "ben"])])
    func `takes somebody away from another track unless it is to yield`(
        yielding: [String], leads: [String: String]
    ) throws {
        var problem = Problem(horizon: 96 * 5)
        func person(_ id: String, _ free: [Int]) -> Problem.Person {
            var person = Problem.Person(id: id)
            person.qualifications = ["lead"]
            person.free = free.map { SlotRange($0, $0 + 8) }
            person.maxTracks = 1
            return person
        }
        // Ann cannot come to t1 any more, Ben could and is needed at t2, and Cid could take his place there.
        problem.people = [person("ann", []), person("ben", [40, 140]), person("cid", [140])]
        var stage = Problem.Stage(id: "review", slots: 8)
        stage.roles = ["lead"]
        problem.tracks = ["t1", "t2"].map { id in
            var track = Problem.Track(id: id, stages: [stage])
            track.roles = [Problem.Role(id: "lead")]
            return track
        }
        problem.published = [
            Problem.Placement(track: "t1", starts: ["review": 40], team: ["lead": ["ann"]]),
            Problem.Placement(track: "t2", starts: ["review": 140], team: ["lead": ["ben"]]),
        ]
        problem.pinned = [Problem.Placement(track: "t1", starts: ["review": 40])]
        let solution = try Planner(problem).solve(Planner.Budget(rounds: 50, yielding: Set(yielding))).solution
        #expect(Dictionary(uniqueKeysWithValues: solution.tracks.map { ($0.id, $0.team["lead"]?.first) }) == leads)
    }

    @Test func `names what stops a track`() throws {
        var problem = Problem(horizon: 96 * 5)
        var host = Problem.Person(id: "head")
        host.free = [SlotRange(40, 60)]
        var lead = Problem.Person(id: "lead")
        lead.qualifications = ["lead"]
        lead.free = [SlotRange(200, 240)]
        problem.people = [host, lead]
        var stage = Problem.Stage(id: "review", slots: 8)
        stage.roles = ["lead"]
        var track = Problem.Track(id: "t", stages: [stage])
        track.required = ["head"]
        track.roles = [Problem.Role(id: "lead")]
        problem.tracks = [track]
        let outcome = try Planner(problem).solve(Planner.Budget(rounds: 5))
        let blockages = outcome.explanation.blockages(track: "t")
        #expect(blockages.map(\.kind) == [.roleBusy(role: "lead", stage: "review", able: 1)])
    }

    @Test func `offers only repairs that hold, and none that is not needed`() throws {
        var count = 0
        for seed in 1...40 {
            let problem = RandomProblem(seed: UInt64(seed)).problem
            let outcome = try Planner(problem).solve(Planner.Budget(rounds: 5, seed: seed))
            for entry in outcome.solution.unscheduled {
                for repair in outcome.explanation.repairs(track: entry.track) {
                    count += 1
                    var solution = outcome.solution
                    solution.unscheduled.removeAll { $0.track == entry.track }
                    solution.tracks.append(Solution.Track(id: entry.track, starts: repair.starts, team: repair.team))
                    #expect((1...3).contains(repair.relaxations.count))
                    let relaxed = repair.relaxations.reduce(problem) { apply($1, to: $0, entry.track) }
                    #expect(broken(solution, in: relaxed) == [], "seed \(seed) \(repair)")
                    // A room is widened for all slots here, so of two sessions in it one widening serves both.
                    let isRoom = if case .room = repair.relaxations[0] { true } else { false }
                    for index in repair.relaxations.indices where !(isRoom && repair.relaxations.count > 1) {
                        var others = repair.relaxations
                        others.remove(at: index)
                        let less = others.reduce(problem) { apply($1, to: $0, entry.track) }
                        #expect(broken(solution, in: less) != [], "seed \(seed) \(repair) does not need \(index)")
                    }
                }
            }
        }
        #expect(count > 20)
    }

    private func broken(_ solution: Solution, in problem: Problem) -> [String] {
        RuleChecker(problem).violations(solution).filter { !$0.hasPrefix("score") }
    }

    /// A problem with one relaxation applied, as the specification says it.
    private func apply(_ relaxation: Repair.Relaxation, to problem: Problem, _ track: String) -> Problem {
        var problem = problem
        let index = problem.tracks.firstIndex { $0.id == track } ?? 0
        func stage(_ id: String) -> Int { problem.tracks[index].stages.firstIndex { $0.id == id } ?? 0 }
        func person(_ id: String) -> Int { problem.people.firstIndex { $0.id == id } ?? 0 }
        switch relaxation {
        case .free(let id, let from, let to):
            problem.people[person(id)].free = problem.people[person(id)].free.with(SlotRange(from, to))
        case .stageFree(let id, let from, let to):
            problem.tracks[index].stages[stage(id)].free =
                (problem.tracks[index].stages[stage(id)].free ?? []).with(SlotRange(from, to))
        case .window(let id, let window): problem.tracks[index].stages[stage(id)].window = window
        case .gap(let id, let gap): problem.tracks[index].stages[stage(id)].gap = gap
        case .day(let id, let day):
            problem.tracks[index].stages[stage(id)].days =
                (problem.tracks[index].stages[stage(id)].days ?? problem.tracks[index].days ?? []) + [day]
        case .personLimit(let id, "maxPerDay", let value): problem.people[person(id)].maxPerDay = value
        case .personLimit(let id, "maxPerWeek", let value): problem.people[person(id)].maxPerWeek = value
        case .personLimit(let id, _, let value): problem.people[person(id)].maxTracks = value
        case .schoolLimit(let id, let value):
            problem.schools = problem.schools.map { $0.id == id ? Problem.School(id: id, maxPerDay: value) : $0 }
        case .room(let id, _, _, let capacity):
            problem.rooms = problem.rooms.map { $0.id == id ? Problem.Room(id: id, capacity: capacity) : $0 }
        case .qualify(let id, let role): problem.people[person(id)].qualifications.append(role)
        }
        return problem
    }

    /// A large pool is drawn from in strides, and a pool that has the length of a stride as a factor is met once too.
    @Test(arguments: [7907, 7919, 7920]) func `finds two people among so many`(_ count: Int) throws {
        var problem = Problem(horizon: 96)
        problem.people = (0..<count).map { number in
            var person = Problem.Person(id: "p\(number)")
            person.qualifications = ["reviewer"]
            person.free = [SlotRange(0, 96)]
            return person
        }
        var stage = Problem.Stage(id: "review", slots: 4)
        stage.roles = ["reviewer"]
        var track = Problem.Track(id: "t", stages: [stage])
        track.roles = [Problem.Role(id: "reviewer", count: 2)]
        problem.tracks = [track]
        #expect(try Planner(problem).solve(Planner.Budget(rounds: 1)).solution.tracks.count == 1)
    }

    @Test func `tells ids apart by their bytes`() throws {
        var problem = Problem(horizon: 96)
        var composed = Problem.Person(id: "e\u{301}")
        composed.free = [SlotRange(0, 96)]
        var other = Problem.Person(id: "é")
        other.free = [SlotRange(0, 96)]
        problem.people = [composed, other]
        var track = Problem.Track(id: "t", stages: [Problem.Stage(id: "s", slots: 4)])
        track.required = ["é"]
        problem.tracks = [track]
        #expect(try Planner(problem).solve(Planner.Budget(rounds: 1)).solution.tracks.count == 1)
    }

    @Test(arguments: [
        ("", "the end"), ("{", "ends too early"), ("[]", "an object is expected"),
        (#"{"horizon": 1} x"#, "after the end"),
        (#"{"horizon": 1.5}"#, "horizon: a whole number"), (#"{"horizon": 99999999999999999999}"#, "horizon: 9999"),
        (#"{"horizon": "1"}"#, "horizon: a whole number"), (#"{"horizon": 01}"#, "horizon: a whole number"),
        (#"{"people": []}"#, "horizon: is missing"), (#"{"horizon": 1, "people": [{}]}"#, "people[0].id: is missing"),
        (
            #"{"horizon": 1, "people": [{"id": "a"}, {"id": "b", "free": [[0, 1, 2]]}]}"#,
            "people[1].free[0]: [from, to]"
        ),
        (#"{"horizon": 1, "people": [{"id": "\ud800"}]}"#, "people[0].id: a string has half a character"),
        (
            #"{"horizon": 1, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": true}]}]}"#,
            "tracks[0].stages[0].slots"
        ),
        (#"{"horizon": 1, "weights": {"load": -}}"#, "weights.load"), (#"{"horizon": 1, "x": nonsense}"#, "x: a value"),
        (#"{"horizon": 1, "x": \#(String(repeating: "[", count: 100_000))}"#, "levels stand in each other"),
        (String(repeating: "[", count: 1_000_000), "an object is expected"),
    ])
    func `says where what it reads is no problem`(text: String, message: String) {
        let error = #expect(throws: ProblemError.self) { try Problem(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        (#"{"horizon": 0}"#, 0), (#"{"horizon": 1, "tracks": []}"#, 0),
        (#"{"horizon": 5, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": 5}]}]}"#, 1),
        (#"{"horizon": 5, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": 6}]}]}"#, 0),
        (#"{"horizon": 5, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": 2000000000}]}]}"#, 0),
        (
            #"{"horizon": 5, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": 2000000000}]}], "#
                + #""pinned": [{"track": "t", "starts": {"s": 4}}]}"#, 1
        ),
        (
            #"{"horizon": 9, "people": [{"id": "a", "free": [[0, 9]], "maxPerDay": 0}], "#
                + #""tracks": [{"id": "t", "required": ["a"], "stages": [{"id": "s", "slots": 1}]}]}"#, 0
        ),
        (
            #"{"horizon": 9, "rooms": [{"id": "r", "capacity": 0}], "#
                + #""tracks": [{"id": "t", "stages": [{"id": "s", "slots": 1, "room": "r"}]}]}"#, 0
        ),
        (
            #"{"horizon": 9, "people": [{"id": "a"}, {"id": "b"}], "pinned": [{"track": "t", "team": {"x": ["a", "b"]}}], "#
                + #""tracks": [{"id": "t", "roles": [{"id": "x"}], "stages": [{"id": "s", "slots": 1}]}]}"#, 0
        ),
        (
            #"{"horizon": 9, "weights": {"load": 2147483647}, "people": [{"id": "a", "free": [[0, 9]], "#
                + #""avoid": [[0, 9, 2147483647]], "qualifications": ["x"]}], "tracks": [{"id": "t", "#
                + #""roles": [{"id": "x"}], "stages": [{"id": "s", "slots": 9, "roles": ["x"]}]}]}"#, 1
        ),
    ])
    func `plans what there is at the edges of the format`(text: String, scheduled: Int) throws {
        let problem = try Problem(text)
        let solution = try Planner(problem).solve(Planner.Budget(rounds: 20, threads: 2)).solutionWithRepairs()
        #expect(solution.tracks.count == scheduled)
        #expect(RuleChecker(problem).violations(solution) == [])
    }

    @Test(arguments: [
        (#"{"horizon": 96, "slotMinutes": 7}"#, "slotMinutes"), (#"{"horizon": -1}"#, "horizon"),
        (#"{"horizon": 96, "people": [{"id": "a"}, {"id": "a"}]}"#, "people"),
        (#"{"horizon": 96, "people": [{"id": "a", "free": [[0, 200]]}]}"#, "people[0].free"),
        (#"{"horizon": 96, "tracks": [{"id": "t", "stages": []}]}"#, "tracks[0].stages"),
        (
            #"{"horizon": 96, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": 4, "room": "x"}]}]}"#,
            "tracks[0].stages[0].room"
        ),
        (
            #"{"horizon": 96, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": 0}]}]}"#,
            "tracks[0].stages[0].slots"
        ),
        (#"{"horizon": 96, "pinned": [{"track": "gone"}]}"#, "pinned[0].track"),
        (#"{"horizon": 96, "people": [{"id": "a", "free": [[0, 9], [8, 12]]}]}"#, "people[0].free"),
        (#"{"horizon": 96, "people": [{"id": "a", "free": [[0, 9], [9, 12]]}]}"#, "people[0].free"),
        (#"{"horizon": 96, "people": [{"id": "a", "avoid": [[0, 9, -1]]}]}"#, "people[0].avoid"),
        (#"{"horizon": 96, "people": [{"id": "a", "maxPerDay": 3000000000}]}"#, "people[0].maxPerDay"),
        (
            #"{"horizon": 96, "tracks": [{"id": "t", "days": [2, 1], "stages": [{"id": "s", "slots": 1}]}]}"#,
            "tracks[0].days"
        ),
        (#"{"horizon": 96, "weights": {"load": -1}}"#, "weights.load"),
    ])
    func `refuses a problem that is not as the format says, and names the place`(text: String, path: String) throws {
        let error = #expect(throws: ProblemError.self) { try Planner(Problem(text)) }
        #expect(error?.description.hasPrefix(path + ":") == true)
    }

    @Test func `survives its own exchange format`() throws {
        for seed in 1...50 {
            let problem = RandomProblem(seed: UInt64(seed)).problem
            let text = String(decoding: try JSONEncoder().encode(problem), as: UTF8.self)
            #expect(try Problem(text) == problem)
        }
    }
}

extension Problem {
    /// Reads the exchange format.
    init(_ json: String) throws {
        var json = json
        self = try json.withUTF8 { try Problem(json: UnsafeRawBufferPointer($0)) }
    }
}
