/// A plan that can be asked why: why a track is not in it, why a session is then, why these people.
public struct Explanation: Sendable {
    /// What stops a track that is not scheduled.
    public struct Blockage: Hashable, Sendable {
        /// The kind of thing that is missing.
        public enum Kind: Hashable, Sendable {
            /// A stage has no day and time at all that its own rules allow.
            case noTime(stage: String)
            /// Those whom a stage requires are never free together at such a time.
            case requiredBusy(stage: String, people: [String])
            /// The room is full whenever the stage could be.
            case roomFull(stage: String, room: String)
            /// The host school is over its limit on every day.
            case schoolFull(stage: String)
            /// Too few people may fill a role; who was ruled out, and by what.
            case tooFew(role: String, needed: Int, able: Int, ruledOut: [Obstacle.RoleObstacle: Int])
            /// The team must come from so many different schools, and those who may be in it come from fewer.
            case tooFewSchools(needed: Int, able: Int)
            /// Those who may fill a role are busy or have enough whenever it would be needed.
            case roleBusy(role: String, stage: String, able: Int)
            /// Each stage could be, but not one after the other with the gaps that are asked.
            case order
            /// Everything is there, but not at once.
            case combination
        }

        /// The kind of thing that is missing.
        public let kind: Kind

        /// A word for scripts and searches, the same in every version: `PERSON_BUSY`, `NO_ROLE_POOL`, ….
        public var code: String {
            switch kind {
            case .noTime: "HORIZON"
            case .requiredBusy: "PERSON_BUSY"
            case .roomFull: "ROOM_FULL"
            case .schoolFull: "CAP_SCHOOL"
            case .tooFew: "NO_ROLE_POOL"
            case .tooFewSchools: "DISTINCT_SCHOOLS"
            case .roleBusy: "ROLE_BUSY"
            case .order: "GAP"
            case .combination: "TOGETHER"
            }
        }
    }

    /// Another place for a session, and what speaks against it.
    public struct Alternative: Hashable, Sendable {
        /// The slot at which it would start.
        public let start: Int
        /// The rule that forbids it; nil where it is allowed.
        public let obstacle: Obstacle?
        /// How much more the plan would cost; 0 where it is forbidden.
        public let extraCost: Int
    }

    /// Another person for a seat, and what speaks against them.
    public struct Candidate: Hashable, Sendable {
        /// The person.
        public let person: String
        /// The rule that forbids them; nil where they are allowed.
        public let obstacle: Obstacle?
        /// How much more the plan would cost; 0 where it is forbidden.
        public let extraCost: Int
    }

    let state: State
    let tables: SearchTables

    /// What the plan is worth, term by term; the terms have the names of the weights, and `avoid`.
    public var terms: [String: Int] { state.terms }

    /// What is published, as far as it is still possible in this problem: its score, and its terms.
    public var published: (score: Solution.Score, terms: [String: Int]) { state.instance.published }

    /// Other starts of a session on the same day and in the same week, by time; empty for a track that is not
    /// scheduled.
    public func alternatives(track: String, stage: String) -> [Alternative] {
        guard let (index, placement) = find(track),
            let number = state.instance.problem.tracks[index].stages.firstIndex(where: { $0.id == stage })
        else { return [] }
        var (rest, cost) = without(index)
        let instance = state.instance
        let data = instance.tracks[index]
        let week = instance.week(instance.day(placement.starts[number], offset: data.offset))
        let first = instance.firstSlot(instance.firstDay(ofWeek: week), offset: data.offset)
        let every = data.stages[number].startEvery
        let candidates = data.stages[number].isPinned ? 0..<0 : max(0, first)..<max(0, first + 7 * instance.slotsPerDay)
        let starts = candidates.filter {
            $0.isMultiple(of: every) && $0 != placement.starts[number]
                && instance.mayStart(data, stage: data.stages[number], start: $0)
        }
        return starts.map { start in
            var other = placement
            other.starts[number] = start
            let obstacle = rest.obstacle(index, other)
            let extra = obstacle == nil ? rest.cost(adding: other, at: index) - cost : 0
            return Alternative(start: start, obstacle: obstacle, extraCost: extra)
        }
    }

    /// Everybody else who has a role of a track, in the place of the person who fills it; cheapest first.
    public func candidates(track: String, role: String, instead person: String) -> [Candidate] {
        guard let (index, placement) = find(track),
            let number = state.instance.problem.tracks[index].roles.firstIndex(where: { $0.id == role }),
            let current = state.instance.personIndex[Bytes(person)],
            let seat = state.instance.tracks[index].roles[number].seats.first(where: { placement.people[$0] == current }
            )
        else { return [] }
        var (rest, cost) = without(index)
        let qualified = state.instance.people.indices.filter {
            state.instance.people[$0].qualifications.contains(state.instance.tracks[index].roles[number].id)
                && !placement.people.contains($0)
        }
        let candidates = qualified.map { other in
            var changed = placement
            changed.people[seat] = other
            let obstacle = rest.obstacle(index, changed)
            let extra = obstacle == nil ? rest.cost(adding: changed, at: index) - cost : 0
            return Candidate(person: state.personID(other), obstacle: obstacle, extraCost: extra)
        }
        return candidates.sorted {
            ($0.obstacle == nil ? 0 : 1, $0.extraCost, $0.person) < (
                $1.obstacle == nil ? 0 : 1, $1.extraCost, $1.person
            )
        }
    }

    private func find(_ track: String) -> (Int, Placement)? {
        guard let index = state.instance.trackIndex[Bytes(track)], let placement = state.placements[index] else {
            return nil
        }
        return (index, placement)
    }

    /// The plan without a track, and what the track costs in it.
    private func without(_ index: Int) -> (State, Int) {
        var rest = state
        rest.remove(index)
        return (rest, state.score.cost - rest.score.cost)
    }
}
