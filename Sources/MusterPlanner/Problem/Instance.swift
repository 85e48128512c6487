import ConcurrentMap

/// A problem with every id replaced by an index and every list by a table, ready for the search.
///
/// Its parts are objects and not values, since threads that copy a value of many lists all count references to these,
/// and wait for each other.
///
/// Days are counted from `firstDay`, so that no local day of anybody is negative.
final class Instance: Sendable {
    final class Person: Sendable {
        /// The school, or -1.
        let school: Int
        /// The region, or -1.
        let region: Int
        let offset: Int
        let qualifications: [Int]
        let themes: [Int]
        let free: [SlotRange]
        let avoid: CostProfile
        /// Tracks of one group at most; nil for what the group says.
        let maxTracks: Int?
        let maxPerDay: Int
        let maxPerWeek: Int

        init(
            school: Int, region: Int, offset: Int, qualifications: [Int], themes: [Int], free: [SlotRange],
            avoid: CostProfile, maxTracks: Int?, maxPerDay: Int, maxPerWeek: Int
        ) {
            self.school = school
            self.region = region
            self.offset = offset
            self.qualifications = qualifications
            self.themes = themes
            self.free = free
            self.avoid = avoid
            self.maxTracks = maxTracks
            self.maxPerDay = maxPerDay
            self.maxPerWeek = maxPerWeek
        }
    }

    final class Role: Sendable {
        let id: Int
        let count: Int
        /// The stages that it attends.
        let stages: [Int]
        let pinned: [Int]
        /// Where its people stand among those of the track.
        let seats: Range<Int>

        init(id: Int, count: Int, stages: [Int], pinned: [Int], seats: Range<Int>) {
            self.id = id
            self.count = count
            self.stages = stages
            self.pinned = pinned
            self.seats = seats
        }
    }

    final class Stage: Sendable {
        let slots: Int
        /// The seats whose people attend it.
        let seats: [Int]
        let room: Int
        let isInPerson: Bool
        let required: [Int]
        let startEvery: Int
        let window: SlotRange
        let free: [SlotRange]?
        /// Local days on which it may be, ascending; nil for any.
        let days: [Int]?
        let pinnedStart: Int?
        let avoid: CostProfile
        /// Open days since the stage before, at least and at most.
        let gap: SlotRange
        let publishedStart: Int?

        init(
            slots: Int, seats: [Int], room: Int, isInPerson: Bool, required: [Int], startEvery: Int, window: SlotRange,
            free: [SlotRange]?, days: [Int]?, pinnedStart: Int?, avoid: CostProfile, gap: SlotRange,
            publishedStart: Int?
        ) {
            self.slots = slots
            self.seats = seats
            self.room = room
            self.isInPerson = isInPerson
            self.required = required
            self.startEvery = startEvery
            self.window = window
            self.free = free
            self.days = days
            self.pinnedStart = pinnedStart
            self.avoid = avoid
            self.gap = gap
            self.publishedStart = publishedStart
        }

        var isPinned: Bool { pinnedStart != nil }
    }

    final class Track: Sendable {
        /// The group, or -1.
        let group: Int
        let school: Int
        let region: Int
        let offset: Int
        let theme: Int
        let priority: Int
        let optional: [Int]
        /// Ascending, since there are many and they are looked up for everybody.
        let excluded: [Int]
        let previous: [Int]
        /// Everyone whom the track or a stage requires.
        let required: [Int]
        let distinctSchools: Bool
        let wantsOutside: Bool
        let roles: [Role]
        let stages: [Stage]
        /// The role of each seat; those of one role stand together, the pinned people first.
        let seatRoles: [Int]
        /// Published pairs of a role and a person that can still be.
        let publishedTeam: [(role: Int, person: Int)]
        /// Published pairs, whether they can still be or not.
        let publishedPairs: Int
        /// Published starts of stages that are gone.
        let lostStarts: Int
        /// Open days up to and including each day.
        let openDays: [Int32]
        let pinnedPeople: [Int]
        /// People who filled a role in what was held of it: it is counted for them already.
        let formerTeam: [Int]
        /// Tracks with which it shares nobody.
        let apart: [Int]

