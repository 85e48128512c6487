import CivilTime
import MusterConfiguration
import MusterModel
import MusterPlanner
import MusterPlanning

extension Workspace {
    /// What would change if something were different: the plan stays as it is proposed, and only what has to move, or
    /// can now be, does.
    ///
    /// - Parameter assumption: as `Assumption` reads it.
    /// - Returns: lines of text.
    /// - Throws: `Failure` where nobody can say what is meant.
    func whatIf(_ assumption: String, _ search: Proposal.Search) throws -> [String] {
        let assumption = try Assumption(assumption, workspace: self, slots: search.slots)
        let before = search.outcome.solution
        var problem = search.problem
        problem.published = before.tracks.map { Problem.Placement(track: $0.id, starts: $0.starts, team: $0.team) }
        // What stands costs what it does, but once it is published nothing has moved.
        let terms = search.outcome.explanation.terms
        let cost = before.score.cost - (terms["move"] ?? 0) - (terms["swap"] ?? 0)
        assumption.apply(to: &problem)
        let outcome = try Planner(problem).solve(
            Planner.Budget(
                rounds: configuration.planning.rounds, seed: search.seed,
                improvesPublished: assumption.changesJudgement))
        let comparison = SolutionComparison(programme: programme, slots: search.slots)
        let lines = comparison.lines(from: before, to: outcome.solution)
        let change = outcome.solution.score.cost - cost
        let isComparable =
            !assumption.changesJudgement && outcome.solution.score.unscheduled == before.score.unscheduled
            && change != 0
        return ["If \(assumption.sentence):"] + (lines.isEmpty ? ["  nothing would change"] : lines)
            + (isComparable
                ? ["The plan would cost \(abs(change)) points \(change < 0 ? "less" : "more") (muster plan --compare)."]
                : [])
    }
}

/// Something that might be different, as coordinators write it.
///
/// `person:a.marsh free 2027-02-11 09:30-12:00`, `person:a.marsh busy …`, `person:a.marsh teams 4`,
/// `person:a.marsh role lead`, `school:900001 out 3`, `room:zoom capacity 2`, `weight:theme 40`. Times are on the
/// person's own clocks.
struct Assumption {
    private enum Change {
        case free(PersonID, SlotRange)
        case busy(PersonID, SlotRange)
        case teams(PersonID, Int)
        case role(PersonID, RoleID)
        case out(SchoolID, Int)
        case capacity(String, Int)
        case weight(String, Int)
    }

    private let change: Change
    /// A clause that follows "if".
    let sentence: String

    /// Whether plans are judged by something else, so that published sessions may be worth moving.
    var changesJudgement: Bool { if case .weight = change { true } else { false } }

    private static let usage = """
        write for example "person:ID free 2027-02-11 09:30-12:00", "person:ID busy …", "person:ID teams 4", \
        "person:ID role lead", "school:ID out 3", "room:ID capacity 2" or "weight:theme 40"
        """

    init(_ text: String, workspace: Workspace, slots: Slots) throws {
        let words = text.split(separator: " ").map(String.init)
        let parts = (words.first ?? "").split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, words.count >= 2 else { throw Self.failure(text) }
        let programme = workspace.programme
        let number = words.count > 2 ? Int(words[2]) : Int(words[1])
        switch (parts[0], words[1], words.count) {
        case ("person", "free", 4), ("person", "busy", 4):
            let person = try Self.person(parts[1], workspace)
            guard let date = CivilDate(iso: words[2]), let window = TimeWindow(text: words[3]) else {
                throw Self.failure(text)
            }
            let range = slots.window(date, window, in: person.zone)
            guard range.from < range.to else {
                throw Workspace.Failure(
                    "\(words[2]) \(words[3]) lies outside the season that is planned.", exitCode: 64)
            }
            change = words[1] == "free" ? .free(person.id, range) : .busy(person.id, range)
            let span = Wording.span(slots.instant(range.from), slots.instant(range.to), in: person.zone)
            sentence = "\(person.name) were \(words[1]) on \(span)"
        case ("person", "teams", 3):
            let person = try Self.person(parts[1], workspace)
            guard let number, number >= 0 else { throw Self.failure(text) }
            change = .teams(person.id, number)
            sentence = "\(person.name) could be in \(Wording.count(number, "team"))"
        case ("person", "role", 3):
            let person = try Self.person(parts[1], workspace)
            change = .role(person.id, words[2])
            sentence = "\(person.name) could be \(Wording.role(words[2]))"
        case ("school", "out", 3):
            guard case .school(let id) = try workspace.find(parts[1]), let number, number >= 0 else {
                throw Self.failure(text)
            }
            change = .out(id, number)
            sentence = "\(programme.name(of: id)) could let \(Wording.count(number, "person")) out on one day"
        case ("room", "capacity", 3):
            guard let room = programme.room(parts[1]), let number, number >= 0 else { throw Self.failure(text) }
            change = .capacity(room.id, number)
            sentence = "the room \(room.name) could hold \(Wording.count(number, "session")) at once"
        case ("weight", _, 2):
            guard Problem.Weights.named[parts[1]] != nil, let number, number >= 0 else { throw Self.failure(text) }
            change = .weight(parts[1], number)
            sentence = "the weight \(parts[1]) were \(number)"
        default: throw Self.failure(text)
        }
    }

