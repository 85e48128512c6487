import CivilTime
import ConcurrentMap
import MusterModel
import MusterPlanner

/// Compiles all active cycles of a programme into one planning problem, since they share people.
///
/// Nothing else knows both sides.
public struct ProblemCompiler: Sendable {
    /// What a programme is compiled with.
    public struct Context: Sendable {
        /// The last good copies of the calendars.
        public var copies: [CalendarSource: CalendarCopy]
        /// The plan that is published.
        public var published: Plan
        /// What was held.
        public var ledger: Ledger
        /// What coordinators decided over the planner's head.
        public var decisions: [Decision]
        /// Who said that they do not come.
        public var declines: [Answer]
        /// Runs in whose teams nobody can be replaced, so that who declines is asked for another time.
        public var irreplaceable: Set<TrackID> = []
        /// Now.
        public var now: Instant
        /// Days from now within which nothing new is planned.
        public var notice: Int
        /// Minutes between two sessions of one person.
        public var buffer: Int

        /// Nothing new begins before.
        var earliest: Instant { now + notice * 86_400 }

        /// A context; every field as described there.
        public init(
            copies: [CalendarSource: CalendarCopy], published: Plan, ledger: Ledger, decisions: [Decision],
            declines: [Answer] = [], now: Instant, notice: Int, buffer: Int
        ) {
            self.copies = copies
            self.published = published
            self.ledger = ledger
            self.decisions = decisions
            self.declines = declines
            self.now = now
            self.notice = notice
            self.buffer = buffer
        }
    }

    private let programme: Programme
    private let context: Context
    private let published: [TrackID: Plan.PlannedTrack]
    private let decisions: [TrackID: [Decision]]
    private let days: SchoolDayTable
    private let stageTimes = Memo<StageTimes.Key, StageTimes>()
    private let limits: LimitResolver
    private let declines: DeclineTable
    /// The grid of the problem.
    public let slots: Slots

    /// A compiler for a programme; nil where no cycle has any day.
    public init?(_ programme: Programme, context: Context) {
        guard let dates = programme.dates else { return nil }
        self.programme = programme
        self.context = context
        slots = Slots(dates: dates)
        days = SchoolDayTable(programme, slots)
        limits = LimitResolver(programme)
        declines = DeclineTable(
            context.declines, programme, published: context.published, irreplaceable: context.irreplaceable)
        published = context.published.tracksByID
        decisions = Dictionary(grouping: context.decisions, by: \.session.track)
    }

    /// The problem.
    public func compile() -> Problem {
        var problem = Problem(horizon: slots.horizon)
        problem.start = slots.start.description
        problem.weekday = slots.dates.lowerBound.weekday.rawValue
        problem.slotMinutes = Slots.minutes
        problem.buffer = (context.buffer + Slots.minutes - 1) / Slots.minutes
        problem.weights = weights
        problem.rooms = programme.rooms.map { Problem.Room(id: $0.id, capacity: $0.capacity) }
        problem.schools = programme.schools.map {
            Problem.School(id: $0.id.rawValue, maxPerDay: limits.outAtOnce(of: $0))
        }
        problem.groups = limits.groups
        problem.held = held()
        problem.people = people()
        let cancelled = Set(context.decisions.filter { $0.kind == .cancel }.map(\.subject))
        let compiled = programme.tracks.filter { !cancelled.contains($0.id.rawValue) }.concurrentMap {
            compile($0, without: cancelled)
        }.compactMap(\.self)
        problem.tracks = compiled.map(\.track)
        problem.published = compiled.compactMap(\.published)
        problem.pinned = compiled.compactMap(\.pin)
        return problem
    }

    /// A run, with what stands of it already; nil where nothing of it is to come.
    private func compile(
        _ track: Track, without cancelled: Set<String>
    ) -> (track: Problem.Track, published: Problem.Placement?, pin: Problem.Placement?)? {
        let held = context.ledger.sessions(of: track)
        let stages = track.stages(after: held).filter { !cancelled.contains(track.id.session($0.id).rawValue) }
        guard !stages.isEmpty else { return nil }
        let compiler = TrackCompiler(
            programme: programme, slots: slots, context: context, days: days, stageTimes: stageTimes, held: held,
            published: published,
            group: limits.group(of: track.cycle.id), declined: declines.people(of: track.id))
        return (compiler.track(track, stages: stages), published(track, stages), pin(track, stages))
    }

