import MusterPlanner
import MusterTestSupport

/// A problem so small that every plan can be tried, with everything that the format knows but pins.
struct TinyProblem {
    private static let slotsPerDay = 4
    private static let days = 4
    private var random: SeededGenerator
    private(set) var problem = Problem(horizon: slotsPerDay * days)

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        problem.slotMinutes = 1440 / Self.slotsPerDay
        problem.weekday = random.number(0...6)
        problem.buffer = random.number(0...1)
        problem.rooms = [Problem.Room(id: "room", capacity: random.number(0...2))]
        problem.schools = (0..<3).map {
            Problem.School(id: "s\($0)", maxPerDay: random.chance(50) ? random.number(0...2) : nil)
        }
        for path in Problem.Weights.named.values {
            problem.weights[keyPath: path] = [0, 1, 3, 10][random.number(0...3)]
        }
        problem.people = (0..<4).map { person($0) }
        problem.tracks = (0..<2).map { track($0) }
        if random.chance(50) { problem.addHeld(&random) }
        if random.chance(40) {
            problem.published = [
                Problem.Placement(
                    track: "t0", starts: ["a": random.number(0...15)], team: ["lead": ["p\(random.number(0...3))"]])
            ]
        }
    }

    private mutating func person(_ index: Int) -> Problem.Person {
        var person = Problem.Person(id: "p\(index)")
        person.school = random.chance(85) ? "s\(random.number(0...2))" : nil
        person.region = random.chance(90) ? "r\(random.number(0...1))" : nil
        person.offset = random.chance(15) ? random.number(-1...1) : 0
        person.qualifications = ["lead", "reviewer"].filter { _ in random.chance(70) }
        person.themes = random.chance(40) ? ["reading"] : []
        for day in 0..<Self.days where random.chance(75) {
            let from = day * Self.slotsPerDay + random.number(0...1)
            person.free.append(SlotRange(from, from + random.number(1...2)))
        }
        person.avoid =
            random.chance(30)
            ? [WeightedRange(random.number(0...4), random.number(5...16), weight: random.number(1...3))] : []
        person.maxTracks = random.chance(40) ? random.number(0...2) : nil
        person.maxPerDay = random.chance(40) ? random.number(0...2) : nil
        person.maxPerWeek = random.chance(40) ? random.number(0...3) : nil
        return person
    }

    private mutating func track(_ index: Int) -> Problem.Track {
        var track = Problem.Track(id: "t\(index)", stages: ["a", "b"].prefix(random.number(1...2)).map { stage($0) })
        track.school = random.chance(90) ? "s\(random.number(0...2))" : nil
        track.region = "r\(random.number(0...1))"
        track.theme = random.chance(50) ? "reading" : nil
        track.group = Problem.someGroups[random.number(0...2)]
        track.apart = index == 1 && random.chance(40) ? ["t0"] : []
        track.priority = random.number(1...2)
        track.required = random.chance(40) ? ["p\(random.number(0...3))"] : []
        track.optional = random.chance(40) ? ["p\(random.number(0...3))"] : []
        track.excluded = random.chance(20) ? ["p\(random.number(0...3))"] : []
        track.previous = random.chance(40) ? ["p\(random.number(0...3))"] : []
        track.days = random.chance(50) ? (0..<Self.days).filter { _ in random.chance(80) } : nil
        track.distinctSchools = random.chance(30)
        track.wantsOutside = random.chance(50)
        track.roles = [
            Problem.Role(id: "lead", count: random.number(0...1)),
            Problem.Role(id: "reviewer", count: random.number(0...1)),
        ]
        return track
    }

    private mutating func stage(_ id: String) -> Problem.Stage {
        var stage = Problem.Stage(id: id, slots: random.number(1...2))
        stage.roles = ["lead", "reviewer"].filter { _ in random.chance(70) }
        stage.room = random.chance(40) ? "room" : nil
        stage.inPerson = random.chance(20)
        stage.window = random.chance(30) ? SlotRange(random.number(0...6), random.number(8...16)) : nil
        stage.free = random.chance(25) ? [SlotRange(0, 6), SlotRange(9, 16)] : nil
        stage.avoid = random.chance(30) ? [WeightedRange(0, random.number(1...16), weight: 1)] : []
        if random.chance(60) {
            let least = random.number(0...1)
            stage.gap = SlotRange(least, least + random.number(0...2))
        }
        return stage
    }

    /// Every way to place a track, legal or not.
    static func placements(_ track: Problem.Track, in problem: Problem) -> [Solution.Track] {
        var starts: [[String: Int]] = [[:]]
        for stage in track.stages {
            starts = starts.flatMap { known in
                (0...problem.horizon - stage.slots).map { known.merging([stage.id: $0]) { first, _ in first } }
            }
        }
        var teams: [[String: [String]]] = [[:]]
        for role in track.roles {
            teams = teams.flatMap { known in
                (role.count == 0 ? [[]] : problem.people.map { [$0.id] }).map { people in
                    known.merging([role.id: people]) { first, _ in first }
                }
            }
        }
        return starts.flatMap { starts in teams.map { Solution.Track(id: track.id, starts: starts, team: $0) } }
    }
}
