import CivilTime

/// What was held: who had which part in which session, this season and in those before.
///
/// Limits, fairness, earlier teams, pages and explanations read the past here and nowhere else.
public struct Ledger: Sendable {
    /// A session that has begun, with everybody who had a part in it.
    public struct HeldSession: Sendable {
        /// The session.
        public let id: SessionID
        /// When it began.
        public let start: Instant
        /// When it ended.
        public let end: Instant
        /// The parts, in the order in which they were given.
        public let duties: [Duty]

        /// The stage.
        public var stage: StageID { id.stage }
        /// Who filled a role of the team.
        public var team: [PersonID] { duties.filter(\.isInTeam).map(\.person) }
        /// The same by their roles.
        public var teamByRole: [RoleID: [PersonID]] {
            Dictionary(grouping: duties.filter(\.isInTeam), by: \.role).mapValues { $0.map(\.person) }
        }
        /// Who had to come without a role of the team.
        public var required: [PersonID] { duties.filter { !$0.isInTeam && $0.isRequired }.map(\.person) }
    }

    private let sessions: [TrackID: [HeldSession]]
    private let tracksOfSchool: [SchoolID: [TrackID]]

    /// A ledger of what has begun by a moment; what is to come or was called off is left out.
    public init(_ duties: [Duty], at now: Instant) {
        let held = Dictionary(grouping: duties.filter { $0.start <= now && $0.calledOff == nil }) { duty in
            Occasion(session: duty.session, start: duty.start)
        }
        sessions = Dictionary(
            grouping: held.map { HeldSession(id: $0.session, start: $0.start, end: $1[0].end, duties: $1) },
            by: \.id.track
        ).mapValues { $0.sorted { ($0.start, $0.id) < ($1.start, $1.id) } }
        tracksOfSchool = Dictionary(grouping: sessions.keys.sorted(), by: { SchoolID($0.host) })
    }

    private struct Occasion: Hashable {
        let session: SessionID
        let start: Instant
    }

    /// The tracks of which anything was held.
    public var tracks: [TrackID] { sessions.keys.sorted() }

    /// What was held of a track, in order of time; nothing for one that is unknown.
    public func sessions(of track: TrackID) -> [HeldSession] { sessions[track] ?? [] }

    /// What was held of a track this season: under the same id something may have been held in another.
    public func sessions(of track: Track) -> [HeldSession] {
        sessions(of: track.id).filter { track.cycle.covers($0.start) }
    }

    /// Everybody who was in the team of a host in other cycles than this one.
    public func earlierTeam(of school: SchoolID, before cycle: Cycle) -> Set<PersonID> {
        let tracks = tracksOfSchool[school] ?? []
        return Set(
            tracks.flatMap { track in
                (sessions[track] ?? []).filter { track.cycle != cycle.id || !cycle.covers($0.start) }
                    .flatMap(\.team)
            })
    }

    /// What a person had a part in, in order of time.
    public func duties(of person: PersonID) -> [Duty] {
        sessions.values.joined().flatMap { $0.duties.filter { $0.person == person } }.sorted {
            ($0.start, $0.session) < ($1.start, $1.session)
        }
    }
}

extension Track {
    /// The stages that are still to come when these were held: what a run has gone past is not made up for.
    public func stages(after held: [Ledger.HeldSession]) -> [Stage] {
        let last = stages.lastIndex { stage in held.contains { $0.stage == stage.id } }
        return last.map { Array(stages[($0 + 1)...]) } ?? stages
    }
}

extension Cycle {
    /// Whether a session that begins then can be of this cycle; a day more at both ends, since zones differ.
    fileprivate func covers(_ start: Instant) -> Bool {
        (dates.lowerBound - 1...dates.upperBound + 1).contains(start.utc.date)
    }
}