        init(
            group: Int, school: Int, region: Int, offset: Int, theme: Int, priority: Int, optional: [Int],
            excluded: [Int],
            previous: [Int], required: [Int], distinctSchools: Bool, wantsOutside: Bool, roles: [Role], stages: [Stage],
            seatRoles: [Int], publishedTeam: [(role: Int, person: Int)], publishedPairs: Int, lostStarts: Int,
            openDays: [Int32], pinnedPeople: [Int], formerTeam: [Int], apart: [Int]
        ) {
            self.group = group
            self.school = school
            self.region = region
            self.offset = offset
            self.theme = theme
            self.priority = priority
            self.optional = optional
            self.excluded = excluded
            self.previous = previous
            self.required = required
            self.distinctSchools = distinctSchools
            self.wantsOutside = wantsOutside
            self.roles = roles
            self.stages = stages
            self.seatRoles = seatRoles
            self.publishedTeam = publishedTeam
            self.publishedPairs = publishedPairs
            self.lostStarts = lostStarts
            self.openDays = openDays
            self.pinnedPeople = pinnedPeople
            self.formerTeam = formerTeam
            self.apart = apart
        }

        /// Whether more people are pinned to a role than it has seats, so that nothing can be done.
        var isOverfull: Bool { roles.contains { $0.pinned.count > $0.count } }
    }

    /// What was held of a track.
    final class Held: Sendable {
        /// The group, or -1.
        let group: Int
        let team: [Int]
        let attendances: [Attendance]

        init(group: Int, team: [Int], attendances: [Attendance]) {
            self.group = group
            self.team = team
            self.attendances = attendances
        }
    }

    let problem: Problem
    let slotsPerDay: Int
    let weekday: Int
    let buffer: Int
    let weights: Problem.Weights
    let people: [Person]
    /// The people who may fill each role, ascending.
    let holders: [Int: [Int]]
    let tracks: [Track]
    let held: [Held]
    /// The most tracks of one person in each group.
    let groupLimits: [Int]
    /// Whether not all tracks are of one group, or all of none.
    let hasGroups: Bool
    let schoolLimits: [Int]
    let roomCapacities: [Int]
    let firstDay: Int
    let dayCount: Int
    let personIndex: [Bytes: Int]
    let trackIndex: [Bytes: Int]
    let schoolNames: [Bytes]

    /// Compiles a problem that `validate` has accepted.
    init(_ problem: Problem, threads: Int = 1) {
        self.problem = problem
        let compiler = InstanceCompiler(problem)
        slotsPerDay = compiler.slotsPerDay
        weekday = problem.weekday
        buffer = problem.buffer
        weights = problem.weights
        firstDay = compiler.firstDay
        dayCount = compiler.dayCount
        people = problem.people.concurrentMap(threads: threads, compiler.person)
        holders = people.enumerated().reduce(into: [:]) { holders, entry in
            for role in entry.element.qualifications { holders[role, default: []].append(entry.offset) }
        }
        tracks = problem.tracks.concurrentMap(threads: threads, compiler.track)
        held = problem.held.map(compiler.held)
        groupLimits = compiler.groupLimits
        hasGroups = Set(tracks.map(\.group) + held.map(\.group)).count > 1
        schoolLimits = compiler.schoolLimits
        roomCapacities = problem.rooms.map(\.capacity)
        personIndex = compiler.people.indices
        trackIndex = compiler.tracks.indices
        schoolNames = compiler.schools.names
    }

    /// In how many tracks of the group of a track a person may fill a role.
    func maxTracks(_ person: Int, _ track: Track) -> Int {
        people[person].maxTracks ?? (track.group < 0 ? .max : groupLimits[track.group])
    }

    /// The local day of a slot, counted from `firstDay`.
    func day(_ slot: Int, offset: Int) -> Int { floorDivide(slot + offset, slotsPerDay) - firstDay }

