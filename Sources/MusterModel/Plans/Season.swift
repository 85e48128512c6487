import CivilTime

/// A plan laid out for people to look at: weeks across, schools down.
public struct Season: Sendable, Codable {
    /// One cycle of a partnership.
    public struct Group: Sendable, Codable {
        /// The cycle.
        public var cycle: CycleID
        /// `Rapid Response, spring term 2027`.
        public var name: String
        /// The same with its partnership: `Tamar Valley: Rapid Response, spring term 2027`.
        public var title: String
        /// Mondays of its weeks.
        public var weeks: [CivilDate]
        /// The marks of its stages.
        public var legend: [Mark]
        /// Its hosts and training events.
        public var rows: [Row]
    }

    /// How a stage is shown.
    public struct Mark: Hashable, Sendable, Codable {
        /// A shape, such as `▲`.
        public var symbol: String
        /// A letter, such as `R`.
        public var letter: String
        /// The stage's name, such as `Review`.
        public var name: String
    }

    /// One host's run or one training event.
    public struct Row: Sendable, Codable {
        /// The track.
        public var track: TrackID
        /// The school or the event.
        public var label: String
        /// What happens in each week.
        public var cells: [Cell]
        /// The sessions in order, with who comes in a role.
        public var sessions: [SessionLine]
        /// Its number in the list of what is not scheduled; nil where it is.
        public var unscheduled: Int?
    }

    /// One week of a row.
    public struct Cell: Sendable, Codable {
        /// The marks of the sessions of the week, in order.
        public var marks: [Mark]
        /// Those sessions.
        public var sessions: [SessionID] = []
        /// What the week is to the school: `nil` for an ordinary one.
        public var shade: Shade?
    }

    /// What is special about a week.
    public enum Shade: String, CaseIterable, Sendable, Codable {
        /// No day is open.
        case closed
        /// Examinations are held.
        case examinations
        /// A day of it is an INSET day.
        case inset
    }

    /// One session in words.
    public struct SessionLine: Sendable, Codable {
        /// The session.
        public var id: SessionID
        /// The stage.
        public var stage: String
        /// `Wed 13 Jan 14:00–15:00`.
        public var when: String
        /// Those who come by a role, `lead reviewer: Ann Marsh`.
        public var team: [String]
        /// `2 of 4 accepted`; empty where nobody has answered.
        public var answers = ""

        /// One session; every field as described there.
        public init(id: SessionID, stage: String, when: String, team: [String], answers: String = "") {
            self.id = id
            self.stage = stage
            self.when = when
            self.team = team
            self.answers = answers
        }
    }

    /// What a person or a school has to do.
    public struct Load: Sendable, Codable {
        /// The person or the school, by name.
        public var name: String
        /// Teams (of a person) or seats (of a school), in all cycles that are shown.
        public var count: Int
        /// The same in each of the cycles, in their order.
        public var cycles: [Int]
        /// The same before those cycles, as `history.csv` has it.
        public var earlier: Int
        /// Sessions attended.
        public var sessions: Int
        /// For a school, how often it hosts.
        public var hosts: Int
    }

    /// What could not be scheduled.
    public struct Unscheduled: Sendable, Codable {
        /// The school or the event.
        public var label: String
        /// Sentences that name the rule that stops it.
        public var reasons: [String]
        /// What would make it fit, each enough alone.
        public var remedies: [String]
        /// Whether the remedies were tried and found to help.
        public var isVerified: Bool
    }

    /// The cycles.
    public var groups: [Group]
    /// What could not be scheduled, in the order of the numbers.
    public var unscheduled: [Unscheduled]
    /// Who does how much, the most first.
    public var people: [Load]
    /// What each school gives and takes.
    public var schools: [Load]

    /// The season of a plan: what was held as the ledger has it, and what is to come as the plan does.
    ///
    /// - Parameters:
    ///   - cycles: only these, with their schools; nil for all.
    ///   - attendance: who has said what about the published sessions.
    public init(
        programme: Programme, cycles: Set<CycleID>? = nil, plan: Plan, ledger: Ledger,
        attendance: [SessionID: Attendance] = [:]
    ) {
        let plan = cycles.map(plan.limited) ?? plan
        let shown = programme.cycles.filter { cycles?.contains($0.id) ?? true }
        let schools =
            cycles == nil ? nil : Set(shown.compactMap { programme.partnership($0.partnership) }.flatMap(\.schools))
        let builder = SeasonBuilder(
            programme: programme, shownSchools: schools, plan: plan, ledger: ledger, attendance: attendance)
        groups = shown.map(builder.group)
        let counter = LoadCounter(cycles: shown.map(\.id), programme)
        unscheduled = plan.unscheduled.map {
            Unscheduled(
                label: programme.label(of: $0.id), reasons: $0.reasons, remedies: $0.remedies, isVerified: $0.isVerified
            )
        }
        people = builder.people(counter)
        self.schools = builder.schools(counter)
    }
}

