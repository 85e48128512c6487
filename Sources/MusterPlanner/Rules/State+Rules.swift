// The hard rules of a placement beside everything that is placed already, with the exemptions of rule 9.

extension State {
    /// The first rule that a placement of an unplaced track breaks, or nil where it is legal.
    func obstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        startObstacle(index, placement) ?? orderObstacle(index, placement) ?? teamObstacle(index, placement)
            ?? diaryObstacle(index, placement) ?? schoolObstacle(index, placement) ?? roomObstacle(index, placement)
    }

    // MARK: Rules 1 and 3

    private func startObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        for (number, stage) in instance.tracks[index].stages.enumerated() where !stage.isPinned {
            if !stage.starts.contains(placement.starts[number]) { return .start(stage: stageID(index, number)) }
        }
        return nil
    }

    private func orderObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        for number in track.stages.indices.dropFirst() {
            let (before, stage) = (track.stages[number - 1], track.stages[number])
            if before.isPinned, stage.isPinned { continue }
            let (from, to) = (placement.starts[number - 1], placement.starts[number])
            let gap = openDays(track, from, to)
            if from + before.slots > to || !stage.gap.contains(gap) { return .order(stage: stageID(index, number)) }
        }
        return nil
    }

    private func openDays(_ track: Instance.Track, _ from: Int, _ to: Int) -> Int {
        instance.openDays(track, instance.day(to, offset: track.offset))
            - instance.openDays(track, instance.day(from, offset: track.offset))
    }

    // MARK: Rules 5 and 6

    private func teamObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        for (number, role) in track.roles.enumerated() {
            if placement.team[number].count != role.count {
                return .role(person: "", role: roleID(index, number), .count)
            }
            for person in placement.team[number] where !role.pinned.contains(person) {
                if let obstacle = roleObstacle(index, number, person) {
                    return .role(person: personID(person), role: roleID(index, number), obstacle)
                }
            }
        }
        return togetherObstacle(index, placement) ?? presenceObstacle(index, placement)
    }

    /// Why a person alone may not fill a role of a track.
    func roleObstacle(_ index: Int, _ role: Int, _ person: Int) -> Obstacle.RoleObstacle? {
        let track = instance.tracks[index]
        let data = instance.people[person]
        if !data.qualifications.contains(track.roles[role].id) { return .notQualified }
        if data.school >= 0, data.school == track.school { return .ownSchool }
        if track.excluded.contains(person) { return .excluded }
        return track.required.contains(person) ? .required : nil
    }

    private func togetherObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        var seats: [(person: Int, role: Int, isPinned: Bool)] = []
        for (number, role) in track.roles.enumerated() {
            for person in placement.team[number] {
                let isPinned = role.pinned.contains(person)
                for other in seats where !(isPinned && other.isPinned) {
                    let (school, otherSchool) = (instance.people[person].school, instance.people[other.person].school)
                    let obstacle: Obstacle.RoleObstacle? =
                        other.person == person
                        ? .twice : track.distinctSchools && school >= 0 && school == otherSchool ? .sameSchool : nil
                    if let obstacle {
                        return .role(person: personID(person), role: roleID(index, number), obstacle)
                    }
                }
                seats.append((person, number, isPinned))
            }
        }
        return nil
    }

    private func presenceObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        for (number, stage) in track.stages.enumerated() where stage.isInPerson {
            for role in stage.roles {
                for person in placement.team[role]
                where instance.people[person].region != track.region && !track.roles[role].pinned.contains(person)
                    && !stage.required.contains(person)
                {
                    return .presence(person: personID(person), stage: stageID(index, number))
                }
            }
        }
        return nil
    }

    // MARK: Rules 2, 4 and 7 of people

    private func diaryObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let attendances = instance.attendances(index, placement)
        for (position, attendance) in attendances.enumerated() {
            let person = attendance.person
            if !attendance.isPinned, !instance.covers(person, attendance.start, attendance.end) {
                return .notFree(
                    person: personID(person), stage: stageID(index, attendance.stage), from: attendance.start,
                    to: attendance.end)
            }
            for other in bookings[person] where clashes(attendance, other.start, other.end, other.isPinned) {
                return .doubleBooked(
                    person: personID(person), stage: stageID(index, attendance.stage), other: trackID(other.track))
            }
            for other in attendances[..<position] where other.person == person {
                if clashes(attendance, other.start, other.end, other.isPinned) {
                    return .doubleBooked(
                        person: personID(person), stage: stageID(index, attendance.stage), other: trackID(index))
                }
            }
        }
        for person in Set(attendances.map(\.person)).sorted() {
            let own = attendances.filter { $0.person == person }
            if let limit = limitObstacle(person, own) { return .personLimit(person: personID(person), limit: limit) }
        }
        let track = instance.tracks[index]
        for person in Set(placement.members).sorted() {
            let pinned = pinnedTrackCounts[person] + (track.pinnedPeople.contains(person) ? 1 : 0)
            if trackCounts[person] + 1 > max(instance.people[person].maxTracks, pinned) {
                return .personLimit(person: personID(person), limit: "maxTracks")
            }
        }
        return nil
    }

    private func clashes(_ attendance: Instance.Attendance, _ start: Int, _ end: Int, _ isPinned: Bool) -> Bool {
        !(attendance.isPinned && isPinned) && attendance.start < end + instance.buffer
            && start < attendance.end + instance.buffer
    }

    private func limitObstacle(_ person: Int, _ own: [Instance.Attendance]) -> String? {
        let data = instance.people[person]
        guard data.maxPerDay < .max || data.maxPerWeek < .max else { return nil }
        let days = own.map { (instance.day($0.start, offset: data.offset), $0.isPinned) }
        let all = bookings[person].map { ($0.day, $0.isPinned) } + days
        for (day, _) in days {
            let sameDay = all.filter { $0.0 == day }
            if sameDay.count > max(data.maxPerDay, sameDay.filter(\.1).count) { return "maxPerDay" }
            let sameWeek = all.filter { instance.week($0.0) == instance.week(day) }
            if sameWeek.count > max(data.maxPerWeek, sameWeek.filter(\.1).count) { return "maxPerWeek" }
        }
        return nil
    }

    // MARK: Rule 7 of schools, rule 8

    private func schoolObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        var used: [Pair: Day] = [:]
        for attendance in instance.attendances(index, placement) where attendance.isByRole {
            let person = instance.people[attendance.person]
            guard person.school >= 0, instance.schoolLimits[person.school] < .max else { continue }
            let key = Pair(from: person.school, to: instance.day(attendance.start, offset: person.offset))
            var day = used[key] ?? days[key] ?? Day()
            day.away[attendance.person, default: (0, 0)].count += 1
            if attendance.isPinned { day.away[attendance.person, default: (0, 0)].pinned += 1 }
            used[key] = day
        }
        if track.school >= 0, instance.schoolLimits[track.school] < .max {
            for (stage, start) in zip(track.stages, placement.starts) {
                let key = Pair(from: track.school, to: instance.day(start, offset: track.offset))
                var day = used[key] ?? days[key] ?? Day()
                day.hosting += 1
                if stage.isPinned { day.pinnedHosting += 1 }
                used[key] = day
            }
        }
        for (key, day) in used.sorted(by: { ($0.key.from, $0.key.to) < ($1.key.from, $1.key.to) }) {
            let count = day.away.count + (day.hosting > 0 ? 1 : 0)
            let pinned = day.away.values.filter { $0.pinned > 0 }.count + (day.pinnedHosting > 0 ? 1 : 0)
            if count > max(instance.schoolLimits[key.from], pinned) {
                return .schoolLimit(school: schoolID(key.from), day: key.to)
            }
        }
        return nil
    }

    private func roomObstacle(_ index: Int, _ placement: Placement) -> Obstacle? {
        let track = instance.tracks[index]
        var own: [Pair: (count: Int, pinned: Int)] = [:]
        for (number, stage) in track.stages.enumerated() where stage.room >= 0 {
            for slot in placement.starts[number]..<placement.starts[number] + stage.slots {
                let key = Pair(from: stage.room, to: slot)
                var use = own[key] ?? roomUse[stage.room][slot] ?? (0, 0)
                use.count += 1
                if stage.isPinned { use.pinned += 1 }
                own[key] = use
                if use.count > max(instance.roomCapacities[stage.room], use.pinned) {
                    return .room(instance.problem.rooms[stage.room].id, stage: stageID(index, number))
                }
            }
        }
        return nil
    }

    // MARK: Names

    func personID(_ index: Int) -> String { instance.problem.people[index].id }
    func trackID(_ index: Int) -> String { instance.problem.tracks[index].id }
    func stageID(_ track: Int, _ stage: Int) -> String { instance.problem.tracks[track].stages[stage].id }
    func roleID(_ track: Int, _ role: Int) -> String { instance.problem.tracks[track].roles[role].id }
    func schoolID(_ index: Int) -> String { String(decoding: instance.schoolNames[index].utf8, as: UTF8.self) }
}
