// The hard rules of a placement beside everything that is placed already, with the exemptions of rule 9.

extension State {
    /// The first rule that a placement of an unplaced track breaks, or nil where it is legal.
    func obstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        startObstacle(index, placement) ?? orderObstacle(index, placement) ?? teamObstacle(index, placement)
            ?? diaryObstacle(index, placement) ?? schoolObstacle(index, placement) ?? roomObstacle(index, placement)
    }

    // MARK: Rules 1 and 3

    private func startObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        for (number, stage) in track.stages.enumerated() {
            let start = placement.starts[number]
            guard stage.pinnedStart.map({ $0 == start }) ?? instance.mayStart(track, stage: stage, start: start) else {
                return .start(stage: stageID(index, number))
            }
        }
        return nil
    }

    private func orderObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        for number in track.stages.indices.dropFirst() {
            let (before, stage) = (track.stages[number - 1], track.stages[number])
            if before.isPinned, stage.isPinned { continue }
            let (from, to) = (placement.starts[number - 1], placement.starts[number])
            guard from + before.slots <= to, stage.gap.allows(instance.openDays(track, from: from, to: to)) else {
                return .order(stage: stageID(index, number))
            }
        }
        return nil
    }

    // MARK: Rules 5 and 6

    private func teamObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        if track.isOverfull || placement.people.count != track.seatRoles.count {
            return .role(person: "", role: roleID(index, 0), .count)
        }
        for (seat, person) in placement.people.enumerated() {
            let role = track.seatRoles[seat]
            let isPinned = track.roles[role].pinned.contains(person)
            if isTaken(person, apartFrom: track, isPinned: isPinned) {
                return .role(person: personID(person), role: roleID(index, role), .taken)
            }
            guard !isPinned else { continue }
            if let obstacle = roleObstacle(index, role: role, person: person)
                ?? togetherObstacle(track, people: placement.people, seat: seat)
            {
                return .role(person: personID(person), role: roleID(index, role), obstacle)
            }
        }
        for (number, role) in track.roles.enumerated() {
            let missing = role.pinned.contains { person in !role.seats.contains { placement.people[$0] == person } }
            if missing { return .role(person: "", role: roleID(index, number), .count) }
        }
        return presenceObstacle(index, placement)
    }

    /// Why a person alone may not fill a role of a track.
    func roleObstacle(_ index: Int, role: Int, person: Int) -> Obstacle.RoleObstacle? {
        instance.roleObstacle(instance.tracks[index], role: role, person: person)
    }

    /// Why somebody who is not pinned may not sit beside the others.
    func togetherObstacle(_ track: Instance.Track, people: [Int], seat: Int) -> Obstacle.RoleObstacle? {
        let person = people[seat]
        let school = instance.people[person].school
        for (other, colleague) in people.enumerated() where other != seat {
            if colleague == person { return .twice }
            if track.distinctSchools, school >= 0, instance.people[colleague].school == school { return .sameSchool }
        }
        return nil
    }

    func presenceObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        for (number, stage) in track.stages.enumerated() where stage.isInPerson {
            for seat in stage.seats {
                let person = placement.people[seat]
                guard instance.people[person].region != track.region,
                    !track.roles[track.seatRoles[seat]].pinned.contains(person), !stage.required.contains(person)
                else { continue }
                return .presence(person: personID(person), stage: stageID(index, number))
            }
        }
        return nil
    }

    // MARK: Rules 2, 4 and 7 of people

    private func diaryObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let attendances = instance.attendances(index, placement)
        for (position, attendance) in attendances.enumerated() {
            let person = attendance.person
            if !attendance.isPinned, !instance.covers(person, start: attendance.start, end: attendance.end) {
                return .notFree(
                    person: personID(person), stage: stageID(index, attendance.stage), from: attendance.start,
                    to: attendance.end)
            }
            let stage = { stageID(index, attendance.stage) }
            let own = (attendance.start, attendance.end, attendance.isPinned)
            for other in bookings[person]
            where instance.clash(own, (Int(other.start), Int(other.end), other.isPinned)) {
                return .doubleBooked(person: personID(person), stage: stage(), other: trackID(Int(other.track)))
            }
            for other in attendances[..<position]
            where other.person == person && instance.clash(own, (other.start, other.end, other.isPinned)) {
                return .doubleBooked(person: personID(person), stage: stage(), other: trackID(index))
            }
            if let limit = limitObstacle(attendance, attendances) {
                return .personLimit(person: personID(person), limit: limit)
            }
        }
        return teamLimitObstacle(index, placement)
    }

    private func limitObstacle(_ attendance: Instance.Attendance, _ all: [Instance.Attendance]) -> String? {
        let data = instance.people[attendance.person]
        guard data.maxPerDay < .max || data.maxPerWeek < .max else { return nil }
        let counts = counts(attendance, with: all)
        if counts.inDay.isOver(data.maxPerDay) { return "maxPerDay" }
        return counts.inWeek.isOver(data.maxPerWeek) ? "maxPerWeek" : nil
    }

    /// Sessions of one person, of which some are pinned.
    struct SessionCount {
        var count = 0
        var pinned = 0

        mutating func add(isPinned: Bool) {
            count += 1
            if isPinned { pinned += 1 }
        }

        /// Whether they are more than a limit, and than what pins make of it.
        func isOver(_ limit: Int) -> Bool { count > max(limit, pinned) }
    }

    /// The sessions that somebody would have on the day and in the week of an attendance, with a track's own.
    func counts(
        _ attendance: Instance.Attendance, with all: [Instance.Attendance]
    ) -> (inDay: SessionCount, inWeek: SessionCount) {
        let offset = instance.people[attendance.person].offset
        let day = instance.day(attendance.start, offset: offset)
        let week = instance.week(day)
        var counts = (inDay: SessionCount(), inWeek: SessionCount())
        func add(_ other: Int, _ isPinned: Bool) {
            if other == day { counts.inDay.add(isPinned: isPinned) }
            if instance.week(other) == week { counts.inWeek.add(isPinned: isPinned) }
        }
        for booking in bookings[attendance.person] { add(Int(booking.day), booking.isPinned) }
        for own in all where own.person == attendance.person {
            add(instance.day(own.start, offset: offset), own.isPinned)
        }
        return counts
    }

    private func teamLimitObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        let isOver = placement.people.first { excessTracks($0, with: track) > 0 }
        return isOver.map { .personLimit(person: personID($0), limit: "maxTracks") }
    }

    // MARK: Rule 7 of schools, rule 8

    private func schoolObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let over = schoolUses(index, placement).first {
            $0.use.count > max(instance.schoolLimits[$0.school], $0.use.pinnedCount)
        }
        return over.map { .schoolLimit(school: schoolID($0.school), day: $0.day + instance.firstDay) }
    }

    /// What the schools that have limits would give on the days of a placement, with it.
    func schoolUses(_ index: Int, _ placement: Placement) -> [(school: Int, day: Int, use: Day)] {
        let track = instance.tracks[index]
        var used: [(school: Int, day: Int, use: Day)] = []
        func change(_ school: Int, day: Int, body: (inout Day) -> Void) {
            if let position = used.firstIndex(where: { $0.school == school && $0.day == day }) {
                body(&used[position].use)
            } else {
                used.append((school, day, self.day(school, day)))
                body(&used[used.count - 1].use)
            }
        }
        var own: [(person: Int, day: Int, isPinned: Bool)] = []
        for attendance in instance.attendances(index, placement) where attendance.isByRole {
            let person = instance.people[attendance.person]
            guard person.school >= 0, instance.schoolLimits[person.school] < .max else { continue }
            let day = instance.day(attendance.start, offset: person.offset)
            let others = own.filter { $0.person == attendance.person && $0.day == day }
            let isAway = !others.isEmpty || isAway(attendance.person, day)
            let isPinnedAway =
                others.contains(where: \.isPinned)
                || bookings[attendance.person].contains { $0.isByRole && $0.isPinned && Int($0.day) == day }
            change(person.school, day: day) {
                if !isAway { $0.away += 1 }
                if attendance.isPinned, !isPinnedAway { $0.pinnedAway += 1 }
            }
            own.append((attendance.person, day, attendance.isPinned))
        }
        if track.school >= 0, instance.schoolLimits[track.school] < .max {
            for (stage, start) in zip(track.stages, placement.starts) {
                change(track.school, day: instance.day(start, offset: track.offset)) {
                    $0.hosting += 1
                    if stage.isPinned { $0.pinnedHosting += 1 }
                }
            }
        }
        return used
    }

    private func roomObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        for (number, stage) in instance.tracks[index].stages.enumerated() where stage.room >= 0 {
            let start = placement.starts[number]
            for slot in start..<min(start + stage.slots, instance.problem.horizon) {
                let use = roomUse(stage.room, slot: slot, with: index, placement: placement)
                if Int(use.count) > max(instance.roomCapacities[stage.room], Int(use.pinned)) {
                    return .room(instance.problem.rooms[stage.room].id, stage: stageID(index, number))
                }
            }
        }
        return nil
    }

    /// The sessions in a room in a slot, those of a placement among them.
    func roomUse(_ room: Int, slot: Int, with index: Int, placement: Placement) -> Use {
        var use = use(room, slot)
        for (stage, start) in zip(instance.tracks[index].stages, placement.starts)
        where stage.room == room && start <= slot && slot < start + stage.slots {
            use.count += 1
            if stage.isPinned { use.pinned += 1 }
        }
        return use
    }

    // MARK: Names

    func personID(_ index: Int) -> String { instance.problem.people[index].id }
    func trackID(_ index: Int) -> String {
        let tracks = instance.problem.tracks
        return index < tracks.count ? tracks[index].id : instance.problem.held[index - tracks.count].track
    }
    func stageID(_ track: Int, _ stage: Int) -> String { instance.problem.tracks[track].stages[stage].id }
    func schoolID(_ index: Int) -> String { instance.schoolNames[index].text }

    func roleID(_ track: Int, _ role: Int) -> String {
        let roles = instance.problem.tracks[track].roles
        return role < roles.count ? roles[role].id : ""
    }
}

extension Instance {
    /// Why a person alone may not fill a role of a track (rule 5).
    func roleObstacle(
        _ track: Track, role: Int, person: Int, ignoringQualification: Bool = false
    ) -> Obstacle.RoleObstacle? {
        let data = people[person]
        if !ignoringQualification, !data.qualifications.contains(track.roles[role].id) { return .notQualified }
        if data.school >= 0, data.school == track.school { return .ownSchool }
        if track.excluded.binarySearch(person) { return .excluded }
        return track.required.contains(person) ? .required : nil
    }
}
