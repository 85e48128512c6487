/// A problem with every id replaced by an index and every list by a table, ready for the search.
final class Instance: Sendable {
    struct Person {
        let school: Int
        let region: Int
        let offset: Int
        let qualifications: Set<Int>
        let themes: Set<Int>
        /// For each slot the end of the free interval that holds it, 0 where there is none.
        let freeEnd: [Int32]
        /// Sums of the `avoid` weights of all slots before each slot; empty where nothing is avoided.
        let avoidSums: [Int]
        let maxTracks: Int
        let maxPerDay: Int
        let maxPerWeek: Int
    }

    struct Stage {
        let slots: Int
        let roles: [Int]
        let room: Int
        let isInPerson: Bool
        let required: [Int]
        /// Starts that rule 1 allows, ascending; the pinned one alone where the start is pinned.
        let starts: [Int]
        let isPinned: Bool
        /// What each start costs whoever comes in a role: `avoid` of the stage and of those required, `optional` and
        /// `move`.
        let startCosts: [Int]
        let avoidSums: [Int]
        let gap: ClosedRange<Int>
        let publishedStart: Int?
    }

    struct Track {
        let school: Int
        let region: Int
        let offset: Int
        let theme: Int
        let priority: Int
        let optional: [Int]
        let excluded: Set<Int>
        let previous: Set<Int>
        /// Everyone whom the track or a stage requires.
        let required: Set<Int>
        let distinctSchools: Bool
        let wantsOutside: Bool
        let roles: [Role]
        let stages: [Stage]
        /// Published pairs of a role and a person, whether they are still possible or not.
        let publishedTeam: [(role: Int, person: Int)]
        let publishedPairs: Int
        /// Published starts of stages that are gone.
        let lostStarts: Int
        /// Open days up to each day, the first entry being `firstDay`.
        let openDays: [Int]
        let pinnedPeople: Set<Int>
    }

    struct Role {
        let id: Int
        let count: Int
        let stages: [Int]
        let pinned: [Int]
    }

    let problem: Problem
    let slotsPerDay: Int
    let weekday: Int
    let buffer: Int
    let weights: Problem.Weights
    let people: [Person]
    let tracks: [Track]
    let schoolLimits: [Int]
    let roomCapacities: [Int]
    let firstDay: Int
    let personIndex: [Bytes: Int]
    let trackIndex: [Bytes: Int]
    let schoolNames: [Bytes]

    /// Compiles a problem that `validate` has accepted.
    init(_ problem: Problem) {
        self.problem = problem
        let compiler = InstanceCompiler(problem)
        slotsPerDay = compiler.slotsPerDay
        weekday = problem.weekday
        buffer = problem.buffer
        weights = problem.weights
        firstDay = compiler.firstDay
        people = problem.people.map(compiler.person)
        tracks = problem.tracks.map(compiler.track)
        schoolLimits = compiler.schoolLimits
        roomCapacities = problem.rooms.map(\.capacity)
        personIndex = compiler.people.indices
        trackIndex = compiler.tracks.indices
        schoolNames = compiler.schools.names
    }

    func day(_ slot: Int, offset: Int) -> Int { floorDivide(slot + offset, slotsPerDay) }

    func week(_ day: Int) -> Int { floorDivide(day + weekday, 7) }

    /// Open days of the track up to and including a day.
    func openDays(_ track: Track, _ day: Int) -> Int {
        track.openDays[min(max(day - firstDay, 0), track.openDays.count - 1)]
    }

    func covers(_ person: Int, _ start: Int, _ end: Int) -> Bool {
        let freeEnd = people[person].freeEnd
        return start >= 0 && start < freeEnd.count && Int(freeEnd[start]) >= end
    }

    func avoidance(_ sums: [Int], _ start: Int, _ end: Int) -> Int {
        sums.isEmpty ? 0 : sums[min(end, sums.count - 1)] - sums[min(start, sums.count - 1)]
    }
}

/// An id compared byte for byte, since `String` holds different spellings of é for equal.
struct Bytes: Hashable {
    let utf8: [UInt8]

    init(_ text: String) { utf8 = Array(text.utf8) }
}

/// Gives ids the numbers 0, 1, 2, … in the order in which they come.
struct Interner {
    private(set) var indices: [Bytes: Int] = [:]
    private(set) var names: [Bytes] = []

    mutating func index(_ id: String) -> Int {
        let bytes = Bytes(id)
        if let known = indices[bytes] { return known }
        indices[bytes] = names.count
        names.append(bytes)
        return names.count - 1
    }

    func known(_ id: String) -> Int? { indices[Bytes(id)] }
}

/// The quotient rounded towards minus infinity; the divisor is positive.
func floorDivide(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
}
