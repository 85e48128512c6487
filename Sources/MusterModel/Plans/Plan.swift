import CivilTime

/// All sessions and teams of a programme: what the planner proposes or what is published.
public struct Plan: Hashable, Sendable, Codable {
    /// A track that is scheduled, whole.
    public struct PlannedTrack: Hashable, Sendable, Codable {
        /// The track.
        public var id: TrackID
        /// Its sessions, in the order of the stages.
        public var sessions: [PlannedSession]
        /// Who fills its roles.
        public var team: [RoleID: [PersonID]]

        /// A scheduled track.
        public init(id: TrackID, sessions: [PlannedSession], team: [RoleID: [PersonID]]) {
            self.id = id
            self.sessions = sessions
            self.team = team
        }

        /// Those of the team who come to a stage.
        public func team(at stage: Stage?) -> [RoleID: [PersonID]] {
            team.filter { stage?.attend.contains($0.key) ?? false }
        }
    }

    /// A session with its time.
    public struct PlannedSession: Hashable, Sendable, Codable {
        /// The stage.
        public var stage: StageID
        /// When it begins.
        public var start: Instant
        /// When it ends.
        public var end: Instant

        /// A session with its time.
        public init(stage: StageID, start: Instant, end: Instant) {
            self.stage = stage
            self.start = start
            self.end = end
        }
    }

    /// A track that could not be scheduled, and why.
    public struct UnscheduledTrack: Hashable, Sendable, Codable {
        /// The track.
        public var id: TrackID
        /// Sentences that name the rule that stops it.
        public var reasons: [String]
        /// The reasons as words for scripts: `PERSON_BUSY`, `NO_ROLE_POOL`, …; nil in plans of earlier versions.
        public var codes: [String]?
        /// What would make it fit, each enough alone: clauses that follow "if".
        public var remedies: [String]
        /// Whether the remedies were tried and found to help, with the rest of the plan as it stands.
        public var isVerified: Bool

        /// A track that could not be scheduled.
        public init(
            id: TrackID, reasons: [String], codes: [String]? = nil, remedies: [String], isVerified: Bool
        ) {
            self.id = id
            self.codes = codes
            self.reasons = reasons
            self.remedies = remedies
            self.isVerified = isVerified
        }
    }

    /// The scheduled tracks.
    public var tracks: [PlannedTrack]
    /// The others.
    public var unscheduled: [UnscheduledTrack]

    /// A plan.
    public init(tracks: [PlannedTrack] = [], unscheduled: [UnscheduledTrack] = []) {
        self.tracks = tracks
        self.unscheduled = unscheduled
    }

    /// `14 of 15 schools and 1 training event, 43 sessions`.
    public func summary(of programme: Programme) -> String {
        func isHost(_ id: TrackID) -> Bool { programme.track(id)?.host != nil }
        // A run that has begun and cannot go on stands in both.
        let stopped = Set(unscheduled.map(\.id))
        let whole = tracks.filter { !stopped.contains($0.id) }
        let scheduled = whole.count { isHost($0.id) }
        let all = scheduled + unscheduled.count { isHost($0.id) }
        let events = whole.count - scheduled
        let eventText = events == 0 ? "" : " and \(Wording.count(events, "training event"))"
        return
            "\(scheduled) of \(all) schools\(eventText), \(Wording.count(sessionCount, "session"))"
    }

    /// The part of it that belongs to some cycles.
    public func limited(to cycles: Set<CycleID>) -> Plan {
        Plan(
            tracks: tracks.filter { cycles.contains($0.id.cycle) },
            unscheduled: unscheduled.filter { cycles.contains($0.id.cycle) })
    }

    /// The scheduled tracks by their ids.
    public var tracksByID: [TrackID: PlannedTrack] { tracks.reduce(into: [:]) { $0[$1.id] = $0[$1.id] ?? $1 } }

    /// Sessions of all scheduled tracks.
    public var sessionCount: Int { tracks.reduce(0) { $0 + $1.sessions.count } }

    /// This plan, but every track of which something has begun, here or in a later plan, as the later plan has it: half
    /// a run of one plan and half of another would fit neither.
    public func keeping(begunIn later: Plan, at now: Instant) -> Plan {
        func hasBegun(_ track: PlannedTrack?) -> Bool { track?.sessions.contains { $0.start <= now } ?? false }
        let laterTracks = later.tracksByID
        let merged = tracks.compactMap { track in
            let other = laterTracks[track.id]
            return hasBegun(track) || hasBegun(other) ? other : track
        }
        let known = Set(tracks.map(\.id))
        let others = later.tracks.filter { hasBegun($0) && !known.contains($0.id) }
        return Plan(tracks: merged + others, unscheduled: unscheduled)
    }
}
