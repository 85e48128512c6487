import ConcurrentMap
import MusterModel
import MusterPlanner

/// What a published session can no longer be as it is for.
public struct PublishedObstacle: Hashable, Sendable, Codable {
    /// What it is.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// Somebody must not be in the team any more: they declined, or there is a conflict of interest now.
        case excluded
        /// Somebody of the team is not free.
        case absent
        /// Somebody who must be there is not free.
        case required
        /// The session cannot be then: the school is closed, or a rule changed.
        case time
    }

    /// What it is.
    public var kind: Kind
    /// The run.
    public var track: TrackID
    /// The stage.
    public var stage: StageID
    /// Whom it is about; empty for a time.
    public var person: PersonID

    /// Whether somebody else can take a seat, so that the date can stay.
    var isSeat: Bool { kind == .excluded || kind == .absent }
}

extension Problem {
    /// Why published sessions cannot stay as they are, by run; runs that can are left out.
    public var publishedObstacles: [TrackID: [PublishedObstacle]] {
        let free = Dictionary(people.map { ($0.id, $0.free) }) { first, _ in first }
        let tracks = Dictionary(tracks.map { ($0.id, $0) }) { first, _ in first }
        let obstacles = published.concurrentMap { placement in
            guard let track = tracks[placement.track] else { return [PublishedObstacle]() }
            return track.stages.flatMap { stage in
                placement.starts[stage.id].map { track.obstacles(stage, at: $0, team: placement.team, free: free) }
                    ?? []
            }
        }
        return Dictionary(grouping: obstacles.flatMap(\.self), by: \.track)
    }

    /// Keeps the dates of runs in which only seats must be filled.
    ///
    /// A substitute on the same date is less trouble to the others than another date. What somebody decided stands.
    ///
    /// - Returns: those runs; where one cannot be planned so, another date has to be found.
    public mutating func keepDates(where obstacles: [TrackID: [PublishedObstacle]]) -> Set<TrackID> {
        let roles = Dictionary(tracks.map { ($0.id, Set($0.roles.map(\.id))) }) { first, _ in first }
        let steady = published.filter { obstacles[TrackID($0.track)]?.allSatisfy(\.isSeat) ?? false }
        for placement in steady {
            let gone = Set(obstacles[TrackID(placement.track)]?.map(\.person) ?? [])
            let index = pinned.firstIndex { $0.track == placement.track }
            var pin = index.map { pinned[$0] } ?? Placement(track: placement.track)
            pin.starts.merge(placement.starts) { decided, _ in decided }
            let team = placement.team.filter { roles[placement.track]?.contains($0.key) ?? false }
            pin.team.merge(team.mapValues { $0.filter { !gone.contains(PersonID($0)) } }) { decided, _ in decided }
            if let index { pinned[index] = pin } else { pinned.append(pin) }
        }
        return Set(steady.map { TrackID($0.track) })
    }
}

extension Problem.Track {
    fileprivate func obstacles(
        _ stage: Problem.Stage, at start: Int, team: [String: [String]], free: [String: [SlotRange]]
    ) -> [PublishedObstacle] {
        func obstacle(_ kind: PublishedObstacle.Kind, _ person: String = "") -> PublishedObstacle {
            PublishedObstacle(kind: kind, track: TrackID(id), stage: stage.id, person: PersonID(person))
        }
        func isFree(_ person: String) -> Bool { free[person]?.covers(start, stage.slots) ?? false }
        let seats = stage.roles.flatMap { team[$0] ?? [] }
        let excluded = seats.filter(excluded.contains)
        return (allows(stage, at: start) ? [] : [obstacle(.time)])
            + (required + stage.required).filter { !isFree($0) }.map { obstacle(.required, $0) }
            + excluded.map { obstacle(.excluded, $0) }
            + seats.filter { !isFree($0) && !excluded.contains($0) }.map { obstacle(.absent, $0) }
    }

    /// Whether a stage may be at a slot by its own rules, whoever comes.
    func allows(_ stage: Problem.Stage, at start: Int) -> Bool {
        let day = (start + offset) / Slots.perDay
        return stage.free?.covers(start, stage.slots) ?? true && (stage.days ?? days)?.contains(day) ?? true
            && stage.window.map { $0.from <= start && start + stage.slots <= $0.to } ?? true
    }
}
