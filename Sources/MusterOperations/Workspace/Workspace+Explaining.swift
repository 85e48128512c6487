import CivilTime
import ConcurrentMap
import MusterModel
import MusterPlanner
import MusterPlanning
import MusterStore

extension Workspace {
    /// Why a school's, a session's or a person's plan is as it is, in lines of text.
    func explain(_ subject: Subject, _ found: FoundPlan) throws -> [String] {
        let scope = FeedScope(people: [], tracks: Set(tracks(of: subject)))
        let published = try store.publishedSessions(in: scope).map { ($0.details.id, $0) }
        let explainer = Explainer(
            programme: programme, plan: found.plan, ledger: found.ledger, copies: found.copies, search: found.search,
            published: Dictionary(published) { $1 }, answers: try store.answers(of: published.map(\.1.uid)),
            failures: try store.messageHeads([.dead]), now: now())
        switch subject {
        case .school(let id): return explainer.school(id)
        case .track(let id): return explainer.track(id)
        case .session(let id): return explainer.session(id)
        case .person(let id): return explainer.person(id, try detailsBuilder.details(found.plan))
        }
    }
}

extension Workspace {
    /// So many changes are looked at closely.
    private static let mostExplained = 20

    /// Who else could take the seats that change hands, and when else sessions could be that move, in lines of text.
    func alternatives(to proposal: Proposal) throws -> [String] {
        let explainer = Explainer(
            programme: programme, plan: proposal.plan, ledger: proposal.ledger, copies: proposal.copies,
            search: proposal.search, now: now())
        let lines = proposal.changes.changes.prefix(Self.mostExplained).map(explainer.alternatives)
        var seen: Set<[String]> = []
        return lines.filter { seen.insert($0).inserted }.flatMap(\.self)
    }
}

/// Puts the planner's answers into words.
private struct Explainer {
    let programme: Programme
    let plan: Plan
    let ledger: Ledger
    let copies: [CalendarSource: CalendarCopy]
    let search: Proposal.Search?
    let published: [SessionID: PublishedSession]
    let answers: [String: [Answer]]
    /// Mails that were given up, or came back.
    let failures: [OutboxMessage]
    let now: Instant
    /// What there is to say of whoever fills a seat, which is the same at every session of a run.
    private let seats = Memo<Seat, [String]>()

    private struct Seat: Hashable {
        let track: TrackID
        let role: RoleID
        let person: PersonID
    }

    init(
        programme: Programme, plan: Plan, ledger: Ledger, copies: [CalendarSource: CalendarCopy],
        search: Proposal.Search?, published: [SessionID: PublishedSession] = [:], answers: [String: [Answer]] = [:],
        failures: [OutboxMessage] = [], now: Instant
    ) {
        self.programme = programme
        self.plan = plan
        self.ledger = ledger
        self.copies = copies
        self.search = search
        self.published = published
        self.answers = answers
        self.failures = failures
        self.now = now
    }

    // MARK: Subjects

    func school(_ id: SchoolID) -> [String] {
        let own = programme.tracks.filter { $0.school == id }.flatMap { track($0.id) }
        let seats = plan.tracks.flatMap { planned in
            Set(planned.team.values.flatMap { $0 }).compactMap { programme.person($0) }.filter { $0.school == id }.map {
                "  \($0.name): \(label(planned.id))"
            }
        }.sorted()
        let name = programme.name(of: id)
        let gives = seats.isEmpty ? ["\(name) sends nobody into other teams."] : ["\(name) sends:"] + seats
        return (own.isEmpty ? ["\(name) hosts nothing."] : own) + [""] + gives
    }

    func track(_ id: TrackID) -> [String] {
        guard let track = programme.track(id) else { return [] }
        if let missing = plan.unscheduled.first(where: { $0.id == id }) {
            return ["\(label(id)) could not be scheduled:"] + missing.reasons.map { "  \($0)" }
                + (missing.remedies.isEmpty
                    ? []
                    : ["It \(missing.isVerified ? "would" : "might") fit if"] + missing.remedies.map { "  - \($0)" })
        }
        let sessions = track.stages.map { session(id.session($0.id)) }
        return Array(sessions.joined(separator: [""]))
    }

    func session(_ id: SessionID) -> [String] {
        guard let track = programme.track(id.track),
            let stage = track.stages.first(where: { track.id.session($0.id) == id }),
            let zone = programme.school(track.school)?.zone
        else { return [] }
        guard let planned = plan.tracks.first(where: { $0.id == track.id }),
            let session = planned.sessions.first(where: { $0.stage == stage.id })
        else {
            guard !plan.unscheduled.contains(where: { $0.id == track.id }) else { return self.track(track.id) }
            return [absence(of: stage, in: track)]
        }
        var lines = ["\(label(track.id)): \(stage.name), \(Wording.span(session.start, session.end, in: zone))"]
        if let session = published[id],
            let sentence = Attendance(session.details, answers[session.uid] ?? []).sentence
        {
            lines.append("  \(sentence).")
        }
        lines += whyThen(track, stage: stage, zone: zone)
        let roles = track.host == nil ? [] : track.cycle.team.map(\.id).filter(stage.attend.contains)
        let seats = roles.flatMap { role in
            (planned.team[role] ?? []).map { Seat(track: track.id, role: role, person: $0) }
        }
        lines += seats.concurrentMap { seat in
            self.seats.value(of: seat) { whyThem(track, role: seat.role, person: seat.person) }
        }.flatMap(\.self)
        return lines + restsOn(track, stage: stage, planned: planned)
    }