    private static func failure(_ text: String) -> Workspace.Failure {
        Workspace.Failure("\"\(text)\" is not understood: \(usage).", exitCode: 64)
    }

    private static func person(_ word: String, _ workspace: Workspace) throws -> Person {
        guard case .person(let id) = try workspace.find(word), let person = workspace.programme.person(id) else {
            throw Workspace.Failure("\"\(word)\" is nobody of the programme.", exitCode: 64)
        }
        return person
    }

    func apply(to problem: inout Problem) {
        switch change {
        case .free(let id, let range):
            Self.change(&problem.people, id: id) { $0.free = SlotSets.union($0.free + [range]) }
        case .busy(let id, let range):
            Self.change(&problem.people, id: id) { $0.free = SlotSets.subtract([range], from: $0.free) }
        case .teams(let id, let count): Self.change(&problem.people, id: id) { $0.maxTracks = count }
        case .role(let id, let role):
            Self.change(&problem.people, id: id) { $0.qualifications = Array(Set($0.qualifications + [role])).sorted() }
        case .out(let id, let count):
            if let index = problem.schools.firstIndex(where: { $0.id == id.rawValue }) {
                problem.schools[index].maxPerDay = count
            }
        case .capacity(let id, let count):
            if let index = problem.rooms.firstIndex(where: { $0.id == id }) { problem.rooms[index].capacity = count }
        case .weight(let name, let weight):
            if let path = Problem.Weights.named[name] { problem.weights[keyPath: path] = weight }
        }
    }

    private static func change(
        _ people: inout [Problem.Person], id: PersonID, body: (inout Problem.Person) -> Void
    ) {
        guard let index = people.firstIndex(where: { $0.id == id.rawValue }) else { return }
        body(&people[index])
    }
}

/// Says in words how one solution differs from another.
private struct SolutionComparison {
    let programme: Programme
    let slots: Slots

    func lines(from before: Solution, to after: Solution) -> [String] {
        programme.tracks.flatMap { track -> [String] in
            let old = before.tracks.first { $0.id == track.id.rawValue }
            let new = after.tracks.first { $0.id == track.id.rawValue }
            let label = programme.label(of: track.id)
            switch (old, new) {
            case (nil, nil): return []
            case (nil, let new?): return ["  \(label) could be scheduled: \(times(new, track))"]
            case (_?, nil): return ["  \(label) could not be scheduled any more"]
            case (let old?, let new?):
                return moves(old, new: new, track: track, label: label)
                    + exchanges(old, new: new, track: track, label: label)
            }
        }
    }

    private func moves(_ old: Solution.Track, new: Solution.Track, track: Track, label: String) -> [String] {
        track.stages.compactMap { stage in
            guard let from = old.starts[stage.id], let to = new.starts[stage.id], from != to else { return nil }
            return "  \(label): \(stage.name) would move from \(moment(from, track)) to \(moment(to, track))"
        }
    }

    private func exchanges(_ old: Solution.Track, new: Solution.Track, track: Track, label: String) -> [String] {
        track.cycle.team.compactMap { role in
            let (gone, come) = (
                (old.team[role.id] ?? []).filter { !(new.team[role.id] ?? []).contains($0) },
                (new.team[role.id] ?? []).filter { !(old.team[role.id] ?? []).contains($0) }
            )
            guard !gone.isEmpty || !come.isEmpty else { return nil }
            return "  \(label): \(Wording.role(role.id)) would be \(names(come)) instead of \(names(gone))"
        }
    }

    private func times(_ placed: Solution.Track, _ track: Track) -> String {
        Wording.list(
            track.stages.compactMap { stage in
                placed.starts[stage.id].map { "\(Wording.inSentence(stage.name)) \(moment($0, track))" }
            })
    }

    private func moment(_ slot: Int, _ track: Track) -> String {
        Wording.moment(slots.instant(slot), in: programme.school(track.school)?.zone ?? .utc)
    }

    private func names(_ ids: [String]) -> String {
        ids.isEmpty ? "nobody" : Wording.list(ids.map { programme.name(of: PersonID($0)) })
    }
}
