import CivilTime
import MusterModel
import MusterPlanner

/// Says what a coordinator should know about the decisions that a plan follows: they are kept, whatever they cost.
public struct DecisionNotes: Sendable {
    private let programme: Programme
    private let decisions: [Decision]
    private let ledger: Ledger

    /// Notes on decisions.
    public init(programme: Programme, decisions: [Decision], ledger: Ledger) {
        self.programme = programme
        self.ledger = ledger
        self.decisions = decisions
    }

    /// A sentence for each decision that stands against a rule.
    public var notes: [String] {
        decisions.compactMap { decision in
            guard let (track, stage, school) = find(decision.session) else { return nil }
            switch decision.kind {
            case .move(let start): return closed(stage, start: start, school: school)
            case .pin(let start, let team):
                return closed(stage, start: start, school: school)
                    ?? conflict(stage, team: team, track: track, school: school)
            case .cancel: return nil
            }
        }
    }

    /// A sentence for each session with a fixed time at which somebody is not free who must be there, or is fixed with
    /// it.
    public func absences(_ problem: Problem, _ slots: Slots) -> [String] {
        guard !problem.pinned.isEmpty else { return [] }
        let people = Dictionary(problem.people.map { ($0.id, $0) }) { first, _ in first }
        let tracks = Dictionary(problem.tracks.map { ($0.id, $0) }) { first, _ in first }
        return problem.pinned.flatMap { pin -> [String] in
            guard let track = tracks[pin.track] else { return [] }
            return track.stages.flatMap { stage -> [String] in
                let session = TrackID(track.id).session(stage.id)
                guard let start = pin.starts[stage.id], let (_, named, school) = find(session) else { return [] }
                let fixed = stage.roles.flatMap { pin.team[$0] ?? [] }
                return (track.required + stage.required + fixed).compactMap { id -> String? in
                    let isFree = people[id]?.free.covers(start, stage.slots) ?? true
                    guard !isFree else { return nil }
                    let when = Wording.moment(slots.instant(start), in: school.zone)
                    return
                        "\(programme.name(of: PersonID(id))) must be at the \(named.name) at \(school.name), \(when), and is not free then; its time is fixed, by a decision, the freeze or a proposal that was rejected (muster move, muster cancel or muster unpin \(session) changes that)."
                }
            }
        }
    }

    /// Why a track that cannot be scheduled may be so by a decision; nil where none is about it.
    func reason(for track: Track) -> String? {
        let own = decisions.filter { decision in track.stages.contains { track.id.session($0.id) == decision.session } }
        let parts = own.compactMap { decision -> String? in
            guard let (_, stage, school) = find(decision.session) else { return nil }
            switch decision.kind {
            case .move(let start), .pin(let start, _):
                let when = Wording.moment(start, in: school.zone)
                return "the \(stage.name) is fixed at \(when) (muster unpin \(decision.subject) takes that back)"
            case .cancel: return nil
            }
        }
        return parts.isEmpty ? nil : "By your decision \(Wording.list(parts))."
    }

    /// What speaks against a session at a time, whoever comes to it; nil where nothing does.
    public func closed(_ stage: Stage, start: Instant, school: School) -> String? {
        let local = school.zone.local(start)
        let when = Wording.moment(start, in: school.zone)
        let kind = school.days.kind(of: local.date)
        if !stage.days.contains(kind) {
            let closure = school.days.closures.first { $0.dates.contains(local.date) }?.name ?? ""
            let why = kind == .inset ? "has an INSET day" : "is closed" + (closure.isEmpty ? "" : " (\(closure))")
            return "The \(stage.name) at \(school.name) is put at \(when), and the school \(why) that day."
        }
        let hours = TimeOfDay(minutes: 420)..<TimeOfDay(minutes: 1200)
        return hours.contains(local.time)
            ? nil : "The \(stage.name) at \(school.name) is put at \(when), when nobody works."
    }

    private func conflict(_ stage: Stage, team: [RoleID: [PersonID]], track: Track, school: School) -> String? {
        guard let host = track.host else { return nil }
        let rules = ConflictRules(programme: programme, cycle: track.cycle, ledger: ledger)
        for id in team.values.flatMap({ $0 }).sorted() {
            guard let person = programme.person(id), let reason = rules.reason(person, host: host, school: school)
            else { continue }
            return "\(person.name) stays in the \(stage.name) at \(school.name) since it is pinned, and \(reason)."
        }
        return nil
    }

    private func find(_ session: SessionID) -> (Track, Stage, School)? {
        guard let (track, stage) = programme.stage(of: session), let school = programme.school(track.school) else {
            return nil
        }
        return (track, stage, school)
    }
}