    /// What each kind of trouble costs: cycles share people and so their plan, and where they say different things the
    /// larger counts.
    private var weights: Problem.Weights {
        var weights = Problem.Weights()
        for (name, weight) in Problem.Weights.named {
            guard let kind = Weight(rawValue: name) else { continue }
            weights[keyPath: weight] = programme.cycles.compactMap { $0.rules.weights[kind] }.max() ?? kind.standard
        }
        return weights
    }

    // MARK: People and schools

    private func people() -> [Problem.Person] {
        let compiler = AvailabilityCompiler(
            programme: programme, slots: slots, copies: context.copies, earliest: context.earliest,
            near: context.published.tracks.flatMap(\.sessions).filter {
                $0.start > context.now && $0.start < context.earliest
            }, days: days)
        return programme.people.concurrentMap { person in
            // Who shares a job is in teams and speaks for a school as the post that they share.
            let holders = programme.post(of: person.id) == person.id ? programme.sharers(of: person.id) : []
            let availability =
                holders.count > 1 ? compiler.availability(ofPost: holders) : compiler.availability(of: person)
            var compiled = Problem.Person(id: person.id.rawValue)
            compiled.school = person.school?.rawValue
            compiled.region = person.region
            compiled.offset = slots.offset(person.zone)
            compiled.qualifications = Set(holders.flatMap(\.roles)).sorted()
            compiled.themes = Set(holders.flatMap(\.themes)).sorted()
            let declined = holders.flatMap { declines.times(of: $0.id) }.map { slots.touched($0.start, $0.end) }
            compiled.free = declined.isEmpty ? availability.free : SlotSets.subtract(declined, from: availability.free)
            compiled.avoid = availability.avoid
            compiled.maxTracks = person.limits.teams
            compiled.maxPerDay = limits.perDay(of: person)
            compiled.maxPerWeek = limits.perWeek(of: person)
            return compiled
        }
    }

    // MARK: What stands already

    private func published(_ track: Track, _ stages: [Stage]) -> Problem.Placement? {
        guard let published = self.published[track.id] else { return nil }
        let starts = published.sessions.filter { session in stages.contains { $0.id == session.stage } }.map {
            ($0.stage, slots.slot($0.start))
        }
        return Problem.Placement(
            track: track.id.rawValue, starts: Dictionary(starts, uniquingKeysWith: { first, _ in first }),
            team: published.team.mapValues { posts(of: $0.filter { programme.person($0) != nil }) })
    }

    /// What was held, of these cycles and of those of the year before: who had much to do then has less to do now.
    private func held() -> [Problem.Held] {
        let since = context.now - Self.fairnessDays * 86_400
        return context.ledger.tracks.compactMap { id in
            let sessions =
                programme.track(id).map(context.ledger.sessions)
                ?? context.ledger.sessions(of: id).filter { $0.start >= since }
            guard !sessions.isEmpty else { return nil }
            return Problem.Held(
                track: id.rawValue, group: limits.group(of: id.cycle),
                team: posts(of: sessions.flatMap(\.team)),
                sessions: sessions.map { session in
                    Problem.Held.Session(
                        start: slots.slot(session.start),
                        slots: max(1, slots.slot(after: session.end) - slots.slot(session.start)),
                        team: posts(of: session.team), required: posts(of: session.required))
                })
        }
    }

    /// So many days back teams count for fairness.
    private static let fairnessDays = 365

    /// What was decided stands.
    private func pin(_ track: Track, _ stages: [Stage]) -> Problem.Placement? {
        var pin = Problem.Placement(track: track.id.rawValue)
        let roles = Set(team(of: track).map(\.id))
        for decision in decisions[track.id] ?? [] {
            guard let stage = stages.first(where: { track.id.session($0.id).rawValue == decision.subject }) else {
                continue
            }
            switch decision.kind {
            case .move(let start) where start > context.now: pin.starts[stage.id] = slots.slot(start)
            case .pin(let start, let team) where start > context.now:
                pin.starts[stage.id] = slots.slot(start)
                for (role, people) in team where roles.contains(role) && stage.attend.contains(role) {
                    pin.team[role] = posts(of: people.filter { programme.person($0) != nil })
                }
            case .move, .pin, .cancel: break
            }
        }
        pin.starts = pin.starts.filter { (0..<slots.horizon).contains($0.value) }
        return pin.starts.isEmpty && pin.team.isEmpty ? nil : pin
    }

    private func posts(of people: [PersonID]) -> [String] { programme.posts(of: people).map(\.rawValue) }

    private func team(of track: Track) -> [Cycle.TeamRole] { track.host == nil ? [] : track.cycle.team }
}
