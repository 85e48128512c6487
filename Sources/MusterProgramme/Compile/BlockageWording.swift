import CivilTime
import MusterModel
import MusterPlanner

/// Says in words what stops a track, and what could be done.
struct BlockageWording {
    let programme: Programme
    let copies: [CalendarSource: CalendarCopy]

    func reason(_ blockage: Explanation.Blockage, _ track: Track) -> String {
        switch blockage.kind {
        case .noTime(let stage):
            return "no day and time between \(span(track)) is allowed for the \(name(stage, track)): its weekdays, times and kinds of day leave none."
        case .requiredBusy(let stage, let people):
            let names = Wording.list(people.map(personName))
            return people.count == 1
                ? "\(names), who must be there, is never free when the \(name(stage, track)) could be (\(span(track)))."
                : "\(names), who must all be there, are never free together when the \(name(stage, track)) could be (\(span(track)))."
        case .roomFull(let stage, let room):
            return "the room \(programme.room(room)?.name ?? room) is taken whenever the \(name(stage, track)) could be."
        case .schoolFull(let stage):
            return "too many people of the host school are out on every day on which the \(name(stage, track)) could be."
        case .tooFew(let role, let needed, let able, let ruledOut):
            return tooFew(role, needed, able, ruledOut, track)
        case .roleBusy(let role, let stage, let able):
            return "none of the \(able) who may be \(Wording.part(role)) here is free for the \(name(stage, track)) between \(span(track)) at a time that suits the host, or they have enough already."
        case .order:
            return "each stage could be held, but not one after the other with the days between them that the cycle asks for."
        case .combination:
            return "people, times and rooms are each there, but never together: what others have taken leaves no place for the whole run."
        }
    }

    func remedies(_ blockages: [Explanation.Blockage], _ track: Track) -> [String] {
        blockages.flatMap { blockage -> [String] in
            switch blockage.kind {
            case .noTime(let stage): ["the \(name(stage, track)) were allowed on more weekdays, times or kinds of day"]
            case .requiredBusy(let stage, let people):
                ["\(Wording.list(people.map(personName), "or")) were free for the \(name(stage, track)) (\(calendarNote(people)))",
                    "someone else spoke for the school (\"people\" in the cycle's \"hosts\")"]
            case .roomFull(_, let room): ["the room \(programme.room(room)?.name ?? room) could hold more sessions at once (muster.yaml)"]
            case .schoolFull: ["the school let more people out on one day (\"out-at-once\")"]
            case .tooFew(let role, _, _, _): ["more people had the role \"\(role)\" (people.csv)"]
            case .roleBusy(let role, _, _):
                ["one more person could be \(Wording.part(role)) (people.csv, \"roles\" or \"max-teams\")", "the cycle had more days"]
            case .order: ["the cycle were longer, or \"after\" asked for less between its stages"]
            case .combination: ["the cycle were longer, or more people could fill its roles"]
            }
        }
    }

    private func tooFew(
        _ role: String, _ needed: Int, _ able: Int, _ ruledOut: [Obstacle.RoleObstacle: Int], _ track: Track
    ) -> String {
        let causes = ruledOut.sorted { $0.key.rawValue < $1.key.rawValue }.map { obstacle, count in
            switch obstacle {
            case .ownSchool: "\(count) of the school itself"
            case .excluded: "\(count) by trust, declared interests or earlier teams"
            case .required: "\(count) who must be there anyway"
            case .notQualified, .twice, .sameSchool: "\(count) for other reasons"
            }
        }
        let out = causes.isEmpty ? "" : " (ruled out: \(Wording.list(causes)))"
        return "\(Wording.count(needed, "person")) with the role \(Wording.part(role)) \(needed == 1 ? "is" : "are") needed and \(able) may do it here\(out)."
    }

    private func calendarNote(_ people: [String]) -> String {
        let sources = people.flatMap { programme.person($0)?.calendars ?? [] }
        guard let copy = sources.compactMap({ copies[$0] }).first else { return "by their hours; there is no calendar" }
        return "by the calendar \(copy.source.label)"
    }

    private func span(_ track: Track) -> String {
        let dates: ClosedRange<CivilDate>
        switch track.kind {
        case .host: dates = track.cycle.dates
        case .training(let event): dates = event.dates
        }
        return "\(Wording.shortDay(dates.lowerBound)) and \(Wording.shortDay(dates.upperBound))"
    }

    private func name(_ stage: String, _ track: Track) -> String {
        let name = track.stages.first { $0.id == stage }?.name ?? stage
        return name.first?.isUppercase == true && !name.hasPrefix("Improvement") ? name.prefix(1).lowercased() + name.dropFirst() : name
    }

    private func personName(_ id: String) -> String { programme.person(id)?.name ?? id }
}
