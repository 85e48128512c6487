import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import MusterPlanner
import MusterPlanning
import MusterTestSupport
import Testing

@Suite struct `Compiling a programme into a problem` {
    private let files: ProgrammeFiles
    private let now: Instant

    init() throws {
        files = try ProgrammeFiles()
        now = try #require(Instant(iso: ProgrammeFiles.now))
    }

    private func compile(
        busy: [BusyInterval]? = nil, published: Plan = Plan(), decisions: [Decision] = [], notice: Int = 7,
        earlier: [Duty] = []
    ) throws -> Compiled {
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(!result.hasErrors, "\(result.diagnostics)")
        let source = try #require(result.programme.calendars.first)
        var copies: [CalendarSource: CalendarCopy] = [:]
        if let busy {
            copies[source] = CalendarCopy(
                source: source, attempted: now, succeeded: now, window: now..<now + 1, eventCount: busy.count,
                busy: busy)
        }
        let context = ProblemCompiler.Context(
            copies: copies, published: published,
            ledger: Ledger(DetailsBuilder(programme: result.programme).duties(published) + earlier, at: now),
            decisions: decisions, now: now, notice: notice, buffer: 15)
        let compiler = try #require(ProblemCompiler(result.programme, context: context))
        let problem = compiler.compile()
        try problem.validate()
        return Compiled(problem: problem, slots: compiler.slots, programme: result.programme, context: context)
    }

    private struct Compiled {
        let problem: Problem
        let slots: Slots
        let programme: Programme
        let context: ProblemCompiler.Context

        func plan(_ outcome: Planner.Outcome) -> Plan {
            PlanDecoder(programme: programme, slots: slots, problem: problem, context: context).plan(outcome)
        }
    }

