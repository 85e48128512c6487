import CivilTime
import MusterConfiguration
import MusterModel
import MusterPlanning
import MusterStore

extension Workspace {
    /// What somebody who cannot come to a session may offer in its place.
    public struct Offers: Sendable {
        /// When they and the host could meet instead, by time: at most one a day.
        public var times: [Instant]
        /// Who of their school could be asked instead, by name.
        public var colleagues: [Colleague]

        /// Somebody of the same school.
        public struct Colleague: Sendable {
            /// The person.
            public var person: PersonID
            /// What they are called.
            public var name: String
        }
    }

    /// So many other times are offered, those that are nearest to the session.
    private static let mostTimes = 6
    /// So many colleagues are offered.
    private static let mostColleagues = 40

    /// What somebody may offer who looks at the page behind their link.
    public func offers(to page: AnswerPage) throws -> Offers {
        Offers(times: try times(for: page), colleagues: colleagues(of: page))
    }

    private func colleagues(of page: AnswerPage) -> [Offers.Colleague] {
        guard let person = programme.person(page.participant.person) else { return [] }
        let asked = Set(page.session.details.participants.map(\.person))
        return Set(person.schools.flatMap { programme.people(of: $0) }).map { programme.people[$0] }
            .filter { !asked.contains($0.id) }.map { Offers.Colleague(person: $0.id, name: $0.name) }
            .sorted { ($0.name, $0.person) < ($1.name, $1.person) }.prefix(Self.mostColleagues).map(\.self)
    }

    private func times(for page: AnswerPage) throws -> [Instant] {
        let details = page.session.details
        guard let track = programme.track(details.id.track), let host = track.host else { return [] }
        let people = Array(Set(host.people + [page.participant.person]))
        let narrow = programme.limited(to: track, people)
        let sessions = try store.publishedSessions(in: FeedScope(people: Set(people), tracks: [track.id]))
            .map(\.details)
        let own = sessions.filter { $0.id.track == track.id }
        let others = sessions.filter { $0.id.track != track.id && $0.end > now() }
        let published = own.map { Plan.PlannedSession(stage: $0.id.stage, start: $0.start, end: $0.end) }
        let context = ProblemCompiler.Context(
            copies: try store.calendarCopies(of: narrow.calendars),
            published: Plan(tracks: [Plan.PlannedTrack(id: track.id, sessions: published, team: [:])], unscheduled: []),
            ledger: try store.ledger(at: now(), of: [track.cycle.id]), decisions: [], now: now(),
            notice: configuration.planning.notice, buffer: configuration.planning.buffer)
        guard let compiler = ProblemCompiler(narrow, context: context) else { return [] }
        let starts = compiler.possibleStarts(
            of: details.id, with: narrow.posts(of: people), busy: others.map { $0.start..<$0.end })
        return nearest(starts.filter { $0 > now() && $0 != details.start }, to: details)
    }

    /// Of each of the nearest days the time that is nearest to that of the session.
    private func nearest(_ starts: [Instant], to details: SessionDetails) -> [Instant] {
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let usual = zone.local(details.start)
        let days = Dictionary(grouping: starts) { zone.local($0).date }
        let chosen = days.sorted { abs($0.key - usual.date) < abs($1.key - usual.date) }.prefix(Self.mostTimes)
        func distance(_ start: Instant) -> Int { abs(zone.local(start).time.minutes - usual.time.minutes) }
        return chosen.compactMap { day in day.value.min { (distance($0), $0) < (distance($1), $1) } }.sorted()
    }
}

extension Programme {
    /// One run with some people, and what binds them.
    fileprivate func limited(to track: Track, _ ids: [PersonID]) -> Programme {
        var cycle = track.cycle
        cycle.hosts = cycle.hosts.filter { $0.school == track.school }
        cycle.training = []
        let chosen = Set(ids.flatMap { self.sharers(of: self.post(of: $0)).map(\.id) })
        let people = self.people.filter { chosen.contains($0.id) }
        let schools = Set(people.flatMap { $0.schools } + [track.school])
        return Programme(
            schools: self.schools.filter { schools.contains($0.id) }, people: people,
            partnerships: partnerships.filter { $0.id == cycle.partnership || !schools.isDisjoint(with: $0.schools) },
            cycles: [cycle], rooms: rooms)
    }
}
