/// A plan under construction: the placed tracks, and what they use of people, schools and rooms, kept up to date.
struct State {
    /// A session in a person's diary.
    struct Booking {
        let start: Int
        let end: Int
        let track: Int
        let day: Int
        let isPinned: Bool
    }

    /// A school's people away and its hosting on one day.
    struct Day {
        var away: [Int: (count: Int, pinned: Int)] = [:]
        var hosting = 0
        var pinnedHosting = 0
    }

    /// A school's seat in a track of another, for `reciprocal`.
    struct Pair: Hashable {
        let from: Int
        let to: Int
    }

    let instance: Instance
    private(set) var placements: [Placement?]
    private(set) var bookings: [[Booking]]
    private(set) var trackCounts: [Int]
    private(set) var pinnedTrackCounts: [Int]
    private(set) var seats: [Int]
    private(set) var days: [Pair: Day] = [:]
    private(set) var roomUse: [[Int: (count: Int, pinned: Int)]]
    private(set) var visits: [Pair: Int] = [:]
    private(set) var score: Solution.Score
    private var localCosts: [Int]

    init(_ instance: Instance) {
        self.instance = instance
        placements = Array(repeating: nil, count: instance.tracks.count)
        bookings = Array(repeating: [], count: instance.people.count)
        trackCounts = Array(repeating: 0, count: instance.people.count)
        pinnedTrackCounts = trackCounts
        seats = Array(repeating: 0, count: instance.schoolLimits.count)
        roomUse = Array(repeating: [:], count: instance.roomCapacities.count)
        localCosts = Array(repeating: 0, count: instance.tracks.count)
        score = Solution.Score(unscheduled: instance.tracks.reduce(0) { $0 + $1.priority }, cost: 0)
    }

    /// The uses of a school on a day.
    func day(_ school: Int, _ day: Int) -> Day? { days[Pair(from: school, to: day)] }

    /// Places a track that is not placed.
    mutating func place(_ index: Int, _ placement: Placement) {
        placements[index] = placement
        localCosts[index] = instance.localCost(index, placement)
        score.unscheduled -= instance.tracks[index].priority
        score.cost += localCosts[index]
        update(index, placement, by: 1)
    }

    /// Takes a track out again; nothing of it stays.
    @discardableResult
    mutating func remove(_ index: Int) -> Placement? {
        guard let placement = placements[index] else { return nil }
        placements[index] = nil
        score.unscheduled += instance.tracks[index].priority
        score.cost -= localCosts[index]
        update(index, placement, by: -1)
        return placement
    }

    private mutating func update(_ index: Int, _ placement: Placement, by sign: Int) {
        let track = instance.tracks[index]
        for attendance in instance.attendances(index, placement) { update(attendance, track: index, by: sign) }
        var hostDays: [Int: Bool] = [:]
        for (stage, start) in zip(track.stages, placement.starts) {
            let day = instance.day(start, offset: track.offset)
            hostDays[day] = (hostDays[day] ?? false) || stage.isPinned
            if stage.room >= 0 {
                for slot in start..<start + stage.slots {
                    roomUse[stage.room][slot, default: (0, 0)].count += sign
                    if stage.isPinned { roomUse[stage.room][slot, default: (0, 0)].pinned += sign }
                }
            }
        }
        if track.school >= 0 {
            for (day, isPinned) in hostDays {
                days[Pair(from: track.school, to: day), default: Day()].hosting += sign
                if isPinned { days[Pair(from: track.school, to: day), default: Day()].pinnedHosting += sign }
            }
        }
        updateTeam(track, placement.members, by: sign)
    }

    private mutating func update(_ attendance: Instance.Attendance, track: Int, by sign: Int) {
        let person = attendance.person
        let day = instance.day(attendance.start, offset: instance.people[person].offset)
        if sign > 0 {
            bookings[person].append(
                Booking(
                    start: attendance.start, end: attendance.end, track: track, day: day, isPinned: attendance.isPinned)
            )
        } else {
            bookings[person].removeAll { $0.track == track }
        }
        let school = instance.people[person].school
        guard attendance.isByRole, school >= 0 else { return }
        let key = Pair(from: school, to: day)
        var entry = days[key, default: Day()].away[person, default: (0, 0)]
        entry.count += sign
        if attendance.isPinned { entry.pinned += sign }
        days[key, default: Day()].away[person] = entry.count == 0 ? nil : entry
    }

    private mutating func updateTeam(_ track: Instance.Track, _ members: [Int], by sign: Int) {
        var schools: Set<Int> = []
        for person in Set(members) {
            let before = trackCounts[person]
            trackCounts[person] += sign
            if track.pinnedPeople.contains(person) { pinnedTrackCounts[person] += sign }
            score.cost += instance.weights.load * (trackCounts[person] * trackCounts[person] - before * before)
            let school = instance.people[person].school
            guard school >= 0 else { continue }
            let seatsBefore = seats[school]
            seats[school] += sign
            score.cost += instance.weights.balance * (seats[school] * seats[school] - seatsBefore * seatsBefore)
            schools.insert(school)
        }
        guard track.school >= 0 else { return }
        for school in schools where school != track.school {
            let key = Pair(from: school, to: track.school)
            let before = visits[key] ?? 0
            visits[key] = before + sign
            let isReturned = (visits[Pair(from: track.school, to: school)] ?? 0) > 0
            if isReturned, before == 0 || before + sign == 0 { score.cost += sign * instance.weights.reciprocal }
        }
    }
}
