import CivilTime
import ConcurrentMap
import MusterModel
import MusterPlanner

/// Turns the planner's solution back into a plan of real times, with reasons in words.
public struct PlanDecoder: Sendable {
    private let programme: Programme
    private let slots: Slots
    private let problem: Problem
    private let copies: [CalendarSource: CalendarCopy]
    private let decisions: DecisionNotes
    private let earliest: Instant
    private let ledger: Ledger
    private let published: [TrackID: Plan.PlannedTrack]

    /// A reader for the solution of a problem that was compiled from a programme; what has begun stands in the ledger.
    public init(
        programme: Programme, slots: Slots, problem: Problem, context: ProblemCompiler.Context,
        decisions: [Decision] = []
    ) {
        self.programme = programme
        self.slots = slots
        self.problem = problem
        copies = context.copies
        earliest = context.earliest
        ledger = context.ledger
        published = context.published.tracksByID
        self.decisions = DecisionNotes(programme: programme, decisions: decisions, ledger: context.ledger)
    }

    /// The plan.
    ///
    /// - Parameters:
    ///   - explained: of which tracks that do not fit it is worked out why; nil for all.
    ///   - repaired: of which it is worked out what would make them fit, which takes a tenth of a second each; nil for all.
    public func plan(
        _ outcome: Planner.Outcome, explaining explained: Set<TrackID>? = nil, repairing repaired: Set<TrackID>? = nil
    ) -> Plan {
        let solution = outcome.solution
        let planned = solution.tracks.compactMap { placed -> Plan.PlannedTrack? in
            guard let track = programme.track(TrackID(placed.id)) else { return nil }
            let held = held(of: track)
            let sessions = track.stages.compactMap { stage -> Plan.PlannedSession? in
                if let session = held.first(where: { $0.stage == stage.id }) { return session }
                return placed.starts[stage.id].map { slot in
                    let start = slots.instant(slot)
                    return Plan.PlannedSession(stage: stage.id, start: start, end: start + stage.length * 60)
                }
            }
            return Plan.PlannedTrack(
                id: track.id, sessions: sessions, team: placed.team.mapValues { $0.map { PersonID($0) } })
        }
        let repairWording = RepairWording(programme: programme, slots: slots, copies: copies)
        let wording = BlockageWording(programme: programme, copies: copies, earliest: earliest.utc.date)
        let explanation = outcome.explanation
        let ids = solution.unscheduled.map { TrackID($0.track) }
        let repaired = ids.filter { repaired?.contains($0) ?? true }
        let found = repaired.concurrentMap { explanation.repairs(track: $0.rawValue) }
        let repairsOfTrack = zip(repaired, found).reduce(into: [:]) { $0[$1.0] = $1.1 }
        let blocked = zip(
            ids,
            ids.concurrentMap { id in
                explained?.contains(id) ?? true ? explanation.blockages(track: id.rawValue) : []
            })
        let unscheduled = blocked.compactMap { id, blockages -> Plan.UnscheduledTrack? in
            guard let track = programme.track(id) else { return nil }
            let repairs = (repairsOfTrack[id] ?? []).map { repairWording.clause($0, track) }
            return Plan.UnscheduledTrack(
                id: id,
                reasons: (decisions.reason(for: track).map { [$0] } ?? []) + wording.reasons(blockages, track),
                codes: Array(Set(blockages.map(\.code))).sorted(),
                remedies: repairs.isEmpty ? wording.remedies(blockages, track) : repairs, isVerified: !repairs.isEmpty)
        }
        let known = Set(planned.map(\.id))
        let over = programme.tracks.filter { !known.contains($0.id) }.compactMap { track -> Plan.PlannedTrack? in
            let held = held(of: track)
            return held.isEmpty
                ? nil : Plan.PlannedTrack(id: track.id, sessions: held, team: published[track.id]?.team ?? [:])
        }
        return Plan(tracks: planned + over, unscheduled: unscheduled)
    }

    private func held(of track: Track) -> [Plan.PlannedSession] {
        ledger.sessions(of: track).map {
            Plan.PlannedSession(stage: $0.stage, start: $0.start, end: $0.end)
        }
    }
}
