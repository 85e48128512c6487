import ConcurrentMap
import Synchronization

/// What all searches for a plan share: the times, candidates and open seats of each track.
///
/// They are worked out when a track is first looked at: where a season stands and one seat is to be filled, that is a
/// handful of thousands.
final class SearchTables: Sendable {
    private let instance: Instance
    private let candidates: Candidates
    private let tracks: Mutex<[TrackTables?]>

    init(_ instance: Instance) {
        self.instance = instance
        candidates = Candidates(instance)
        tracks = Mutex(Array(repeating: nil, count: instance.tracks.count))
    }

    /// The tables of a track.
    subscript(index: Int) -> TrackTables {
        if let known = tracks.withLock({ $0[index] }) { return known }
        let new = TrackTables(track: index, of: instance, candidates: candidates)
        return tracks.withLock { tracks in
            if let known = tracks[index] { return known }
            tracks[index] = new
            return new
        }
    }

    /// Works out the tables of several tracks at once.
    func prepare(_ indices: [Int], threads: Int) {
        let unknown = tracks.withLock { tracks in indices.filter { tracks[$0] == nil } }
        _ = unknown.concurrentMap(threads: threads) { self[$0] }
    }
}

/// What is looked up of one track again and again.
final class TrackTables: Sendable {
    let timetable: Timetable
    /// Who may fill each role, whatever they are busy with.
    let candidates: [[Int]]
    /// How many candidates the roles before each have, and all of them together.
    let firsts: [Int]
    /// The seats that no pin fills, those at the most stages first.
    let openSeats: [Int]

    fileprivate init(track index: Int, of instance: Instance, candidates: Candidates) {
        let track = instance.tracks[index]
        timetable = Timetable(track, instance: instance)
        self.candidates = candidates.candidates(index)
        firsts = self.candidates.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        let seats = track.roles.flatMap { role in role.seats.dropFirst(role.pinned.count) }
        func stages(_ seat: Int) -> Int { track.roles[track.seatRoles[seat]].stages.count }
        openSeats = seats.sorted { (-stages($0), $0) < (-stages($1), $1) }
    }
}