    /// Why a session of a run that is planned is not in the plan.
    private func absence(of stage: Stage, in track: Track) -> String {
        let held = ledger.sessions(of: track)
        let isPassed = !track.stages(after: held).contains { $0.id == stage.id }
        let name = "\(stage.name) at \(label(track.id))"
        return isPassed
            ? "\(name) was not held, and the run has gone past it."
            : "\(name) was cancelled (muster unpin \(track.id.session(stage.id)) takes that back)."
    }

    /// What else could have been done in place of a change.
    func alternatives(_ change: ChangeSet.SessionChange) -> [String] {
        guard let before = change.before?.details, let after = change.after,
            let (track, stage) = programme.stage(of: change.id), let zone = programme.school(track.school)?.zone
        else { return [] }
        let isMoved = before.start != after.start
        let seats = isMoved ? [] : change.substitutions.flatMap { whyThem(track, role: $0.role, person: $0.joined) }
        let times = isMoved ? whyThen(track, stage: stage, zone: zone) : []
        return (seats + times).isEmpty ? [] : [after.title] + seats + times
    }

    func person(_ id: PersonID, _ details: [SessionDetails]) -> [String] {
        guard let person = programme.person(id) else { return [] }
        let school = person.school.flatMap(programme.school)?.name
        var lines = ["\(person.name)\(school.map { ", \($0)" } ?? "")"]
        let sessions = sessions(of: id, details)
        lines += sessions.map {
            "  \(Wording.span($0.start, $0.end, in: person.zone))  \($0.title) (\(Wording.role($0.role)))"
        }
        if sessions.isEmpty { lines.append("  comes to no session") }
        lines.append(
            "\(teams(of: person)) Roles: \(person.roles.isEmpty ? "none" : person.roles.sorted().joined(separator: ", "))."
        )
        if let problem = search?.problem.people.first(where: { $0.id == id.rawValue }) {
            let hours = problem.free.reduce(0) { $0 + $1.to - $1.from } * Slots.minutes / 60
            lines.append(
                "Free for \(hours) hours in the season, after working hours, closures, calendars and protected times.")
        }
        let failure = failures.first { $0.recipient.lowercased() == person.address.lowercased() }
        lines +=
            failure.map { ["Mails to \($0.recipient) do not arrive: \($0.lastError ?? "they were refused")."] } ?? []
        return lines + calendars([person])
    }

    /// One part of a person in what was held, or is to come.
    private struct Part {
        let start: Instant
        let end: Instant
        let title: String
        let role: String
    }

    /// What the ledger has, and after it what the plan has.
    private func sessions(of id: PersonID, _ details: [SessionDetails]) -> [Part] {
        let held = ledger.duties(of: id).map { duty in
            Part(start: duty.start, end: duty.end, title: title(of: duty.session), role: duty.role)
        }
        let toCome = details.filter { $0.start > now }.compactMap { details in
            details.participants.first { $0.person == id }.map {
                Part(start: details.start, end: details.end, title: details.title, role: $0.role)
            }
        }
        return held + toCome.sorted { $0.start < $1.start }
    }

    private func title(of session: SessionID) -> String {
        let label = label(session.track)
        guard let (track, stage) = programme.stage(of: session) else { return session.rawValue }
        return track.host == nil ? label : "\(stage.name) at \(label)"
    }

    /// In how many teams a person is or was, in each cycle, and of how many at most.
    private func teams(of person: Person) -> String {
        let held = ledger.duties(of: person.id).filter(\.isInTeam).map(\.session.track)
        let planned = plan.tracks.filter {
            $0.team.values.contains { $0.contains(programme.post(of: person.id)) }
        }.map(\.id)
        let tracks = Dictionary(grouping: Set(held + planned), by: \.cycle)
        let counts = programme.cycles.compactMap { cycle -> String? in
            guard let count = tracks[cycle.id]?.count else { return nil }
            let most = (person.limits.teams ?? cycle.rules.limits.teams).map { " of at most \($0)" } ?? ""
            return "\(Wording.count(count, "team"))\(most)\(programme.cycles.count > 1 ? " in \(cycle.name)" : "")"
        }
        return counts.isEmpty ? "In no team." : "In \(Wording.list(counts))."
    }

    // MARK: Why

