/// Something that would have to be wider for a placement to be legal, by index, and how far it goes.
struct Widening: Hashable {
    enum Kind: Hashable {
        case free(person: Int, from: Int, to: Int)
        case stageFree(stage: Int, from: Int, to: Int)
        case window(stage: Int, SlotRange)
        case gap(stage: Int, SlotRange)
        case day(stage: Int, Int)
        case maxTracks(person: Int, Int)
        case maxPerDay(person: Int, Int)
        case maxPerWeek(person: Int, Int)
        case school(Int, Int)
        case room(Int, from: Int, to: Int, capacity: Int)
        case qualify(person: Int, role: Int)
    }

    let kind: Kind
    let size: Int
}

extension State {
    /// The least that would have to be wider for a placement of an unplaced track to be legal beside all that stands;
    /// nil where nothing that can be widened would help.
    ///
    /// - Parameter most: how many things at most; more give nil.
    func widenings(_ index: Int, _ placement: Placement, most: Int = 3) -> [Widening]? {
        var found: [Widening] = []
        let track = instance.tracks[index]
        for (number, stage) in track.stages.enumerated() where !stage.isPinned {
            var place = 0
            let start = placement.starts[number]
            guard instance.widen(stage: number, of: track, at: start, from: &place, { found.append($0) }) else {
                return nil
            }
        }
        for number in track.stages.indices.dropFirst() {
            guard let gap = instance.gapWidening(track, number: number, starts: placement.starts) else { return nil }
            found += gap
        }
        guard found.count <= most, let team = teamWidenings(index, placement) else { return nil }
        found += team
        guard found.count <= most, let diary = diaryWidenings(index, placement) else { return nil }
        found += diary + schoolWidenings(index, placement) + roomWidenings(index, placement)
        return found.count <= most ? found : nil
    }

    private func teamWidenings(_ index: Int, _ placement: Placement) -> [Widening]? {
        var found: [Widening] = []
        let track = instance.tracks[index]
        guard !track.isOverfull else { return nil }
        for (seat, person) in placement.people.enumerated() {
            let role = track.seatRoles[seat]
            let isPinned = track.roles[role].pinned.contains(person)
            guard !isTaken(person, apartFrom: track, isPinned: isPinned) else { return nil }
            guard !isPinned else { continue }
            guard instance.roleObstacle(track, role: role, person: person, ignoringQualification: true) == nil,
                togetherObstacle(track, people: placement.people, seat: seat) == nil
            else { return nil }
            if !instance.people[person].qualifications.contains(track.roles[role].id) {
                found.append(Widening(kind: .qualify(person: person, role: role), size: 1))
            }
        }
        return presenceObstacle(index, placement) == nil ? found : nil
    }

    private func diaryWidenings(_ index: Int, _ placement: Placement) -> [Widening]? {
        let attendances = instance.attendances(index, placement)
        var found: [Widening] = []
        for (position, attendance) in attendances.enumerated() {
            let person = attendance.person
            if !attendance.isPinned,
                let missing = instance.people[person].free.missing(attendance.start, attendance.end)
            {
                found.append(
                    Widening(
                        kind: .free(person: person, from: missing.from, to: missing.to), size: missing.to - missing.from
                    ))
            }
            let own = (attendance.start, attendance.end, attendance.isPinned)
            let clashesWithin = attendances[..<position].contains {
                $0.person == person && instance.clash(own, ($0.start, $0.end, $0.isPinned))
            }
            let isElsewhere = isElsewhere(
                person, start: attendance.start, end: attendance.end, isPinned: attendance.isPinned)
            guard !clashesWithin, !isElsewhere else { return nil }
        }
        for person in attendances.map(\.person).unique { found += limitWidenings(person, attendances) }
        let track = instance.tracks[index]
        for person in placement.people.unique {
            let excess = excessTracks(person, with: track)
            if excess > 0 {
                let limit = instance.maxTracks(person, track) + excess
                found.append(Widening(kind: .maxTracks(person: person, limit), size: excess))
            }
        }
        return found
    }

    private func limitWidenings(_ person: Int, _ attendances: [Instance.Attendance]) -> [Widening] {
        let data = instance.people[person]
        guard data.maxPerDay < .max || data.maxPerWeek < .max else { return [] }
        let counts = attendances.filter { $0.person == person }.map { self.counts($0, with: attendances) }
        let inDay = counts.map(\.inDay).filter { $0.isOver(data.maxPerDay) }.map(\.count).max()
        let inWeek = counts.map(\.inWeek).filter { $0.isOver(data.maxPerWeek) }.map(\.count).max()
        return [
            inDay.map { Widening(kind: .maxPerDay(person: person, $0), size: $0 - data.maxPerDay) },
            inWeek.map { Widening(kind: .maxPerWeek(person: person, $0), size: $0 - data.maxPerWeek) },
        ].compactMap(\.self)
    }

