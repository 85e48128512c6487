/// The ways in which rules could give in for one track, each wide open, and what a placement would need of it.
struct RepairAttempts {
    struct Attempt {
        /// The problem with one thing wide open.
        let wide: Problem
        /// What a placement needs of it; nil where it needs what cannot be said.
        let needed: (Placement) -> [Repair.Relaxation]?
    }

    /// Makes what was not free before so dear that it is used only where nothing else helps.
    private static let dear = 1000
    /// People tried for one kind of help, since each costs a search.
    private static let mostPeople = 12

    let state: State
    let index: Int

    private var problem: Problem { state.instance.problem }
    private var track: Problem.Track { problem.tracks[index] }

    /// All attempts, the likeliest to be granted first.
    var all: [Attempt] {
        requiredPeople.map(free) + stages.map(window) + stages.dropFirst().map(gap) + stages.map(day) + rooms
            + candidates.prefix(Self.mostPeople).map(free) + candidates.prefix(Self.mostPeople).compactMap(team)
            + schools + qualifications
    }

    private var stages: [Int] { Array(track.stages.indices) }

    private var requiredPeople: [Int] { state.instance.tracks[index].required.sorted() }

    /// Those who may fill a role of the track, the least busy first.
    private var candidates: [Int] {
        let able = Set(Insertion.candidates(index, instance: state.instance).flatMap { $0 })
        return able.sorted { (state.trackCounts[$0], $0) < (state.trackCounts[$1], $1) }
    }

    private func attempt(
        _ change: (inout Problem) -> Void, _ needed: @escaping (Placement) -> [Repair.Relaxation]?
    ) -> Attempt {
        var wide = problem
        change(&wide)
        return Attempt(wide: wide, needed: needed)
    }

    // MARK: People

    private func free(_ person: Int) -> Attempt {
        attempt { wide in
            var gaps: [WeightedRange] = []
            var last = 0
            for range in problem.people[person].free + [SlotRange(problem.horizon, problem.horizon)] {
                if last < range.from { gaps.append(WeightedRange(last, range.from, weight: Self.dear)) }
                last = max(last, range.to)
            }
            wide.people[person].free = [SlotRange(0, problem.horizon)]
            wide.people[person].avoid = (problem.people[person].avoid + gaps).sorted { $0.from < $1.from }
        } _: { placement in
            state.instance.attendances(index, placement).filter {
                $0.person == person && !state.instance.covers(person, $0.start, $0.end)
            }.map { attendance in
                let missing = (attendance.start..<attendance.end).filter { !state.instance.covers(person, $0, $0 + 1) }
                return .free(
                    person: state.personID(person), from: missing.first ?? attendance.start,
                    to: (missing.last ?? attendance.end - 1) + 1)
            }
        }
    }

    private func team(_ person: Int) -> Attempt? {
        guard let limit = problem.people[person].maxTracks else { return nil }
        let value = limit + 1
        let relaxation = Repair.Relaxation.personLimit(
            person: state.personID(person), limit: "maxTracks", value: value)
        return attempt {
            $0.relax(relaxation, track: index)
        } _: { placement in
            placement.members.contains(person) && state.trackCounts[person] >= limit ? [relaxation] : nil
        }
    }

    private var qualifications: [Attempt] {
        track.roles.indices.flatMap { role -> [Attempt] in
            let id = track.roles[role].id
            let others = state.instance.people.indices.filter { person in
                !problem.people[person].qualifications.isEmpty
                    && state.roleObstacle(index, role, person) == .notQualified
            }
            return others.prefix(Self.mostPeople / 2).map { person in
                let relaxation = Repair.Relaxation.qualify(person: state.personID(person), role: id)
                return attempt {
                    $0.relax(relaxation, track: index)
                } _: {
                    $0.team[role].contains(person) ? [relaxation] : nil
                }
            }
        }
    }

    // MARK: Stages

    private func window(_ stage: Int) -> Attempt {
        let old = track.stages[stage].window ?? SlotRange(0, problem.horizon)
        return attempt {
            $0.tracks[index].stages[stage].window = SlotRange(0, problem.horizon)
        } _: { placement in
            let (start, end) = (placement.starts[stage], placement.starts[stage] + track.stages[stage].slots)
            guard start < old.from || end > old.to else { return nil }
            return [.window(stage: track.stages[stage].id, SlotRange(min(old.from, start), max(old.to, end)))]
        }
    }

    private func gap(_ stage: Int) -> Attempt {
        let old = track.stages[stage].gap ?? SlotRange(0, problem.horizon)
        return attempt {
            $0.tracks[index].stages[stage].gap = SlotRange(0, problem.horizon)
        } _: { placement in
            let data = state.instance.tracks[index]
            func open(_ number: Int) -> Int {
                state.instance.openDays(data, state.instance.day(placement.starts[number], offset: data.offset))
            }
            let gap = open(stage) - open(stage - 1)
            guard gap < old.from || gap > old.to else { return nil }
            return [.gap(stage: track.stages[stage].id, SlotRange(min(old.from, gap), max(old.to, gap)))]
        }
    }

    private func day(_ stage: Int) -> Attempt {
        let old = Set(track.stages[stage].days ?? track.days ?? [])
        let days = Array(0..<(problem.horizon + state.instance.slotsPerDay - 1) / state.instance.slotsPerDay)
        return attempt {
            $0.tracks[index].stages[stage].days = days
        } _: { placement in
            let data = state.instance.tracks[index]
            let day = state.instance.day(placement.starts[stage], offset: data.offset)
            return old.contains(day) ? nil : [.day(stage: track.stages[stage].id, day)]
        }
    }

    // MARK: Rooms and schools

    private var rooms: [Attempt] {
        Set(track.stages.compactMap(\.room)).sorted().compactMap { id in
            guard let capacity = problem.rooms.first(where: { Bytes($0.id) == Bytes(id) })?.capacity else { return nil }
            return attempt {
                $0.relax(.room(id, from: 0, to: problem.horizon, capacity: capacity + 1), track: index)
            } _: { placement in
                let full = zip(track.stages, placement.starts).filter { stage, start in
                    stage.room == id
                        && (start..<start + stage.slots).contains { slot in
                            (state.roomUse(id, slot)) >= capacity
                        }
                }
                return full.isEmpty
                    ? nil : full.map { .room(id, from: $0.1, to: $0.1 + $0.0.slots, capacity: capacity + 1) }
            }
        }
    }

    private var schools: [Attempt] {
        problem.schools.compactMap { school in
            guard let limit = school.maxPerDay else { return nil }
            let relaxation = Repair.Relaxation.schoolLimit(school: school.id, value: limit + 1)
            return attempt {
                $0.relax(relaxation, track: index)
            } _: {
                state.obstacle(index, $0) == nil ? nil : [relaxation]
            }
        }
    }
}

extension State {
    /// How many sessions use a room in a slot.
    fileprivate func roomUse(_ room: String, _ slot: Int) -> Int {
        let index = instance.problem.rooms.firstIndex { Bytes($0.id) == Bytes(room) }
        return index.flatMap { roomUse[$0][slot]?.count } ?? 0
    }
}
