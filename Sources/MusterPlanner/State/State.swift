/// A plan under construction: the placed tracks, and what they use of people, schools and rooms, kept up to date.
struct State: Sendable {
    /// A session in a person's diary.
    struct Booking {
        let start: Int32
        let end: Int32
        /// The track; one beyond the last for what was held.
        let track: Int32
        /// The person's local day, as the instance counts.
        let day: Int32
        let isPinned: Bool
        let isByRole: Bool
    }

    /// What a school gives on one day.
    struct Day: Equatable {
        /// People who attend something by a role.
        var away: Int16 = 0
        /// Those of them who are pinned to it.
        var pinnedAway: Int16 = 0
        /// Sessions of its own tracks.
        var hosting: Int16 = 0
        var pinnedHosting: Int16 = 0

        var count: Int { Int(away) + (hosting > 0 ? 1 : 0) }
        var pinnedCount: Int { Int(pinnedAway) + (pinnedHosting > 0 ? 1 : 0) }
    }

    /// A track in which somebody fills a role, or did.
    struct Membership {
        /// The track; one beyond the last for what was held.
        let track: Int32
        let group: Int32
        let isPinned: Bool
    }

    /// Sessions in a room at once.
    struct Use {
        var count: Int32 = 0
        var pinned: Int32 = 0
    }

    let instance: Instance
    private(set) var placements: [Placement?]
    private(set) var bookings: [[Booking]]
    /// Tracks in which each person fills a role.
    private(set) var trackCounts: [Int]
    private(set) var pinnedTrackCounts: [Int]
    /// The same by track; empty where all tracks are of one group, so that the counts say all.
    private var memberships: [[Membership]]
    /// Seats that each school's people fill.
    private(set) var seats: [Int]
    /// For each school and day what the school gives; see `day(_:_:)`.
    private var days: [Day]
    /// For each school the days on which it can spare nobody more.
    private(set) var fullDays: [[Int]]
    private var rooms: [Use]
    /// For each room the slots in which it is full, ascending.
    private(set) var fullSlots: [[Int]]
    /// For each school the schools whose people are in the teams of its tracks, and how many tracks they are.
    private var visitors: [[(school: Int, count: Int)]]
    private(set) var score: Solution.Score
    private var localCosts: [Int]

    init(_ instance: Instance) {
        self.instance = instance
        placements = Array(repeating: nil, count: instance.tracks.count)
        bookings = Array(repeating: [], count: instance.people.count)
        trackCounts = Array(repeating: 0, count: instance.people.count)
        pinnedTrackCounts = trackCounts
        memberships = instance.hasGroups ? Array(repeating: [], count: instance.people.count) : []
        let schools = instance.schoolLimits.count
        seats = Array(repeating: 0, count: schools)
        days = Array(repeating: Day(), count: schools * instance.dayCount)
        fullDays = Array(repeating: [], count: schools)
        visitors = Array(repeating: [], count: schools)
        rooms = Array(repeating: Use(), count: instance.roomCapacities.count * instance.problem.horizon)
        fullSlots = Array(repeating: [], count: instance.roomCapacities.count)
        localCosts = Array(repeating: 0, count: instance.tracks.count)
        score = Solution.Score(unscheduled: instance.tracks.reduce(0) { $0 + $1.priority }, cost: 0)
        for (number, held) in instance.held.enumerated() { take(held, as: instance.tracks.count + number) }
    }

    /// Counts what was held of a track, for good.
    private mutating func take(_ held: Instance.Held, as number: Int) {
        for attendance in held.attendances { update(attendance, track: number, by: 1) }
        for person in held.team {
            updateCounts(of: person, Membership(track: Int32(number), group: Int32(held.group), isPinned: true), by: 1)
        }
    }

    /// Of how many tracks of a track's group a person is in the team, and how many of them no choice can change.
    func teamCount(_ person: Int, inGroupOf track: Instance.Track) -> (all: Int, pinned: Int) {
        guard !memberships.isEmpty else { return (trackCounts[person], pinnedTrackCounts[person]) }
        return memberships[person].reduce(into: (0, 0)) { counts, membership in
            guard Int(membership.group) == track.group else { return }
            counts.0 += 1
            if membership.isPinned { counts.1 += 1 }
        }
    }

