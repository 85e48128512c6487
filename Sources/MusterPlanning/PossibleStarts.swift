import CivilTime
import MusterModel
import MusterPlanner

extension ProblemCompiler {
    /// When else a session could begin, by the rules of its stage and its school, while some people are free: moments,
    /// ascending.
    ///
    /// What the others of its team have to do, and the days between it and the sessions before and after, are left to
    /// whoever plans.
    ///
    /// - Parameters:
    ///   - people: who must be free.
    ///   - busy: when something else takes place to which one of them is asked.
    public func possibleStarts(of session: SessionID, with people: [PersonID], busy: [Range<Instant>]) -> [Instant] {
        let problem = compile()
        guard let track = problem.tracks.first(where: { $0.id == session.track.rawValue }),
            let index = track.stages.firstIndex(where: { $0.id == session.stage })
        else { return [] }
        let stage = track.stages[index]
        let starts = problem.published.first { $0.track == track.id }?.starts ?? [:]
        let before = track.stages[..<index].compactMap { other in starts[other.id].map { $0 + other.slots } }.max()
        let after = track.stages[(index + 1)...].compactMap { starts[$0.id] }.min()
        let taken = busy.map { slots.touched($0.lowerBound, $0.upperBound) }
        let free = problem.people.filter { people.contains(PersonID($0.id)) }.map { person in
            SlotSets.subtract(taken, from: person.free)
        }
        let first = before ?? 0
        let last = (after ?? slots.horizon) - stage.slots
        guard first <= last else { return [] }
        return (first...last).filter { start in
            start.isMultiple(of: stage.startEvery) && track.allows(stage, at: start)
                && free.allSatisfy { $0.covers(start, stage.slots) }
        }.map(slots.instant)
    }
}
