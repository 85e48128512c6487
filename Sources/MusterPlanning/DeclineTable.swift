import CivilTime
import MusterModel

/// Who has said that they do not come to a session, as far as it binds the planner.
///
/// Who is in a team and declines is not asked again for that run: a substitute on the same date is less trouble to the
/// others than another date. Who must be there, as the host, declines a time and not the session: it is looked for
/// another one. So does a team's member where nobody can take the place. Who is in a team and is not reached by mail is
/// like somebody who declined, but no date is changed for that.
struct DeclineTable {
    private let byTrack: [TrackID: [Answer]]
    private let starts: [PersonID: [(start: Instant, end: Instant)]]

    /// - Parameters:
    ///   - declines: answers that say no.
    ///   - published: the plan that is published.
    ///   - irreplaceable: runs in whose teams nobody can be replaced.
    init(_ declines: [Answer], _ programme: Programme, published: Plan, irreplaceable: Set<TrackID>) {
        byTrack = Dictionary(
            grouping: declines.filter { !irreplaceable.contains($0.session.track) },
            by: \.session.track)
        let sessions = published.tracksByID
        // Who is not reached has said nothing of any day.
        starts = declines.filter { $0.way != Answer.bounce }.reduce(into: [:]) { starts, answer in
            guard let track = programme.track(answer.session.track),
                irreplaceable.contains(track.id)
                    || programme.posts(of: Self.required(in: track)).contains(programme.post(of: answer.person)),
                let session = sessions[track.id]?.sessions.first(where: {
                    track.id.session($0.stage) == answer.session && $0.start == answer.start
                })
            else { return }
            // Who cannot come that day is not asked about another hour of it.
            let zone = programme.school(track.school)?.zone ?? .utc
            let day = zone.local(session.start).date
            let midnight = zone.instant(LocalDateTime(date: day))
            starts[answer.person, default: []].append((midnight, zone.instant(LocalDateTime(date: day + 1))))
        }
    }

    private static func required(in track: Track) -> [PersonID] {
        switch track.kind {
        case .host(let host): host.people
        case .training(let event): event.required
        }
    }

    /// Those who must not be in the team of a track, since they said no to one of its sessions.
    func people(of track: TrackID) -> Set<PersonID> { Set((byTrack[track] ?? []).map(\.person)) }

    /// The days on which somebody who must be there has said that they cannot.
    func times(of person: PersonID) -> [(start: Instant, end: Instant)] { starts[person] ?? [] }
}