    private func slot(_ text: String, _ slots: Slots) throws -> Int { slots.slot(try #require(Instant(iso: text))) }

    private func covers(_ ranges: [SlotRange], _ slot: Int) -> Bool {
        ranges.contains { $0.from <= slot && slot < $0.to }
    }

    @Test func `takes working hours, less busy times, less days on which the school is closed`() throws {
        let busy = BusyInterval(
            start: try #require(Instant(iso: "2027-01-20T10:05:00Z")),
            end: try #require(Instant(iso: "2027-01-20T10:50:00Z")))
        let compiled = try compile(busy: [busy])
        let (problem, slots) = (compiled.problem, compiled.slots)
        let person = try #require(problem.people.first { $0.id == "a.marsh" })
        for (time, isFree) in [
            ("2027-01-20T09:45:00Z", true), ("2027-01-20T10:00:00Z", false), ("2027-01-20T10:45:00Z", false),
            ("2027-01-20T11:00:00Z", true),
            ("2027-01-20T07:45:00Z", false), ("2027-01-20T17:00:00Z", false), ("2027-02-17T10:00:00Z", false),
            ("2027-01-23T10:00:00Z", false),
        ] {
            #expect(covers(person.free, try slot(time, slots)) == isFree, "\(time)")
        }
        #expect(person.avoid.isEmpty)
    }

    @Test func `books a person whose calendar nobody ever read only at a cost`() throws {
        let problem = try compile().problem
        let person = try #require(problem.people.first { $0.id == "a.marsh" })
        #expect(person.avoid.map { SlotRange($0.from, $0.to) } == person.free)
    }

    @Test func `plans nothing new within the notice`() throws {
        let compiled = try compile(busy: [], notice: 60)
        let (problem, slots) = (compiled.problem, compiled.slots)
        let earliest = try slot("2027-01-23T09:00:00Z", slots)
        #expect(problem.people.allSatisfy { $0.free.allSatisfy { $0.from >= earliest } })
        #expect(problem.tracks.flatMap(\.stages).allSatisfy { ($0.window?.from ?? 0) >= earliest })
    }

    @Test func `gives stages their days, times, gaps and rooms`() throws {
        let compiled = try compile(busy: [])
        let (problem, slots) = (compiled.problem, compiled.slots)
        let track = try #require(problem.tracks.first)
        #expect(track.required == ["a.marsh"] && track.distinctSchools && track.theme == "reading")
        #expect(track.stages.map(\.slots) == [4, 10, 8])
        #expect(track.stages[1].gap == SlotRange(5, 15))
        #expect(track.stages[0].room == "zoom")
        #expect(covers(track.stages[0].free ?? [], try slot("2027-01-20T13:30:00Z", slots)))
        #expect(!covers(track.stages[0].free ?? [], try slot("2027-01-20T15:00:00Z", slots)))
        #expect(track.stages[0].days?.contains(try slot("2027-02-17T13:30:00Z", slots) / 96) == false)
        let midday = try slot("2027-02-17T12:00:00Z", slots)
        #expect(track.days?.contains(midday / 96) == false)
    }

    @Test func `works out clock changes within the season`() throws {
        try files.replace(
            "2027-01-11 to 2027-03-24", with: "2027-03-15 to 2027-04-30", in: "programme/cycles/spring.yaml")
        try files.replace(
            "2027-01-05 to 2027-03-25", with: "2027-01-05 to 2027-05-25", in: "programme/terms/county.yaml")
        let compiled = try compile(busy: [])
        let (problem, slots) = (compiled.problem, compiled.slots)
        let free = try #require(problem.tracks.first?.stages.first?.free)
        #expect(covers(free, try slot("2027-03-26T13:30:00Z", slots)))
        #expect(!covers(free, try slot("2027-03-26T12:30:00Z", slots)))
        #expect(covers(free, try slot("2027-03-29T12:30:00Z", slots)))
        #expect(!covers(free, try slot("2027-03-29T14:00:00Z", slots)))
    }

    @Test(arguments: [
        ("programme/schools.csv", "North West,,310", "North West,T,310", "South West,,180", "South West,T,180"),
        (
            "programme/people.csv", "Mo Khan,m.khan@example.test,900004,champion,,",
            "Mo Khan,m.khan@example.test,900004,champion,,", "hours", "conflicts"
        ),
    ])
    func `excludes whoever has a conflict of interest`(
        file: String, old: String, new: String, old2: String, new2: String
    ) throws {
        try files.replace(old, with: file.contains("people") ? new + "900001" : new, in: file)
        try files.replace(old2, with: new2, in: file)
        if file.contains("people") { try files.replace("Mon-Thu 08:00-17:00", with: "", in: file) }
        #expect(try compile(busy: []).problem.tracks.first?.excluded == ["m.khan"])
    }

    @Test func `pins what was decided and leaves out what was cancelled`() throws {
        let start = try #require(Instant(iso: "2027-01-20T14:00:00Z"))
        let decisions = [
            Decision(subject: "spring/900001/pre-review", kind: .move(start: start), at: now),
            Decision(subject: "spring/900001/workshop", kind: .cancel, at: now),
        ]
        let compiled = try compile(busy: [], decisions: decisions)
        let (problem, slots) = (compiled.problem, compiled.slots)
        #expect(problem.pinned.first?.starts == ["pre-review": slots.slot(start)])
        #expect(problem.tracks.first?.stages.map(\.id) == ["pre-review", "review"])
    }

    @Test func `takes what has begun for history, and counts the stages after it from there`() throws {
        let start = try #require(Instant(iso: "2026-11-24T08:00:00Z"))
        let plan = Plan(tracks: [
            Plan.PlannedTrack(
                id: "spring/900001",
                sessions: [Plan.PlannedSession(stage: "pre-review", start: start, end: start + 3600)],
                team: ["lead": ["s.ellis"]])
        ])
        try files.replace("2027-01-11 to", with: "2026-11-20 to", in: "programme/cycles/spring.yaml")
        try files.replace("2027-01-05 to", with: "2026-09-05 to", in: "programme/terms/county.yaml")
        let compiled = try compile(busy: [], published: plan)
        let (problem, slots) = (compiled.problem, compiled.slots)
        #expect(problem.tracks.first?.stages.map(\.id) == ["review", "workshop"])
        let days = try #require(problem.tracks.first?.stages.first?.days)
        let held = try slot("2026-11-24T12:00:00Z", slots) / 96
        #expect(days.first == held + 7 && days.last == held + 21)
        let outcome = try Planner(problem).solve(Planner.Budget(rounds: 20))
        #expect(compiled.plan(outcome).tracks.first?.sessions.map(\.stage) == ["pre-review", "review", "workshop"])
    }

    @Test func `lets a session that is near stay or move to where new ones may be, and somebody take another's place`()
        throws
    {
        let start = try #require(Instant(iso: "2026-11-27T14:00:00Z"))
        let plan = Plan(tracks: [
            Plan.PlannedTrack(
                id: "spring/900001",
                sessions: [Plan.PlannedSession(stage: "pre-review", start: start, end: start + 3600)],
                team: ["lead": ["s.ellis"]])
        ])
        try files.replace("2027-01-11 to", with: "2026-11-20 to", in: "programme/cycles/spring.yaml")
        try files.replace("2027-01-05 to", with: "2026-09-05 to", in: "programme/terms/county.yaml")
        let compiled = try compile(busy: [], published: plan)
        let (problem, slots) = (compiled.problem, compiled.slots)
        #expect(problem.pinned.isEmpty)
        let stage = try #require(problem.tracks.first?.stages.first)
        let published = slots.slot(start)
        #expect(stage.window?.from == published && covers(stage.free ?? [], published))
        #expect(covers(stage.free ?? [], published + 3) && !covers(stage.free ?? [], published + 4))
        let earliest = slots.slot(now + 7 * 86_400)
        #expect(stage.free?.allSatisfy { $0.from == published || $0.from >= earliest } == true)
        let other = try #require(problem.people.first { $0.id == "k.o" })
        #expect(covers(other.free, slots.slot(start)) && !covers(other.free, slots.slot(start) - 4))
    }

    @Test func `keeps people out of days on which they are away`() throws {
        try files.replace("hours", with: "away", in: "programme/people.csv")
        try files.replace(
            "Mon-Thu 08:00-17:00", with: "2027-01-20; 2027-01-25 to 2027-01-26", in: "programme/people.csv")
        let compiled = try compile(busy: [])
        let (problem, slots) = (compiled.problem, compiled.slots)
        let person = try #require(problem.people.first { $0.id == "j.patel" })
        for (day, isFree) in [("20", false), ("21", true), ("25", false), ("26", false), ("27", true)] {
            #expect(covers(person.free, try slot("2027-01-\(day)T10:00:00Z", slots)) == isFree)
        }
    }

    @Test func `keeps people out of hours for which they are away, and no longer`() throws {
        try files.replace("hours", with: "away", in: "programme/people.csv")
        try files.replace(
            "Mon-Thu 08:00-17:00", with: "2027-01-20 09:05-12:00; 2027-01-21 to 2027-01-22 16:00-17:00",
            in: "programme/people.csv")
        let compiled = try compile(busy: [])
        let person = try #require(compiled.problem.people.first { $0.id == "j.patel" })
        for (time, isFree) in [
            ("20T08:45", true), ("20T09:00", false), ("20T11:45", false), ("20T12:00", true), ("21T15:45", true),
            ("21T16:00", false), ("22T16:45", false), ("25T16:00", true),
        ] {
            #expect(covers(person.free, try slot("2027-01-\(time):00Z", compiled.slots)) == isFree, "\(time)")
        }
    }

    @Test func `takes somebody at two schools for staff of both`() throws {
        try files.replace(
            "j.patel@example.test,900002", with: "j.patel@example.test,900002; 900001", in: "programme/people.csv")
        try files.replace("pupils,terms", with: "pupils,terms,closed", in: "programme/schools.csv")
        try files.replace("180,county", with: "180,county,2027-01-20", in: "programme/schools.csv")
        let compiled = try compile(busy: [])
        let person = try #require(compiled.problem.people.first { $0.id == "j.patel" })
        #expect(!covers(person.free, try slot("2027-01-20T10:00:00Z", compiled.slots)))
        #expect(covers(person.free, try slot("2027-01-21T10:00:00Z", compiled.slots)))
        #expect(compiled.problem.tracks[0].excluded.contains("j.patel"))
        let cycle = try #require(compiled.programme.cycles.first)
        let rules = ConflictRules(programme: compiled.programme, cycle: cycle, ledger: compiled.context.ledger)
        let patel = try #require(compiled.programme.person("j.patel"))
        let oakford = try #require(compiled.programme.school("900001"))
        #expect(rules.reason(patel, host: cycle.hosts[0], school: oakford) == "works at Oakford Primary as well")
    }

    @Test func `plans a stage after the training that it needs: as it is planned, else its last day`() throws {
        let cycle = "programme/cycles/spring.yaml"
        let event =
            "{ id: course, length: 1 h, school: 900002, invited: [k.o], mode: online, dates: 2027-01-11 to 2027-01-29 }"
        try files.replace("hosts:\n", with: "training:\n  - \(event)\nhosts:\n", in: cycle)
        try files.replace("length: 60 min\n", with: "length: 60 min\n    after: course\n", in: cycle)
        func window(_ published: Plan) throws -> Int {
            let compiled = try compile(published: published)
            let first = try #require(compiled.problem.tracks.first?.stages.first)
            return try #require(first.window).from
                - compiled.slots.slot(try #require(Instant(iso: "2027-01-11T00:00:00Z")))
        }
        #expect(try window(Plan()) == 19 * 96)
        let start = try #require(Instant(iso: "2027-01-13T10:00:00Z"))
        let planned = Plan.PlannedTrack(
            id: "spring/course", sessions: [Plan.PlannedSession(stage: "course", start: start, end: start + 3600)],
            team: [:])
        #expect(try window(Plan(tracks: [planned])) == 2 * 96 + 44)
    }

    @Test(arguments: [
        ("Mon-Wed 08:00-17:00", "Thu-Fri 08:00-17:00"), ("Mon-Fri 08:00-12:00", "Mon-Fri 12:00-17:00"),
        ("Mon-Wed 08:00-17:00; Thu 08:00-10:00", "Thu-Fri 08:00-17:00"),
    ])
    func `plans those who share a job as one, and asks whoever works on the day`(first: String, second: String) throws {
        let people = "programme/people.csv"
        try files.replace("calendars,hours", with: "calendars,hours,job-share", in: people)
        try files.replace(
            "calendars/head.ics,",
            with:
                "calendars/head.ics,\(first),oakford\nh.lee,Hana Lee,h.lee@example.test,900001,head,,\(second),oakford",
            in: people)
        let compiled = try compile(busy: [])
        #expect(compiled.problem.tracks[0].required == ["a.marsh"])
        #expect(compiled.problem.people.first { $0.id == "h.lee" }?.qualifications == [])
        let outcome = try Planner(compiled.problem).solve(Planner.Budget(rounds: 40))
        let plan = compiled.plan(outcome)
        #expect(plan.tracks.count == 1)
        let details = DetailsBuilder(programme: compiled.programme).details(plan)
        for session in details {
            let hosts = session.participants.filter { $0.role == Duty.host }
            let person = try #require(hosts.first.flatMap { compiled.programme.person($0.person) })
            let (start, end) = (person.zone.local(session.start), person.zone.local(session.end))
            let hours = person.pattern.hours[start.date.weekday] ?? []
            #expect(hosts.count == 1)
            #expect(
                hours.contains { $0.lowerBound <= start.time && end.time <= $0.upperBound },
                "\(person.name) \(start) \(session.id)")
        }
        let season = Season(programme: compiled.programme, plan: plan, ledger: compiled.context.ledger)
        #expect(season.people.allSatisfy { $0.name != "Hana Lee" }, "she hosts, and is in no team")
    }

    @Test func `counts teams by the cycle, or by the year where cycles say so`() throws {
        let cycle = "programme/cycles/spring.yaml"
        #expect(try compile().problem.groups.map(\.id) == ["spring"])
        try files.replace("hosts:\n", with: "rules: { limits: { teams: 2, teams-per: year } }\nhosts:\n", in: cycle)
        let spring = try String(contentsOfFile: files.config + "/" + cycle, encoding: .utf8)
        let summer = spring.replacing("cycle: spring", with: "cycle: summer").replacing("teams: 2", with: "teams: 3")
        try files.folder.write(summer, to: "config/programme/cycles/summer.yaml")
        let start = try #require(Instant(iso: "2026-06-10T09:00:00Z"))
        let earlier = Duty(session: "old/900002/review", person: "k.o", role: "lead", start: start, end: start + 3600)
        let problem = try compile(earlier: [earlier]).problem
        #expect(problem.groups.count == 1 && problem.groups[0].maxTracks == 2)
        #expect(Set(problem.tracks.map(\.group)) == [problem.groups[0].id])
        #expect(problem.held.map(\.group) == [problem.groups[0].id] && problem.held[0].team == ["k.o"])
    }

    @Test func `turns the solution back into sessions at the right time of the host's clocks`() throws {
        let compiled = try compile(busy: [])
        let problem = compiled.problem
        let outcome = try Planner(problem).solve(Planner.Budget(rounds: 20))
        let plan = compiled.plan(outcome)
        let details = DetailsBuilder(programme: compiled.programme).details(plan)
        #expect(details.count == 3)
        let first = try #require(details.first)
        #expect(first.title == "Pre-review meeting at Oakford Primary" && first.end - first.start == 3600)
        #expect(first.link == "https://meet.example/abc" && first.place == nil)
        #expect(first.participants.map(\.role) == ["host", "lead"])
    }

    @Test(
        arguments: [
            ("", nil, nil), ("visibility: public\nproposals: yes\n", nil, nil),
            ("visibility: confidential\nproposals: no\n", .confidential, false),
        ] as [(String, SessionDetails.Visibility?, Bool?)])
    func `says of sessions how calendars are to treat them, where that is not as usual`(
        lines: String, visibility: SessionDetails.Visibility?, allowsProposals: Bool?
    ) throws {
        try files.replace("hosts:", with: lines + "hosts:", in: "programme/cycles/spring.yaml")
        let compiled = try compile(busy: [])
        let problem = compiled.problem
        let outcome = try Planner(problem).solve(Planner.Budget(rounds: 20))
        let plan = compiled.plan(outcome)
        let details = DetailsBuilder(programme: compiled.programme).details(plan)
        #expect(!details.isEmpty)
        #expect(details.allSatisfy { $0.visibility == visibility && $0.allowsProposals == allowsProposals })
    }
}