    private func whyThen(_ track: Track, stage: Stage, zone: TimeZoneRules) -> [String] {
        guard let search else { return [] }
        let others = search.outcome.explanation.alternatives(track: track.id.rawValue, stage: stage.id)
        guard !others.isEmpty else {
            return ["  Why then: it was fixed by a decision, or nothing else is allowed that week."]
        }
        let possible = others.filter { $0.obstacle == nil }.sorted {
            ($0.extraCost, $0.start) < ($1.extraCost, $1.start)
        }
        var lines = ["  Why then: of \(others.count) other times that week, \(possible.count) would be possible"]
        lines += possible.prefix(3).map { alternative in
            let when = Wording.moment(search.slots.instant(alternative.start), in: zone)
            return "    \(when) would \(cost(alternative.extraCost))"
        }
        let forbidden = others.compactMap(\.obstacle).map(short)
        return lines + counted(forbidden, "    not possible: ")
    }

    private func whyThem(_ track: Track, role: RoleID, person: PersonID) -> [String] {
        guard let search else { return [] }
        let others = search.outcome.explanation.candidates(
            track: track.id.rawValue, role: role, instead: person.rawValue)
        let possible = others.filter { $0.obstacle == nil }
        var lines = [
            "  \(Wording.role(role)): \(name(person)); \(possible.isEmpty ? "nobody else" : possible.count == 1 ? "one other" : "\(possible.count) others") could do it at these times"
        ]
        lines += possible.prefix(3).map { "    \(name($0.person)) would \(cost($0.extraCost))" }
        let host = track.host.flatMap { host in programme.school(host.school).map { (host, $0) } }
        let conflicts = ConflictRules(programme: programme, cycle: track.cycle, ledger: ledger)
        let forbidden = others.compactMap { other -> String? in
            guard let obstacle = other.obstacle else { return nil }
            if case .role(_, _, .excluded) = obstacle, let host,
                let candidate = programme.person(PersonID(other.person)),
                let reason = conflicts.reason(candidate, host: host.0, school: host.1)
            {
                return reason
            }
            return short(obstacle)
        }
        return lines + counted(forbidden, "    ruled out: ")
    }

    private func restsOn(_ track: Track, stage: Stage, planned: Plan.PlannedTrack) -> [String] {
        var ids = stage.attend.flatMap { planned.team[$0] ?? [] }
        if stage.attend.contains("host") { ids += track.host?.people ?? [] }
        if case .training(let event) = track.kind { ids += event.required }
        return calendars(ids.compactMap(programme.person))
    }

    private func calendars(_ people: [Person]) -> [String] {
        people.map { person in
            let calendars = programme.calendars(binding: person).map { source -> String in
                guard let copy = copies[source], let read = copy.succeeded else {
                    return "\(source.label), never read"
                }
                let state = copy.failure.map { ", stale: \($0)" } ?? ""
                return "\(source.label), copy of \(Wording.age(now - read)) ago\(state)"
            }
            return
                "  Rests on  \(person.name): \(calendars.isEmpty ? "working hours alone, no calendar" : calendars.joined(separator: "; "))"
        }
    }

    // MARK: Words

    private func counted(_ reasons: [String], _ lead: String) -> [String] {
        guard !reasons.isEmpty else { return [] }
        let counts = reasons.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = sorted.prefix(4).map { "\($0.key) (\($0.value))" } + (sorted.count > 4 ? ["other reasons"] : [])
        return [lead + shown.joined(separator: "; ")]
    }

    private func short(_ obstacle: Obstacle) -> String {
        switch obstacle {
        case .start: "not a time of the stage"
        case .notFree(let person, _, _, _): "\(name(person)) is not free"
        case .order: "too near to, or too far from, the other stages"
        case .doubleBooked(let person, _, _): "\(name(person)) has another session"
        case .role(_, _, .ownSchool): "of the host school"
        case .role(_, _, .excluded): "a conflict of interest"
        case .role(_, _, .taken): "in the team of the same school in another cycle"
        case .role(_, _, .sameSchool): "of the same school as another of the team"
        case .role(_, _, .required), .role(_, _, .twice): "comes anyway"
        case .role(_, _, .notQualified), .role(_, _, .count): "without the role"
        case .presence: "of another region, and the session is in person"
        case .personLimit(let person, let limit):
            limit == "maxTracks"
                ? "\(name(person)) is in enough teams"
                : "\(name(person)) has enough sessions that \(limit == "maxPerDay" ? "day" : "week")"
        case .schoolLimit(let school, _): "too many of \(programme.name(of: SchoolID(school))) would be out"
        case .room(let room, _): "the room \(programme.room(room)?.name ?? room) is taken"
        }
    }

    private func cost(_ extra: Int) -> String {
        extra == 0
            ? "be as good"
            : extra < 0 ? "be better by \(-extra) points, but it is published" : "be worse by \(extra) points"
    }

    private func label(_ track: TrackID) -> String { programme.label(of: track) }

    private func name(_ person: PersonID) -> String { programme.name(of: person) }

    /// The same by what the planner calls them.
    private func name(_ person: String) -> String { name(PersonID(person)) }
}
