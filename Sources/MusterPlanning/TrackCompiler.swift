import CivilTime
import ConcurrentMap
import MusterModel
import MusterPlanner

/// Compiles one host's run, or one training event.
struct TrackCompiler {
    let programme: Programme
    let slots: Slots
    let context: ProblemCompiler.Context
    let days: SchoolDayTable
    let stageTimes: Memo<StageTimes.Key, StageTimes>
    /// Sessions of the track that have begun.
    let held: [Ledger.HeldSession]
    /// What is published, by track.
    let published: [TrackID: Plan.PlannedTrack]
    /// Within which teams count for the limit of a person.
    let group: String
    /// Those who said no to one of its sessions.
    let declined: Set<PersonID>

    func track(_ track: Track, stages: [Stage]) -> Problem.Track {
        guard let school = programme.school(track.school) else {
            return Problem.Track(id: track.id.rawValue, stages: [])
        }
        var compiled = Problem.Track(
            id: track.id.rawValue,
            stages: stages.enumerated().map { stage($1, isFirst: $0 == 0, of: track, at: school) })
        compiled.group = group
        compiled.school = school.id.rawValue
        compiled.region = school.region
        compiled.offset = slots.offset(school.zone)
        compiled.days = days.open(school)
        switch track.kind {
        case .host(let host): fill(&compiled, host: host, cycle: track.cycle, school: school, stages: stages)
        case .training(let event):
            let required = programme.posts(of: event.required)
            compiled.required = required.map(\.rawValue)
            compiled.optional = event.invited.filter { !required.contains(programme.post(of: $0)) }.map(\.rawValue)
            compiled.priority = 1
        }
        return compiled
    }

    private func fill(
        _ compiled: inout Problem.Track, host: Host, cycle: Cycle, school: School, stages: [Stage]
    ) {
        let attending = Set(stages.flatMap(\.attend))
        compiled.theme = host.theme
        compiled.priority = host.priority
        let speakers = programme.posts(of: host.people)
        if stages.allSatisfy({ $0.attend.contains("host") }) { compiled.required = speakers.map(\.rawValue) }
        compiled.optional = host.optional.filter { !speakers.contains(programme.post(of: $0)) }.map(\.rawValue)
        compiled.distinctSchools = cycle.rules.distinctSchools
        compiled.wantsOutside = cycle.rules.prefersOutsideRegion
        compiled.roles = cycle.team.filter { attending.contains($0.id) }.map {
            Problem.Role(id: $0.id, count: $0.count)
        }
        if cycle.rules.earlierTeam == .never {
            compiled.apart = programme.tracks(hosting: school.id).filter { $0.cycle.id != cycle.id }.map(\.id.rawValue)
        }
        let conflicts = ConflictRules(programme: programme, cycle: cycle, ledger: context.ledger)
        let excluded = programme.posts(of: conflicts.excluded(from: host, at: school) + declined.sorted())
        compiled.excluded = excluded.map(\.rawValue)
        compiled.previous = programme.posts(of: conflicts.betterElsewhere(than: host, at: school, except: [])).filter {
            !excluded.contains($0)
        }.map(\.rawValue)
    }

    // MARK: Stages

    private func stage(_ stage: Stage, isFirst: Bool, of track: Track, at school: School) -> Problem.Stage {
        let slotCount = (stage.length + Slots.minutes - 1) / Slots.minutes
        var compiled = Problem.Stage(id: stage.id, slots: slotCount)
        let host = track.host
        compiled.roles = host == nil ? [] : stage.attend.filter { $0 != "host" }
        if let host, stage.attend.contains("host"), !track.stages.allSatisfy({ $0.attend.contains("host") }) {
            compiled.required = programme.posts(of: host.people).map(\.rawValue)
        }
        compiled.room = stage.room
        compiled.inPerson = stage.mode == .inPerson
        compiled.startEvery = max(1, stage.startEvery / Slots.minutes)
        let window = window(of: stage, track, at: school)
        let near = near(stage, of: track)
        compiled.window = SlotRange(min(window.from, near?.from ?? window.from), max(window.to, near?.to ?? window.to))
        if !isFirst { compiled.gap = stage.gap.map { SlotRange($0.lowerBound, $0.upperBound) } }
        let times = times(of: stage, in: track, at: school)
        let dates =
            held.isEmpty
            ? times.dates : times.dates.filter { follows(stage, date: $0, track: track, school: school) }
        compiled.days = dates.map(slots.day)
        compiled.free = near.map { SlotSets.intersect(times.hours, SlotSets.union([$0, window])) } ?? times.hours
        compiled.avoid = times.avoid
        return compiled
    }

    private func times(of stage: Stage, in track: Track, at school: School) -> StageTimes {
        let work = { StageTimes(stage, of: track.cycle, at: school, slots: slots) }
        guard let number = days.number(of: school.id) else { return work() }
        let key = StageTimes.Key(
            cycle: track.cycle.id, stage: stage.id, isTraining: track.host == nil, days: number, phase: school.phase,
            zone: school.zone.name)
        return stageTimes.value(of: key, work)
    }

    /// The time of a published session that begins within the notice: nothing new may be there, but it may stay.
    private func near(_ stage: Stage, of track: Track) -> SlotRange? {
        let sessions = published[track.id]?.sessions ?? []
        guard let session = sessions.first(where: { $0.stage == stage.id }), session.start > context.now,
            session.start < context.earliest
        else { return nil }
        return slots.touched(session.start, session.end)
    }

    private func window(of stage: Stage, _ track: Track, at school: School) -> SlotRange {
        let dates: ClosedRange<CivilDate>
        switch track.kind {
        case .host: dates = track.cycle.dates
        case .training(let event): dates = event.dates
        }
        let from = school.zone.instant(LocalDateTime(date: dates.lowerBound))
        let to = school.zone.instant(LocalDateTime(date: dates.upperBound + 1))
        let trained = stage.training.flatMap { end(of: $0, of: track.cycle) }
        return slots.inside(max(from, context.earliest, trained ?? from), to)
    }

    /// When a training event is over: as it was held or is published, else on the last day on which it may be.
    private func end(of training: StageID, of cycle: Cycle) -> Instant? {
        guard let track = programme.track(TrackID(cycle.id, training)), case .training(let event) = track.kind else {
            return nil
        }
        let held = context.ledger.sessions(of: track).first?.end
        let published = published[track.id]?.sessions.first?.end
        let zone = programme.school(track.school)?.zone ?? .utc
        return held ?? published ?? zone.instant(LocalDateTime(date: event.dates.upperBound + 1))
    }

    /// Whether a day keeps the gap to the stage before, where that has been held already.
    private func follows(_ stage: Stage, date: CivilDate, track: Track, school: School) -> Bool {
        guard let index = track.stages.firstIndex(where: { $0.id == stage.id }), index > 0,
            let before = held.first(where: { $0.stage == track.stages[index - 1].id })
        else { return true }
        let day = school.zone.local(before.start).date
        guard date > day else { return false }
        let gap = days.openDays(of: school, after: slots.day(day), through: slots.day(date))
        return stage.gap?.contains(gap) ?? true
    }
}