    /// The first slot of a local day that is counted from `firstDay`.
    func firstSlot(_ day: Int, offset: Int) -> Int { (day + firstDay) * slotsPerDay - offset }

    /// The week of a day that is counted from `firstDay`.
    func week(_ day: Int) -> Int { floorDivide(day + firstDay + weekday, 7) }

    /// The first day of a week, counted from `firstDay`.
    func firstDay(ofWeek week: Int) -> Int { week * 7 - weekday - firstDay }

    /// Whether somebody is free for all of these slots.
    func covers(_ person: Int, start: Int, end: Int) -> Bool {
        people[person].free.interval(covering: start, end) != nil
    }

    /// Whether one person cannot have both sessions (rule 4); of two pins that is not asked.
    func clash(_ left: (start: Int, end: Int, isPinned: Bool), _ right: (start: Int, end: Int, isPinned: Bool)) -> Bool
    {
        !(left.isPinned && right.isPinned) && left.start < right.end + buffer && right.start < left.end + buffer
    }

    /// Whether rule 1 lets a stage start in a slot, pinned or not.
    func mayStart(_ track: Track, stage: Stage, start: Int) -> Bool {
        let end = start + stage.slots
        let day = day(start, offset: track.offset)
        return start.isMultiple(of: stage.startEvery) && start >= stage.window.from && end <= stage.window.to
            && day == self.day(end - 1, offset: track.offset)
            && (stage.free.map { $0.interval(covering: start, end) != nil } ?? true)
            && (stage.days.map { $0.binarySearch(day + firstDay) } ?? true)
    }
}

/// Weighted slots, asked for the weight of an interval.
struct CostProfile: Sendable {
    let ranges: [WeightedRange]
    /// The weight of all ranges before each.
    private let before: [Int]

    init(_ ranges: [WeightedRange]) {
        self.ranges = ranges
        var sum = 0
        before = ranges.map { range in
            defer { sum += (range.to - range.from) * range.weight }
            return sum
        }
    }

    /// The weight of the slots in a half-open interval.
    func cost(_ from: Int, _ to: Int) -> Int {
        ranges.isEmpty ? 0 : sum(upTo: to) - sum(upTo: from)
    }

    private func sum(upTo slot: Int) -> Int {
        let next = ranges.partitioningIndex { $0.from >= slot }
        guard next > 0 else { return 0 }
        let range = ranges[next - 1]
        return before[next - 1] + (min(slot, range.to) - range.from) * range.weight
    }
}

/// An id compared byte for byte, since `String` holds different spellings of é for equal.
struct Bytes: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Bytes, right: Bytes) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Gives ids the numbers 0, 1, 2, … in the order in which they come.
struct Interner: Sendable {
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

extension Array {
    /// The index of the first element that fulfils what all after it fulfil as well.
    func partitioningIndex(_ isLater: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isLater(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Array where Element == SlotRange {
    /// The index of the interval that holds all of these slots; the intervals are sorted and disjoint.
    func interval(covering start: Int, _ end: Int) -> Int? {
        let next = partitioningIndex { $0.from > start }
        return next > 0 && self[next - 1].to >= end ? next - 1 : nil
    }

    /// What lies in both of two sorted lists of disjoint intervals.
    func intersection(_ other: [SlotRange]) -> [SlotRange] {
        var result: [SlotRange] = []
        var (left, right) = (0, 0)
        while left < count, right < other.count {
            let (from, to) = (Swift.max(self[left].from, other[right].from), Swift.min(self[left].to, other[right].to))
            if from < to { result.append(SlotRange(from, to)) }
            if self[left].to < other[right].to { left += 1 } else { right += 1 }
        }
        return result
    }
}

extension Array where Element == Int {
    /// Whether a sorted list holds a number.
    func binarySearch(_ number: Int) -> Bool {
        let index = partitioningIndex { $0 >= number }
        return index < count && self[index] == number
    }
}
