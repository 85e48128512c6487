import MusterModel

/// Finds out which limits hold for whom: one's own, else the strictest of the cycles that one serves.
///
/// People and schools serve the cycles of their partnerships. Who has none may be asked by every cycle that takes people
/// from elsewhere.
struct LimitResolver {
    private let programme: Programme
    private let cyclesOfPartnership: [PartnershipID: [Cycle]]
    private let openCycles: [Cycle]

    init(_ programme: Programme) {
        self.programme = programme
        cyclesOfPartnership = Dictionary(grouping: programme.cycles, by: \.partnership)
        openCycles = programme.cycles.filter { !$0.rules.partnershipOnly }
    }

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
