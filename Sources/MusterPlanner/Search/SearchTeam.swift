import Dispatch
import Synchronization

/// Several searches side by side, which meet a few times on the way.
///
/// On a small problem each searches all of it by itself, and at each meeting all go on from the best plan. A large one
/// is divided among them, tracks by regions and people by where they are needed, so that nobody is booked by two at
/// once; at each meeting their parts are joined. Now and then all look at all of it, for what crosses the parts.
struct SearchTeam {
    /// From so many tracks on a problem is divided.
    private static let large = 200
    private static let meetings = 12

    /// One search, used by one thread at a time.
    private final class Member: Sendable {
        let search: Mutex<Search>

        init(_ search: sending Search) { self.search = Mutex(search) }
    }

    private let instance: Instance
    private let tables: SearchTables
    private let budget: Planner.Budget
    private let members: [Member]
    /// Whether there are too few regions for each member to have its own.
    private let isCut: Bool

    init(_ instance: Instance, tables: SearchTables, budget: Planner.Budget) {
        self.instance = instance
        self.tables = tables
        self.budget = budget
        isCut = Set(instance.tracks.map(\.region)).count < budget.threads * 2
        let memory = (64 << 20) / budget.threads
        members = (0..<budget.threads).map { number in
            Member(
                Search(
                    instance, tables, seed: budget.seed + number * 1_000_003,
                    improvesPublished: budget.improvesPublished,
                    yielding: budget.yielding, memory: memory))
        }
    }

    var best: State.Snapshot { lead { $0.best } }

    private var isDivided: Bool { members.count > 1 && instance.tracks.count >= Self.large }

    private func lead<Value: Sendable>(_ body: (inout Search) -> Value) -> Value {
        members[0].search.withLock { body(&$0) }
    }

    /// Makes a first plan.
    func construct() {
        let shouldStop: @Sendable () -> Bool = { [budget] in budget.timeUsed() >= 1 }
        each { _, search in search.keepPublished() }
        prepare()
        if isDivided {
            let division = divide(Array(instance.tracks.indices), meeting: 0)
            each { number, search in search.construct(division.shares[number], shouldStop: shouldStop) }
            join(division)
        }
        lead { search in
            search.construct(Share(tracks: Array(instance.tracks.indices)), shouldStop: shouldStop)
            search.unsettle()
        }
        adopt(best)
        prepare()
    }

    /// Gets ready for moving what may be moved.
    private func prepare() { tables.prepare(lead { $0.movable }, threads: budget.threads) }

    /// All go on from a plan.
    func adopt(_ plan: State.Snapshot) {
        each { _, search in
            search.adopt(plan)
            search.unsettle()
        }
    }

    /// Where the others stay, so many rounds for each track that may move are enough: there are few ways to go.
    private static let roundsOfTrack = 500

    /// Improves the plan until the budget ends; returns the rounds of all together.
    func improve() -> Int {
        let count = lead { $0.movable.count }
        let rounds =
            count < instance.tracks.count ? min(budget.rounds, max(1, count) * Self.roundsOfTrack) : budget.rounds
        let meetings = members.count == 1 ? 1 : Self.meetings
        let counts = members.map { _ in Counter() }
        for meeting in 1...meetings where budget.timeUsed() < 1 {
            let movable = lead { $0.movable }
            let division = isDivided && !meeting.isMultiple(of: 3) ? divide(movable, meeting: meeting) : nil
            each { number, search in
                let share = division?.shares[number] ?? Share(tracks: movable)
                search.improve(share, until: Double(meeting) / Double(meetings)) { score in
                    let round = counts[number].next()
                    if number == 0, round.isMultiple(of: 64) { budget.progress(round, score) }
                    return max(Double(round) / Double(rounds), budget.timeUsed())
                }
            }
            if let division { join(division) } else { meet() }
        }
        return counts.reduce(0) { $0 + $1.count }
    }

    /// The best plan, with what may still be done for it.
    func finish() -> State { lead { $0.finish() } }

    private func each(_ body: @Sendable (Int, inout Search) -> Void) {
        guard members.count > 1 else { return lead { body(0, &$0) } }
        DispatchQueue.concurrentPerform(iterations: members.count) { number in
            members[number].search.withLock { body(number, &$0) }
        }
    }

    private func meet() {
        guard members.count > 1 else { return }
        let plans = members.map { $0.search.withLock { $0.best } }
        if let best = plans.min(by: { $0.score < $1.score }) { adopt(best) }
    }

    private func join(_ division: Division) {
        let plans = members.map { $0.search.withLock { $0.best } }
        lead { $0.join(plans, from: division.before, owners: division.shares.map(\.tracks)) }
        adopt(best)
    }

    // MARK: Division

    /// Who does what until the next meeting.
    private struct Division {
        let before: State.Snapshot
        let shares: [Share]
    }

    /// Divides tracks and people among the members, differently at each meeting.
    private func divide(_ tracks: [Int], meeting: Int) -> Division {
        let before = best
        let parts = parts(of: tracks, meeting: meeting)
        var owners = [[Int32]](repeating: Array(repeating: 0, count: members.count), count: instance.people.count)
        var regions: [Int: Int] = [:]
        for (number, part) in parts.enumerated() {
            for index in part {
                regions[instance.tracks[index].region] = number
                for person in before.placements[index]?.people ?? [] { owners[person][number] += 1 }
            }
        }
        // Everybody belongs to the part that needs them most, else to that of their region, else to any.
        let belongs = instance.people.indices.map { person -> Int in
            let most = owners[person].max() ?? 0
            if most > 0 { return owners[person].firstIndex(of: most) ?? 0 }
            return isCut ? person % members.count : regions[instance.people[person].region] ?? person % members.count
        }
        let shares = parts.indices.map { number in
            Share(tracks: parts[number], people: belongs.map { $0 == number })
        }
        return Division(before: before, shares: shares)
    }

    /// Tracks for each member: whole regions, the largest first to whoever has least.
    private func parts(of tracks: [Int], meeting: Int) -> [[Int]] {
        var random = RandomSource(seed: budget.seed + meeting)
        var pieces = Dictionary(grouping: tracks) { instance.tracks[$0].region }.sorted { $0.key < $1.key }.map(\.value)
        if isCut {
            var shuffled = tracks
            random.shuffle(&shuffled)
            pieces = shuffled.map { [$0] }
        }
        random.shuffle(&pieces)
        var parts = [[Int]](repeating: [], count: members.count)
        for piece in pieces.sorted(by: { $0.count > $1.count }) {
            let least = parts.indices.min { parts[$0].count < parts[$1].count } ?? 0
            parts[least] += piece
        }
        return parts
    }
}

/// What one search may change: its tracks, with these people in their teams; nil for everybody.
struct Share: Sendable {
    let tracks: [Int]
    var people: [Bool]?
}

/// Counts the rounds of one search.
private final class Counter: Sendable {
    private let value = Atomic(-1)

    /// The number of the round that begins.
    func next() -> Int { value.add(1, ordering: .relaxed).newValue }

    var count: Int { max(0, value.load(ordering: .relaxed)) }
}