    /// Whether a person may be in the team of one more track, as far as their limit goes: those who were in its team
    /// before are counted already.
    func hasCapacity(_ person: Int, for track: Instance.Track) -> Bool {
        let limit = instance.maxTracks(person, track)
        // In all groups together they are no fewer than in one, and that number is at hand.
        return trackCounts[person] < limit || teamCount(person, inGroupOf: track).all < limit
            || track.formerTeam.contains(person)
    }

    /// Whether somebody fills a role in a track with which this one shares nobody; of two pins that is not asked.
    func isTaken(_ person: Int, apartFrom track: Instance.Track, isPinned: Bool = false) -> Bool {
        track.apart.contains { other in
            placements[other]?.people.contains(person) ?? false
                && !(isPinned && instance.tracks[other].pinnedPeople.contains(person))
        }
    }

    /// How many tracks more than the limit a person would have with this one; at most 0 where the rule allows it.
    func excessTracks(_ person: Int, with track: Instance.Track) -> Int {
        let limit = instance.maxTracks(person, track)
        guard trackCounts[person] >= limit, !track.formerTeam.contains(person) else { return 0 }
        let count = teamCount(person, inGroupOf: track)
        let pinned = count.pinned + (track.pinnedPeople.contains(person) ? 1 : 0)
        return count.all + 1 > max(limit, pinned) ? count.all + 1 - limit : 0
    }

    /// The uses of a school on a day.
    func day(_ school: Int, _ day: Int) -> Day { days[school * instance.dayCount + day] }

    /// The sessions in a room in a slot.
    func use(_ room: Int, _ slot: Int) -> Use { rooms[room * instance.problem.horizon + slot] }

    /// How many tracks of a school have people of another in their team.
    func visits(to school: Int, from other: Int) -> Int { visitors[school].first { $0.school == other }?.count ?? 0 }

    /// Whether somebody attends anything by a role on a local day.
    func isAway(_ person: Int, _ day: Int) -> Bool {
        bookings[person].contains { $0.isByRole && Int($0.day) == day }
    }

    /// Whether somebody has another session in these slots, or too near to them; two pins may clash.
    func isElsewhere(_ person: Int, start: Int, end: Int, isPinned: Bool = false) -> Bool {
        bookings[person].contains { instance.clash((start, end, isPinned), (Int($0.start), Int($0.end), $0.isPinned)) }
    }

    /// How many sessions somebody has on a local day, and in its week.
    func sessions(_ person: Int, _ day: Int) -> (inDay: Int, inWeek: Int) {
        let week = instance.week(day)
        return bookings[person].reduce(into: (0, 0)) { counts, booking in
            if Int(booking.day) == day { counts.0 += 1 }
            if instance.week(Int(booking.day)) == week { counts.1 += 1 }
        }
    }

    /// Whether a track's school can host on a local day (rule 7).
    func canHost(_ track: Instance.Track, _ day: Int) -> Bool {
        guard track.school >= 0, instance.schoolLimits[track.school] < .max else { return true }
        let use = self.day(track.school, day)
        return use.hosting > 0 || use.count < instance.schoolLimits[track.school]
    }

    /// Places a track that is not placed.
    mutating func place(_ index: Int, _ placement: Placement) {
        placements[index] = placement
        localCosts[index] = instance.localCosts(index, placement).total
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
        for (stage, start) in zip(track.stages, placement.starts) {
            if stage.room >= 0 { updateRoom(stage, start, by: sign) }
            if track.school >= 0 {
                change(track.school, day: instance.day(start, offset: track.offset)) {
                    $0.hosting += Int16(sign)
                    if stage.isPinned { $0.pinnedHosting += Int16(sign) }
                }
            }
        }
        updateTeam(index, placement.people, by: sign)
    }

