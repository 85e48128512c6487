/// A plan in the exchange format, `muster-solution/1`.
public struct Solution: Sendable, Encodable, Equatable {
    /// What a plan is worth: the smaller the better, compared in this order.
    public struct Score: Sendable, Codable, Hashable, Comparable {
        /// The priorities of the tracks that are not scheduled.
        public var unscheduled: Int
        /// What the scheduled ones cost.
        public var cost: Int

        /// A score.
        public init(unscheduled: Int, cost: Int) {
            self.unscheduled = unscheduled
            self.cost = cost
        }

        /// Whether the left plan is the better one.
        public static func < (left: Score, right: Score) -> Bool {
            (left.unscheduled, left.cost) < (right.unscheduled, right.cost)
        }
    }

    /// A scheduled track.
    public struct Track: Sendable, Encodable, Equatable {
        /// The track.
        public var id: String
        /// The start of each stage.
        public var starts: [String: Int]
        /// The people of each role.
        public var team: [String: [String]]

        /// A scheduled track.
        public init(id: String, starts: [String: Int], team: [String: [String]]) {
            self.id = id
            self.starts = starts
            self.team = team
        }
    }

    /// A track that is not scheduled.
    public struct Unscheduled: Sendable, Encodable, Equatable {
        /// The track.
        public var track: String
        /// What would make it fit, the cheapest first; empty where nothing was found, or nobody asked.
        public var repairs: [Repair] = []

        /// A track that is left out.
        public init(track: String) { self.track = track }
    }

    /// `muster-solution/1`.
    public var format = "muster-solution/1"
    /// What the plan is worth.
    public var score: Score
    /// The scheduled tracks.
    public var tracks: [Track]
    /// The others.
    public var unscheduled: [Unscheduled]

    /// A plan.
    public init(score: Score, tracks: [Track], unscheduled: [Unscheduled]) {
        self.score = score
        self.tracks = tracks
        self.unscheduled = unscheduled
    }
}
