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
        problem.weekday = number(0...6)
        problem.buffer = number(0...1)
        problem.rooms = [Problem.Room(id: "room", capacity: number(0...2))]
        problem.schools = (0..<3).map { Problem.School(id: "s\($0)", maxPerDay: chance(50) ? number(0...2) : nil) }
        for path in Problem.Weights.named.values { problem.weights[keyPath: path] = [0, 1, 3, 10][number(0...3)] }
        problem.people = (0..<4).map { person($0) }
        problem.tracks = (0..<2).map { track($0) }
        if chance(40) {
            problem.published = [
                Problem.Placement(track: "t0", starts: ["a": number(0...15)], team: ["lead": ["p\(number(0...3))"]])
            ]
        }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }

    private mutating func person(_ index: Int) -> Problem.Person {
        var person = Problem.Person(id: "p\(index)")
        person.school = chance(85) ? "s\(number(0...2))" : nil
        person.region = chance(90) ? "r\(number(0...1))" : nil
        person.offset = chance(15) ? number(-1...1) : 0
        person.qualifications = ["lead", "reviewer"].filter { _ in chance(70) }
        person.themes = chance(40) ? ["reading"] : []
        for day in 0..<Self.days where chance(75) {
            let from = day * Self.slotsPerDay + number(0...1)
            person.free.append(SlotRange(from, from + number(1...2)))
        }
        person.avoid = chance(30) ? [WeightedRange(number(0...4), number(5...16), weight: number(1...3))] : []
        person.maxTracks = chance(40) ? number(0...2) : nil
        person.maxPerDay = chance(40) ? number(0...2) : nil
        person.maxPerWeek = chance(40) ? number(0...3) : nil
        return person
    }

    private mutating func track(_ index: Int) -> Problem.Track {
        var track = Problem.Track(id: "t\(index)", stages: ["a", "b"].prefix(number(1...2)).map { stage($0) })
        track.school = chance(90) ? "s\(number(0...2))" : nil
        track.region = "r\(number(0...1))"
        track.theme = chance(50) ? "reading" : nil
        track.priority = number(1...2)
        track.required = chance(40) ? ["p\(number(0...3))"] : []
        track.optional = chance(40) ? ["p\(number(0...3))"] : []
        track.excluded = chance(20) ? ["p\(number(0...3))"] : []
        track.previous = chance(40) ? ["p\(number(0...3))"] : []
        track.days = chance(50) ? (0..<Self.days).filter { _ in chance(80) } : nil
        track.distinctSchools = chance(30)
        track.wantsOutside = chance(50)
        track.roles = [
            Problem.Role(id: "lead", count: number(0...1)), Problem.Role(id: "reviewer", count: number(0...1)),
        ]
        return track
    }

    private mutating func stage(_ id: String) -> Problem.Stage {
        var stage = Problem.Stage(id: id, slots: number(1...2))
        stage.roles = ["lead", "reviewer"].filter { _ in chance(70) }
        stage.room = chance(40) ? "room" : nil
        stage.inPerson = chance(20)
        stage.window = chance(30) ? SlotRange(number(0...6), number(8...16)) : nil
        stage.free = chance(25) ? [SlotRange(0, 6), SlotRange(9, 16)] : nil
        stage.avoid = chance(30) ? [WeightedRange(0, number(1...16), weight: 1)] : []
        if chance(60) {
            let least = number(0...1)
            stage.gap = SlotRange(least, least + number(0...2))
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