    private mutating func update(_ attendance: Instance.Attendance, track: Int, by sign: Int) {
        let person = attendance.person
        let data = instance.people[person]
        let day = instance.day(attendance.start, offset: data.offset)
        let booking = Booking(
            start: Int32(attendance.start), end: Int32(clamping: attendance.end), track: Int32(track), day: Int32(day),
            isPinned: attendance.isPinned, isByRole: attendance.isByRole)
        if sign < 0 {
            let position = bookings[person].firstIndex { $0.track == booking.track && $0.start == booking.start }
            if let position { bookings[person].remove(at: position) }
        }
        if attendance.isByRole, data.school >= 0 {
            let others = bookings[person].lazy.filter { $0.isByRole && $0.day == booking.day }
            let (isFirst, isFirstPinned) = (others.isEmpty, !others.contains { $0.isPinned })
            change(data.school, day: day) {
                if isFirst { $0.away += Int16(sign) }
                if attendance.isPinned, isFirstPinned { $0.pinnedAway += Int16(sign) }
            }
        }
        if sign > 0 { bookings[person].append(booking) }
    }

    private mutating func change(_ school: Int, day: Int, body: (inout Day) -> Void) {
        let position = school * instance.dayCount + day
        let limit = instance.schoolLimits[school]
        let wasFull = days[position].count >= limit
        body(&days[position])
        let isFull = days[position].count >= limit
        if isFull, !wasFull {
            fullDays[school].append(day)
        } else if wasFull, !isFull {
            fullDays[school].removeAll { $0 == day }
        }
    }

    private mutating func updateRoom(_ stage: Instance.Stage, _ start: Int, by sign: Int) {
        let capacity = instance.roomCapacities[stage.room]
        // Only a pinned session reaches beyond the horizon, where nobody else can be.
        for slot in start..<min(start + stage.slots, instance.problem.horizon) {
            let position = stage.room * instance.problem.horizon + slot
            rooms[position].count += Int32(sign)
            if stage.isPinned { rooms[position].pinned += Int32(sign) }
            let count = Int(rooms[position].count)
            guard count == (sign > 0 ? capacity : capacity - 1) else { continue }
            let place = fullSlots[stage.room].partitioningIndex { $0 >= slot }
            if sign > 0 {
                fullSlots[stage.room].insert(slot, at: place)
            } else {
                fullSlots[stage.room].remove(at: place)
            }
        }
    }

    private mutating func updateTeam(_ index: Int, _ people: [Int], by sign: Int) {
        let track = instance.tracks[index]
        for (seat, person) in people.enumerated() where !people[..<seat].contains(person) {
            if !track.formerTeam.contains(person) {
                let isPinned = track.pinnedPeople.contains(person)
                let membership = Membership(track: Int32(index), group: Int32(track.group), isPinned: isPinned)
                updateCounts(of: person, membership, by: sign)
            }
            let school = instance.people[person].school
            guard school >= 0 else { continue }
            let isFirstOfSchool = !people[..<seat].contains { instance.people[$0].school == school }
            if track.school >= 0, school != track.school, isFirstOfSchool {
                updateVisits(school, track.school, by: sign)
            }
        }
    }

    private mutating func updateCounts(of person: Int, _ membership: Membership, by sign: Int) {
        let before = trackCounts[person]
        trackCounts[person] += sign
        if membership.isPinned { pinnedTrackCounts[person] += sign }
        if sign > 0, !memberships.isEmpty {
            memberships[person].append(membership)
        } else if !memberships.isEmpty {
            memberships[person].removeAll { $0.track == membership.track }
        }
        score.cost += instance.weights.load * (trackCounts[person] * trackCounts[person] - before * before)
        let school = instance.people[person].school
        guard school >= 0 else { return }
        let seatsBefore = seats[school]
        seats[school] += sign
        score.cost += instance.weights.balance * (seats[school] * seats[school] - seatsBefore * seatsBefore)
    }

    private mutating func updateVisits(_ from: Int, _ to: Int, by sign: Int) {
        let before = visits(to: to, from: from)
        if let position = visitors[to].firstIndex(where: { $0.school == from }) {
            visitors[to][position].count += sign
            if visitors[to][position].count == 0 { visitors[to].remove(at: position) }
        } else {
            visitors[to].append((from, sign))
        }
        let isReturned = visits(to: from, from: to) > 0
        if isReturned, before == 0 || before + sign == 0 { score.cost += sign * instance.weights.reciprocal }
    }
}
