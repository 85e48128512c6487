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

    private mutating func fill() {
        problem.weekday = random.number(0...6)
        problem.buffer = random.number(0...2)
        problem.rooms = [Problem.Room(id: "room", capacity: random.number(1...2))]
        problem.schools = (0..<4).map {
            Problem.School(id: "s\($0)", maxPerDay: random.chance(50) ? random.number(0...2) : nil)
        }
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
        for index in 0..<random.number(1...5) { problem.tracks.append(track(index)) }
        if random.chance(40) { addPublished() }
        if random.chance(30) { addPin() }
        if random.chance(50) { problem.addHeld(&random) }
    }

    private mutating func person(_ index: Int) -> Problem.Person {
        var person = Problem.Person(id: "p\(index)")
        person.school = random.chance(85) ? "s\(random.number(0...3))" : nil
        person.region = random.chance(90) ? "r\(random.number(0...1))" : nil
        person.offset = random.chance(15) ? random.number(-3...3) : 0
        person.qualifications = ["lead", "reviewer"].filter { _ in random.chance(70) }
        person.themes = random.chance(40) ? ["reading"] : []
        for day in 0..<12 where random.chance(75) {
            let from = day * 24 + random.number(7...10)
            person.free.append(SlotRange(from, from + random.number(4...9)))
        }
        if random.chance(40) {
            let from = random.number(0...200)
            person.avoid = [WeightedRange(from, from + random.number(5...60), weight: random.number(1...4))]
        }
        person.maxTracks = random.chance(50) ? random.number(0...3) : nil
        person.maxPerDay = random.chance(50) ? random.number(1...2) : nil
        person.maxPerWeek = random.chance(40) ? random.number(1...4) : nil
        return person
    }

    private mutating func track(_ index: Int) -> Problem.Track {
        var stages: [Problem.Stage] = []
        for number in 0..<random.number(1...3) { stages.append(stage(number)) }
        var track = Problem.Track(id: "t\(index)", stages: stages)
        track.school = random.chance(90) ? "s\(random.number(0...3))" : nil
        track.region = "r\(random.number(0...1))"
        track.offset = random.chance(15) ? random.number(-3...3) : 0
        track.theme = random.chance(50) ? "reading" : nil
        track.group = Problem.someGroups[random.number(0...2)]
        track.apart = index == 1 && random.chance(40) ? ["t0"] : []
        track.priority = random.number(1...3)
        track.required = random.chance(70) ? ["p\(random.number(0...11))"] : []
        track.optional = random.chance(30) ? ["p\(random.number(0...11))"] : []
        track.excluded = random.chance(40) ? ["p\(random.number(0...11))", "gone"] : []
        track.previous = random.chance(40) ? ["p\(random.number(0...11))"] : []
        track.days = random.chance(60) ? (0..<12).filter { _ in random.chance(80) } : nil
        track.distinctSchools = random.chance(50)
        track.wantsOutside = random.chance(50)
        track.roles = [Problem.Role(id: "lead"), Problem.Role(id: "reviewer", count: random.number(1...2))]
        return track
    }

    private mutating func stage(_ index: Int) -> Problem.Stage {
        var stage = Problem.Stage(id: "stage\(index)", slots: random.number(1...3))
        stage.roles = ["lead", "reviewer"].filter { _ in random.chance(60) }
        stage.room = random.chance(40) ? "room" : nil
        stage.inPerson = random.chance(25)
        stage.startEvery = random.number(1...2)
        stage.window = random.chance(30) ? SlotRange(random.number(0...100), random.number(150...288)) : nil
        stage.required = random.chance(20) ? ["p\(random.number(0...11))"] : []
        stage.days = random.chance(25) ? (0..<12).filter { _ in random.chance(70) } : nil
        stage.free = random.chance(30) ? (0..<12).map { SlotRange($0 * 24 + 8, $0 * 24 + 17) } : nil
        stage.avoid = random.chance(30) ? [WeightedRange(0, random.number(10...200), weight: 1)] : []
        if random.chance(70) {
            let least = random.number(0...2)
            stage.gap = SlotRange(least, least + random.number(0...5))
        }
        return stage
    }

    private mutating func addPublished() {
        for track in problem.tracks where random.chance(60) {
            var published = Problem.Placement(track: track.id)
            for stage in track.stages where random.chance(80) { published.starts[stage.id] = random.number(0...280) }
            for role in track.roles where random.chance(80) { published.team[role.id] = ["p\(random.number(0...11))"] }
            problem.published.append(published)
        }
    }

    private mutating func addPin() {
        guard let track = problem.tracks.first else { return }
        var pin = Problem.Placement(track: track.id)
        if let stage = track.stages.first, random.chance(60) { pin.starts[stage.id] = random.number(0...280) }
        if random.chance(60) { pin.team["lead"] = ["p\(random.number(0...11))"] }
        problem.pinned = [pin]
    }
}
