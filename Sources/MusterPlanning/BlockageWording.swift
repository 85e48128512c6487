import CivilTime
import MusterModel
import MusterPlanner

/// Says in words what stops a track, and what could be done.
struct BlockageWording {
    let programme: Programme
    let copies: [CalendarSource: CalendarCopy]
    /// The first day on which anything new can be.
    let earliest: CivilDate

    /// The reasons as sentences; what holds for several stages is said once.
    func reasons(_ blockages: [Explanation.Blockage], _ track: Track) -> [String] {
        grouped(blockages).map { blockage, stages in
            let sentence = reason(
                blockage, stages: Wording.list(stages.map { "the \(name($0, track))" }, "or"), track: track)
            return sentence.prefix(1).uppercased() + sentence.dropFirst()
        }
    }

    /// What would help, each enough alone as far as one can see, none twice.
    func remedies(_ blockages: [Explanation.Blockage], _ track: Track) -> [String] {
        var seen: Set<String> = []
        return grouped(blockages).flatMap { remedies($0, track) }.filter { seen.insert($0).inserted }
    }

    /// Blockages that differ only in the stage, together with their stages.
    private func grouped(_ blockages: [Explanation.Blockage]) -> [(Explanation.Blockage.Kind, [String])] {
        var groups: [(kind: Explanation.Blockage.Kind, key: String, stages: [String])] = []
        for blockage in blockages {
            let (key, stage) = key(blockage.kind)
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].stages += stage.map { [$0] } ?? []
            } else {
                groups.append((blockage.kind, key, stage.map { [$0] } ?? []))
            }
        }
        return groups.map { ($0.kind, $0.stages) }
    }

    private func key(_ kind: Explanation.Blockage.Kind) -> (String, String?) {
        switch kind {
        case .noTime(let stage): ("noTime", stage)
        case .requiredBusy(let stage, let people): ("requiredBusy \(people)", stage)
        case .roomFull(let stage, let room): ("roomFull \(room)", stage)
        case .schoolFull(let stage): ("schoolFull", stage)
        case .roleBusy(let role, let stage, _): ("roleBusy \(role)", stage)
        case .tooFew(let role, _, _, _): ("tooFew \(role)", nil)
        case .tooFewSchools: ("tooFewSchools", nil)
        case .order: ("order", nil)
        case .combination: ("combination", nil)
        }
    }

    private func reason(_ kind: Explanation.Blockage.Kind, stages: String, track: Track) -> String {
        switch kind {
        case .noTime:
            return
                "between \(span(track)) no day and time is allowed for \(stages): its weekdays, times and kinds of day leave none."
        case .requiredBusy(_, let people):
            let names = Wording.list(people.map(personName))
            return people.count == 1
                ? "\(names), who must be there, is never free for \(stages) between \(span(track))."
                : "\(names), who must all be there, are never free together for \(stages) between \(span(track))."
        case .roomFull(_, let room):
            return "the room \(programme.room(room)?.name ?? room) is taken by others whenever \(stages) could be."
        case .schoolFull:
            return "too many people of the host school are out on every day on which \(stages) could be."
        case .tooFew(let role, let needed, let able, let ruledOut):
            return tooFew(role, needed: needed, able: able, ruledOut: ruledOut, track: track)
        case .tooFewSchools(let needed, let able):
            return
                "the team needs \(Wording.count(needed, "person")) of \(needed) different schools, and all who may be in it come from \(Wording.count(able, "school"))."
        case .roleBusy(let role, _, let able):
            return
                "too few of the \(able) who may be \(Wording.role(role)) here are free for \(stages) between \(span(track)) at a time that suits the host, or they have enough already."
        case .order:
            return
                "each stage could be held, but not one after the other with the days between them that the cycle asks for."
        case .combination:
            return
                "people, times and rooms are each there, but never together: what others have taken leaves no place for the whole run."
        }
    }

    private func remedies(_ group: (Explanation.Blockage.Kind, [String]), _ track: Track) -> [String] {
        let stages = Wording.list(group.1.map { "the \(name($0, track))" })
        switch group.0 {
        case .noTime: return ["\(stages) were allowed on more weekdays, times or kinds of day"]
        case .requiredBusy(_, let people):
            return [
                "\(Wording.list(people.map(personName), "or")) were free for \(stages) (\(calendarNote(people)))",
                track.host == nil
                    ? "someone else ran it (\"required\" of the training)"
                    : "someone else spoke for the school (\"people\" of the host in the cycle)",
            ]
        case .roomFull(_, let room):
            return [
                "the room \(programme.room(room)?.name ?? room) could hold more sessions at once (muster.yaml)",
                "more \"times\" were allowed for \(stages)",
            ]
        case .schoolFull: return ["the school let more people out on one day (\"out-at-once\")"]
        case .tooFew(let role, _, _, _):
            return [
                "more people had the role \"\(role)\" (people.csv)",
                "fewer were ruled out (\"same-trust\", \"earlier-team\", \"excluded\", \"conflicts\")",
            ]
        case .tooFewSchools:
            return ["people of more schools had a role of the team (people.csv)", "\"distinct-schools\" were no"]
        case .roleBusy(let role, _, _):
            return [
                "one more person could be \(Wording.role(role)) (people.csv, \"roles\" or \"max-teams\")",
                "the cycle had more days",
            ]
        case .order: return ["the cycle were longer, or \"after\" asked for less between its stages"]
        case .combination: return ["the cycle were longer, or more people could fill its roles"]
        }
    }

    private func tooFew(
        _ role: String, needed: Int, able: Int, ruledOut: [Obstacle.RoleObstacle: Int], track: Track
    ) -> String {
        let causes = ruledOut.sorted { $0.key.rawValue < $1.key.rawValue }.map { obstacle, count in
            switch obstacle {
            case .taken: "\(count) in its team in another cycle"
            case .ownSchool: "\(count) of the school itself"
            case .excluded: "\(count) by trust, declared interests, earlier teams or the host's \"excluded\""
            case .required: "\(count) who must be there anyway"
            case .notQualified, .twice, .sameSchool, .count: "\(count) for other reasons"
            }
        }
        let out = causes.isEmpty ? "" : " (ruled out: \(Wording.list(causes)))"
        return
            "\(Wording.count(needed, "person")) with the role \(Wording.role(role)) \(needed == 1 ? "is" : "are") needed and \(able == 0 ? "nobody" : "only \(able)") may do it here\(out)."
    }

    private func calendarNote(_ people: [String]) -> String {
        let sources = people.flatMap { programme.person(PersonID($0))?.calendars ?? [] }
        guard let copy = sources.compactMap({ copies[$0] }).first else { return "by their hours; there is no calendar" }
        return "by the calendar \(copy.source.label)"
    }

    private func span(_ track: Track) -> String {
        let dates: ClosedRange<CivilDate>
        switch track.kind {
        case .host: dates = track.cycle.dates
        case .training(let event): dates = event.dates
        }
        return
            "\(Wording.shortDay(min(max(dates.lowerBound, earliest), dates.upperBound))) and \(Wording.shortDay(dates.upperBound))"
    }

    private func name(_ stage: String, _ track: Track) -> String {
        Wording.inSentence(track.stages.first { $0.id == stage }?.name ?? stage)
    }

    private func personName(_ id: String) -> String { programme.name(of: PersonID(id)) }
}