    private func schoolWidenings(_ index: Int, _ placement: Placement) -> [Widening] {
        var needed: [Int: Int] = [:]
        for (school, _, use) in schoolUses(index, placement)
        where use.count > max(instance.schoolLimits[school], use.pinnedCount) {
            needed[school] = max(needed[school] ?? 0, use.count)
        }
        return needed.sorted { $0.key < $1.key }.map { school, count in
            Widening(kind: .school(school, count), size: count - instance.schoolLimits[school])
        }
    }

    private func roomWidenings(_ index: Int, _ placement: Placement) -> [Widening] {
        let track = instance.tracks[index]
        return track.stages.indices.compactMap { number in
            let stage = track.stages[number]
            guard stage.room >= 0 else { return nil }
            let capacity = instance.roomCapacities[stage.room]
            let start = placement.starts[number]
            var (slots, most) = ([Int](), 0)
            for slot in start..<min(start + stage.slots, instance.problem.horizon) {
                let use = roomUse(stage.room, slot: slot, with: index, placement: placement)
                guard Int(use.count) > max(capacity, Int(use.pinned)) else { continue }
                slots.append(slot)
                most = max(most, Int(use.count))
            }
            guard let first = slots.first, let last = slots.last else { return nil }
            return Widening(
                kind: .room(stage.room, from: first, to: last + 1, capacity: most),
                size: (most - capacity) * (last + 1 - first))
        }
    }
}

extension Instance {
    /// Tells what would have to be wider for a stage that is not pinned to start in a slot (rule 1); false where nothing
    /// helps.
    ///
    /// - Parameter place: where an earlier start was found among the times of the stage; 0 for the first.
    @inline(__always)
    func widen(
        stage number: Int, of track: Track, at start: Int, from place: inout Int, _ body: (Widening) -> Void
    ) -> Bool {
        let stage = track.stages[number]
        let end = start + stage.slots
        let day = day(start, offset: track.offset)
        guard start >= 0, end <= problem.horizon, start.isMultiple(of: stage.startEvery),
            day == self.day(end - 1, offset: track.offset)
        else { return false }
        if start < stage.window.from || end > stage.window.to {
            let wide = SlotRange(min(start, stage.window.from), max(end, stage.window.to))
            body(
                Widening(
                    kind: .window(stage: number, wide),
                    size: (wide.to - wide.from) - (stage.window.to - stage.window.from)))
        }
        if let missing = stage.free?.missing(start, end, from: &place) {
            body(
                Widening(
                    kind: .stageFree(stage: number, from: missing.from, to: missing.to), size: missing.to - missing.from
                ))
        }
        if let days = stage.days, !days.binarySearch(day + firstDay) {
            body(Widening(kind: .day(stage: number, day + firstDay), size: 1))
        }
        return true
    }

    /// The gap that a stage would need after the one before (rule 3); nil where the order is wrong.
    func gapWidening(_ track: Track, number: Int, starts: [Int]) -> [Widening]? {
        let (before, stage) = (track.stages[number - 1], track.stages[number])
        if before.isPinned, stage.isPinned { return [] }
        guard starts[number - 1] + before.slots <= starts[number] else { return nil }
        let gap = openDays(track, from: starts[number - 1], to: starts[number])
        if stage.gap.allows(gap) { return [] }
        let wide = SlotRange(min(gap, stage.gap.from), max(gap, stage.gap.to))
        return [Widening(kind: .gap(stage: number, wide), size: stage.gap.excess(gap))]
    }
}

extension Array where Element == SlotRange {
    /// The slots from the first to the last that no interval covers, so that with them one interval covers all; nil where
    /// one does already.
    func missing(_ start: Int, _ end: Int) -> SlotRange? {
        var place = partitioningIndex { $0.to > start }
        return missing(start, end, from: &place)
    }

    /// The same for one start after the other, in order.
    ///
    /// - Parameter place: where the last start was found; 0 for the first.
    func missing(_ start: Int, _ end: Int, from place: inout Int) -> SlotRange? {
        while place < count, self[place].to <= start { place += 1 }
        if place < count, self[place].from <= start, self[place].to >= end { return nil }
        var (from, to) = (start, end)
        for range in self[place...].prefix(while: { $0.from < end }) {
            if range.from <= from { from = Swift.max(from, range.to) }
            if range.to >= to { to = Swift.min(to, range.from) }
        }
        return SlotRange(from, to)
    }
}
