import CivilTime
import MusterModel
import MusterPlanner

/// Says in words what would make a track fit.
struct RepairWording {
    let programme: Programme
    let slots: Slots
    let copies: [CalendarSource: CalendarCopy]

    /// A clause that follows "It would fit if": `Ann Marsh could do Thu 11 Feb 09:30–12:00 (calendar a-marsh.ics says
    /// busy)`.
    func clause(_ repair: Repair, _ track: Track) -> String {
        let zone = programme.school(track.school)?.zone ?? .utc
        let times = repair.relaxations.compactMap { relaxation -> (person: String, span: String)? in
            guard case .free(let person, let from, let to) = relaxation else { return nil }
            return (person, Wording.span(slots.instant(from), slots.instant(to), in: zone))
        }
        if let person = times.first?.person, times.count == repair.relaxations.count {
            return "\(name(person)) could do \(Wording.list(times.map(\.span))) (\(source(person)))"
        }
        return Wording.list(repair.relaxations.map { clause($0, repair: repair, track: track, zone: zone) })
    }

    private func clause(
        _ relaxation: Repair.Relaxation, repair: Repair, track: Track, zone: TimeZoneRules
    ) -> String {
        switch relaxation {
        case .free(let person, let from, let to):
            return "\(name(person)) could do \(Wording.span(slots.instant(from), slots.instant(to), in: zone))"
        case .stageFree(let stage, _, _):
            return
                "the \(stageName(stage, track)) could be outside its times of day, on \(when(stage, repair: repair, track: track, zone: zone))"
        case .window(let stage, _):
            return
                "the \(stageName(stage, track)) could be outside the cycle’s dates, on \(when(stage, repair: repair, track: track, zone: zone))"
        case .gap(let stage, let gap):
            let old = track.stages.first { $0.id == stage }?.gap ?? 0...0
            let days = gap.from < old.lowerBound ? gap.from : gap.to
            return
                "the \(stageName(stage, track)) could follow \(Wording.count(days, "school day")) after the stage before it, on \(when(stage, repair: repair, track: track, zone: zone))"
        case .day(let stage, _):
            return "the \(stageName(stage, track)) could be on \(when(stage, repair: repair, track: track, zone: zone))"
        case .personLimit(let person, "maxPerDay", let value):
            return "\(name(person)) could come to \(Wording.count(value, "session")) on one day"
        case .personLimit(let person, "maxPerWeek", let value):
            return "\(name(person)) could come to \(Wording.count(value, "session")) in one week"
        case .personLimit(let person, _, let value):
            return "\(name(person)) could be in \(Wording.count(value, "team"))"
        case .schoolLimit(let school, let value):
            return
                "\(programme.name(of: SchoolID(school))) could let \(Wording.count(value, "person")) out on one day"
        case .room(let room, let from, let to, let capacity):
            return
                "the room \(programme.room(room)?.name ?? room) could hold \(Wording.count(capacity, "session")) on \(Wording.span(slots.instant(from), slots.instant(to), in: zone))"
        case .qualify(let person, let role): return "\(name(person)) could be \(Wording.role(role))"
        }
    }

    private func when(_ stage: String, repair: Repair, track: Track, zone: TimeZoneRules) -> String {
        guard let start = repair.starts[stage], let length = track.stages.first(where: { $0.id == stage })?.length
        else {
            return "another day"
        }
        return Wording.span(slots.instant(start), slots.instant(start) + length * 60, in: zone)
    }

    /// What says that the person cannot.
    private func source(_ person: String) -> String {
        guard
            let calendar = programme.person(PersonID(person))?.calendars.first(where: { copies[$0]?.succeeded != nil })
        else {
            return "not within their hours"
        }
        return "hours, or the calendar \(calendar.label), say otherwise"
    }

    private func stageName(_ id: String, _ track: Track) -> String {
        Wording.inSentence(track.stages.first { $0.id == id }?.name ?? id)
    }

    private func name(_ id: String) -> String { programme.name(of: PersonID(id)) }
}
