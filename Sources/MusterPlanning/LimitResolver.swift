import MusterModel
import MusterPlanner

/// Finds out which limits hold for whom: one's own, else the strictest of the cycles that one serves.
///
/// People and schools serve the cycles of their partnerships. Who has none may be asked by every cycle that takes people
/// from elsewhere.
struct LimitResolver {
    private let programme: Programme
    private let cyclesOfPartnership: [PartnershipID: [Cycle]]
    private let openCycles: [Cycle]
    private let rules: [CycleID: CycleRules]

    init(_ programme: Programme) {
        self.programme = programme
        cyclesOfPartnership = Dictionary(grouping: programme.cycles, by: \.partnership)
        rules = programme.cycles.reduce(into: [:]) { $0[$1.id] = $1.rules }
        openCycles = programme.cycles.filter { !$0.rules.partnershipOnly }
    }

    /// Within which teams of a cycle count for `teams`: its own, or those of all cycles that count by the year.
    func group(of cycle: CycleID) -> String {
        guard let rules = rules[cycle] else {
            return groups.contains { $0.id == Self.year } ? Self.year : cycle.rawValue
        }
        return rules.countsTeamsByYear ? Self.year : cycle.rawValue
    }

    /// The groups within which teams count; the strictest limit of those that count by the year holds for all of them.
    var groups: [Problem.Group] {
        let byYear = rules.values.filter(\.countsTeamsByYear)
        let cycles = programme.cycles.filter { !$0.rules.countsTeamsByYear }.map {
            Problem.Group(id: $0.id.rawValue, maxTracks: $0.rules.limits.teams)
        }
        return cycles
            + (byYear.isEmpty ? [] : [Problem.Group(id: Self.year, maxTracks: byYear.compactMap(\.limits.teams).min())])
    }

    private static let year = "(year)"

    func perDay(of person: Person) -> Int? {
        person.limits.perDay ?? cycles(of: person.schools).compactMap(\.rules.limits.perDay).min()
    }

    func perWeek(of person: Person) -> Int? {
        person.limits.perWeek ?? cycles(of: person.schools).compactMap(\.rules.limits.perWeek).min()
    }

    /// How many of a school may be out on one day.
    func outAtOnce(of school: School) -> Int? {
        school.outAtOnce
            ?? cycles(of: [school.id]).compactMap { cycle -> Int? in
                switch cycle.rules.outAtOnce {
                case .unlimited: nil
                case .count(let count): count
                case .perPupils(let pupils): school.pupils.map { max(1, ($0 + pupils - 1) / pupils) }
                }
            }.min()
    }

    private func cycles(of schools: [SchoolID]) -> [Cycle] {
        let own = schools.flatMap(programme.partnerships).flatMap { cyclesOfPartnership[$0.id] ?? [] }
        return own.isEmpty ? openCycles : own
    }
}