private struct SeasonBuilder {
    let programme: Programme
    let shownSchools: Set<SchoolID>?
    let plan: Plan
    let ledger: Ledger
    let attendance: [SessionID: Attendance]
    private let planned: [TrackID: Plan.PlannedTrack]
    private let unscheduled: [TrackID: Int]

    init(
        programme: Programme, shownSchools: Set<SchoolID>?, plan: Plan, ledger: Ledger,
        attendance: [SessionID: Attendance]
    ) {
        self.shownSchools = shownSchools
        self.attendance = attendance
        self.programme = programme
        self.plan = plan
        self.ledger = ledger
        planned = plan.tracksByID
        unscheduled = plan.unscheduled.enumerated().reduce(into: [:]) { $0[$1.element.id] = $1.offset + 1 }
    }

    func group(_ cycle: Cycle) -> Season.Group {
        let name = programme.name(of: cycle.partnership)
        let weeks = stride(from: cycle.dates.lowerBound.monday, through: cycle.dates.upperBound, by: 7).map { $0 }
        let symbols = ["●", "▲", "■", "◆", "▼"]
        var marks: [StageID: Season.Mark] = [:]
        for (index, stage) in cycle.stages.enumerated() {
            marks[stage.id] = Season.Mark(
                symbol: symbols[index % symbols.count], letter: letter(stage, cycle.stages), name: stage.name)
        }
        for event in cycle.training {
            marks[event.stage.id] = Season.Mark(symbol: "★", letter: "T", name: event.stage.name)
        }
        let rows = programme.tracks(of: cycle.id).map { row($0, weeks: weeks, marks: marks) }
        let legend = (cycle.stages + cycle.training.map(\.stage)).compactMap { marks[$0.id] }
        return Season.Group(
            cycle: cycle.id, name: cycle.name, title: "\(name): \(cycle.name)", weeks: weeks, legend: legend,
            rows: rows)
    }

    /// The first letter of the stage's name, of its last word where it would be the same as that of an earlier stage.
    private func letter(_ stage: Stage, _ stages: [Stage]) -> String {
        let words = stage.name.split { $0 == " " || $0 == "-" }
        let word = stage.name.hasPrefix("Improvement") ? words.last : words.first
        return word.map { $0.prefix(1).uppercased() } ?? "?"
    }

    private func row(_ track: Track, weeks: [CivilDate], marks: [StageID: Season.Mark]) -> Season.Row {
        let school = programme.school(track.school)
        let zone = school?.zone ?? .utc
        let planned = planned[track.id]
        let cells = weeks.map { monday in
            let sessions = (planned?.sessions ?? []).filter {
                zone.local($0.start).date.monday == monday && marks[$0.stage] != nil
            }
            return Season.Cell(
                marks: sessions.compactMap { marks[$0.stage] }, sessions: sessions.map { track.id.session($0.stage) },
                shade: school.flatMap { shade($0, monday) })
        }
        let held = ledger.sessions(of: track)
        let lines = (planned?.sessions ?? []).map { session in
            let stage = track.stages.first { $0.id == session.stage }
            let team =
                held.first { $0.stage == session.stage }?.teamByRole ?? planned.map {
                    self.team(of: $0, session, stage)
                }
                ?? [:]
            return Season.SessionLine(
                id: track.id.session(session.stage), stage: stage?.name ?? session.stage,
                when: Wording.span(session.start, session.end, in: zone),
                team: names(team, track.cycle),
                answers: attendance[track.id.session(session.stage)]?.summary ?? "")
        }
        return Season.Row(
            track: track.id, label: programme.label(of: track.id), cells: cells, sessions: lines,
            unscheduled: unscheduled[track.id])
    }

    private func names(_ team: [RoleID: [PersonID]], _ cycle: Cycle) -> [String] {
        cycle.team.compactMap { role in
            guard let people = team[role.id], !people.isEmpty else { return nil }
            let names = people.map { programme.name(of: $0) }
            let title = Wording.role(role.id)
            return "\(names.count > 1 ? title + "s" : title): \(names.joined(separator: ", "))"
        }
    }

