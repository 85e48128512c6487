import MusterPlanner
import MusterTestSupport

/// A small random problem in which everything that the format knows may occur.
struct RandomProblem {
    private var random: SeededGenerator
    private(set) var problem: Problem

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        problem = Problem(horizon: 24 * 12)
        problem.slotMinutes = 60
        fill()
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }

    private mutating func fill() {
        problem.weekday = number(0...6)
        problem.buffer = number(0...2)
        problem.rooms = [Problem.Room(id: "room", capacity: number(1...2))]
        problem.schools = (0..<4).map { Problem.School(id: "s\($0)", maxPerDay: chance(50) ? number(0...2) : nil) }
        problem.weights.optional = 2
        problem.weights.load = 3
        problem.weights.balance = 1
        problem.weights.theme = 20
        problem.weights.outside = 10
        problem.weights.repeats = 15
        problem.weights.reciprocal = 25
        problem.weights.elapsed = 1
        problem.weights.move = 30
        problem.weights.swap = 60
        for index in 0..<12 { problem.people.append(person(index)) }
        for index in 0..<number(1...5) { problem.tracks.append(track(index)) }
        if chance(40) { addPublished() }
        if chance(30) { addPin() }
    }

    private mutating func person(_ index: Int) -> Problem.Person {
        var person = Problem.Person(id: "p\(index)")
        person.school = chance(85) ? "s\(number(0...3))" : nil
        person.region = chance(90) ? "r\(number(0...1))" : nil
        person.offset = chance(15) ? number(-3...3) : 0
        person.qualifications = ["lead", "reviewer"].filter { _ in chance(70) }
        person.themes = chance(40) ? ["reading"] : []
        for day in 0..<12 where chance(75) {
            let from = day * 24 + number(7...10)
            person.free.append(SlotRange(from, from + number(4...9)))
        }
        if chance(40) {
            let from = number(0...200)
            person.avoid = [WeightedRange(from, from + number(5...60), weight: number(1...4))]
        }
        person.maxTracks = chance(50) ? number(0...3) : nil
        person.maxPerDay = chance(50) ? number(1...2) : nil
        person.maxPerWeek = chance(40) ? number(1...4) : nil
        return person
    }

    private mutating func track(_ index: Int) -> Problem.Track {
        var stages: [Problem.Stage] = []
        for number in 0..<number(1...3) { stages.append(stage(number)) }
        var track = Problem.Track(id: "t\(index)", stages: stages)
        track.school = chance(90) ? "s\(number(0...3))" : nil
        track.region = "r\(number(0...1))"
        track.offset = chance(15) ? number(-3...3) : 0
        track.theme = chance(50) ? "reading" : nil
        track.priority = number(1...3)
        track.required = chance(70) ? ["p\(number(0...11))"] : []
        track.optional = chance(30) ? ["p\(number(0...11))"] : []
        track.excluded = chance(40) ? ["p\(number(0...11))", "gone"] : []
        track.previous = chance(40) ? ["p\(number(0...11))"] : []
        track.days = chance(60) ? (0..<12).filter { _ in chance(80) } : nil
        track.distinctSchools = chance(50)
        track.wantsOutside = chance(50)
        track.roles = [Problem.Role(id: "lead"), Problem.Role(id: "reviewer", count: number(1...2))]
        return track
    }

    private mutating func stage(_ index: Int) -> Problem.Stage {
        var stage = Problem.Stage(id: "stage\(index)", slots: number(1...3))
        stage.roles = ["lead", "reviewer"].filter { _ in chance(60) }
        stage.room = chance(40) ? "room" : nil
        stage.inPerson = chance(25)
        stage.startEvery = number(1...2)
        stage.window = chance(30) ? SlotRange(number(0...100), number(150...288)) : nil
        stage.required = chance(20) ? ["p\(number(0...11))"] : []
        stage.days = chance(25) ? (0..<12).filter { _ in chance(70) } : nil
        stage.free = chance(30) ? (0..<12).map { SlotRange($0 * 24 + 8, $0 * 24 + 17) } : nil
        stage.avoid = chance(30) ? [WeightedRange(0, number(10...200), weight: 1)] : []
        if chance(70) {
            let least = number(0...2)
            stage.gap = SlotRange(least, least + number(0...5))
        }
        return stage
    }

    private mutating func addPublished() {
        for track in problem.tracks where chance(60) {
            var published = Problem.Placement(track: track.id)
            for stage in track.stages where chance(80) { published.starts[stage.id] = number(0...280) }
            for role in track.roles where chance(80) { published.team[role.id] = ["p\(number(0...11))"] }
            problem.published.append(published)
        }
    }

    private mutating func addPin() {
        guard let track = problem.tracks.first else { return }
        var pin = Problem.Placement(track: track.id)
        if let stage = track.stages.first, chance(60) { pin.starts[stage.id] = number(0...280) }
        if chance(60) { pin.team["lead"] = ["p\(number(0...11))"] }
        problem.pinned = [pin]
    }
}
