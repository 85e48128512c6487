import CivilTime
import MusterModel
import MusterPlanner

/// Turns the planner's solution back into a plan of real times, with reasons in words.
public struct PlanDecoder: Sendable {
    private let programme: Programme
    private let slots: Slots
    private let problem: Problem
    private let copies: [CalendarSource: CalendarCopy]
    private let decisions: DecisionNotes
    private let now: Instant
    private let notice: Int
    private let held: [TrackID: Plan.PlannedTrack]

    /// A reader for the solution of a problem that was compiled from a programme; what has begun is taken from the
    /// published plan as it is.
    public init(
        programme: Programme, slots: Slots, problem: Problem, copies: [CalendarSource: CalendarCopy],
        decisions: [Decision] = [], published: Plan = Plan(), now: Instant = Instant(seconds: 0), notice: Int = 0
    ) {
        self.programme = programme
        self.slots = slots
        self.problem = problem
        self.copies = copies
        self.now = now
        self.notice = notice
        let begun = published.tracks.map { track in
            Plan.PlannedTrack(id: track.id, sessions: track.sessions.filter { $0.start <= now }, team: track.team)
        }
        held = Dictionary(
            begun.filter { !$0.sessions.isEmpty }.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.decisions = DecisionNotes(programme: programme, decisions: decisions)
    }

    /// The plan.
    public func plan(_ outcome: Planner.Outcome) -> Plan {
        let solution = outcome.solution
        let planned = solution.tracks.compactMap { placed -> Plan.PlannedTrack? in
            guard let track = programme.track(placed.id) else { return nil }
            let sessions = track.stages.compactMap { stage -> Plan.PlannedSession? in
                if let session = held[track.id]?.sessions.first(where: { $0.stage == stage.id }) { return session }
                return placed.starts[stage.id].map { slot in
                    let start = slots.instant(slot)
                    return Plan.PlannedSession(stage: stage.id, start: start, end: start + stage.length * 60)
                }
            }
            return Plan.PlannedTrack(id: placed.id, sessions: sessions, team: placed.team)
        }
        let repairWording = RepairWording(programme: programme, slots: slots, copies: copies)
        let wording = BlockageWording(
            programme: programme, copies: copies, earliest: (now + notice * 86_400).utc.date)
        let unscheduled = solution.unscheduled.compactMap { entry -> Plan.UnscheduledTrack? in
            guard let track = programme.track(entry.track) else { return nil }
            let blockages = outcome.explanation.blockages(track: entry.track)
            let repairs = outcome.explanation.repairs(track: entry.track).map { repairWording.clause($0, track) }
            return Plan.UnscheduledTrack(
                id: entry.track,
                reasons: (decisions.reason(for: track).map { [$0] } ?? []) + wording.reasons(blockages, track),
                codes: Array(Set(blockages.map(\.code))).sorted(),
                remedies: repairs.isEmpty ? wording.remedies(blockages, track) : repairs, isVerified: !repairs.isEmpty)
        }
        let known = Set(planned.map(\.id))
        let over = programme.tracks.compactMap { known.contains($0.id) ? nil : held[$0.id] }
        return Plan(tracks: planned + over, unscheduled: unscheduled)
    }
}