    private func shade(_ school: School, _ monday: CivilDate) -> Season.Shade? {
        let days = monday..<monday + 5
        if !days.contains(where: { school.days.kind(of: $0) != .closed }) { return .closed }
        if days.contains(where: { school.days.isExamination($0, phase: school.phase) }) { return .examinations }
        return days.contains { school.days.kind(of: $0) == .inset } ? .inset : nil
    }

    /// Those of the team who come to a session that is to be held.
    private func team(
        of planned: Plan.PlannedTrack, _ session: Plan.PlannedSession, _ stage: Stage?
    ) -> [RoleID: [PersonID]] {
        planned.team(at: stage).mapValues { $0.map { programme.holder(of: $0, at: session.start) } }
    }

    // MARK: Loads

    /// Everybody who is in the team of a track, or was.
    private func members(of planned: Plan.PlannedTrack, _ held: [Ledger.HeldSession]) -> Set<PersonID> {
        let stages = programme.track(planned.id)?.stages ?? []
        let toCome = planned.sessions.filter { session in !held.contains { $0.stage == session.stage } }
        let team = toCome.flatMap { session in
            self.team(of: planned, session, stages.first { $0.id == session.stage }).values.flatMap(\.self)
        }
        return Set(held.flatMap(\.team) + team)
    }

    func people(_ counter: LoadCounter) -> [Season.Load] {
        var teams: [PersonID: [CycleID]] = [:]
        var sessions: [PersonID: Int] = [:]
        for planned in plan.tracks {
            guard let track = programme.track(planned.id) else { continue }
            let held = ledger.sessions(of: track)
            let attendances = planned.sessions.map { session in
                held.first { $0.stage == session.stage }?.team
                    ?? team(of: planned, session, track.stages.first { $0.id == session.stage }).values.flatMap(\.self)
            }
            for person in members(of: planned, held) { teams[person, default: []].append(planned.id.cycle) }
            for people in attendances { for person in Set(people) { sessions[person, default: 0] += 1 } }
        }
        return teams.map { id, teams in
            counter.load(
                programme.name(of: id), teams, earlier: counter.ofPerson[id], sessions: sessions[id], hosts: 0
            )
        }.sorted { (-$0.count, -$0.sessions, $0.name) < (-$1.count, -$1.sessions, $1.name) }
    }

    func schools(_ counter: LoadCounter) -> [Season.Load] {
        var seats: [SchoolID: [CycleID]] = [:]
        var hosted: [SchoolID: (runs: Int, sessions: Int)] = [:]
        for planned in plan.tracks {
            let held = programme.track(planned.id).map(ledger.sessions) ?? ledger.sessions(of: planned.id)
            for person in members(of: planned, held) {
                if let school = programme.person(person)?.school { seats[school, default: []].append(planned.id.cycle) }
            }
            guard let track = programme.track(planned.id), track.host != nil else { continue }
            hosted[track.school, default: (0, 0)].runs += 1
            hosted[track.school, default: (0, 0)].sessions += planned.sessions.count
        }
        return (shownSchools.map(programme.schools) ?? programme.schools).map { school in
            let (runs, sessions) = hosted[school.id] ?? (0, 0)
            return counter.load(
                school.name, seats[school.id] ?? [], earlier: counter.ofSchool[school.id], sessions: sessions,
                hosts: runs)
        }
    }
}

/// Counts teams and seats cycle by cycle, and those of before.
private struct LoadCounter {
    let cycles: [CycleID]
    /// Teams of each person in earlier cycles.
    let ofPerson: [PersonID: Int]
    /// Seats that each school gave to those.
    let ofSchool: [SchoolID: Int]

    init(cycles: [CycleID], _ programme: Programme) {
        self.cycles = cycles
        ofPerson = programme.history.reduce(into: [:]) { $0[$1.person, default: 0] += 1 }
        ofSchool = programme.history.reduce(into: [:]) { counts, entry in
            if let school = programme.person(entry.person)?.school { counts[school, default: 0] += 1 }
        }
    }

    /// - Parameter teams: the cycle of each team or seat.
    func load(_ name: String, _ teams: [CycleID], earlier: Int?, sessions: Int?, hosts: Int) -> Season.Load {
        Season.Load(
            name: name, count: teams.count, cycles: cycles.map { cycle in teams.count { $0 == cycle } },
            earlier: earlier ?? 0, sessions: sessions ?? 0, hosts: hosts)
    }
}
