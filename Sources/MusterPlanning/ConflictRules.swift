import MusterModel

/// Who must not review whom, and who had better not.
public struct ConflictRules {
    private let programme: Programme
    private let cycle: Cycle

    /// The rules of a cycle.
    public init(programme: Programme, cycle: Cycle) {
        self.programme = programme
        self.cycle = cycle
    }

    /// Whether a person must not be in the team of a host.
    func excludes(_ person: Person, from host: Host, at school: School) -> Bool {
        reason(person, host, school) != nil
    }

    /// Why a person must not be in the team of a host, as the end of a sentence; nil where nothing forbids it.
    public func reason(_ person: Person, _ host: Host, _ school: School) -> String? {
        if person.conflicts.contains(school.id) { return "has declared an interest in \(school.name)" }
        if host.people.contains(where: { isInConflict(person, $0) }) {
            return "has declared an interest with the host's people"
        }
        if let own = person.school,
            host.people.contains(where: { programme.person($0)?.conflicts.contains(own) ?? false })
        {
            return "is of a school in which the host's people have declared an interest"
        }
        if host.excluded.contains(person.id) { return "is excluded by the cycle" }
        if cycle.rules.sameTrust == .never, let body = sharedBody(person, school) { return "is of \(body) as well" }
        if cycle.rules.earlierTeam == .never, wasThere(person, school) { return "was in the team in an earlier cycle" }
        if cycle.rules.partnershipOnly, !isOfPartnership(person) { return "is not of the partnership" }
        return nil
    }

    /// Whether a person is allowed and others are liked better.
    func isBetterElsewhere(_ person: Person, than host: Host, at school: School) -> Bool {
        cycle.rules.sameTrust == .avoid && sharedBody(person, school) != nil
            || cycle.rules.earlierTeam == .avoid && wasThere(person, school)
    }

    private func isInConflict(_ person: Person, _ other: PersonID) -> Bool {
        person.conflicts.contains(other) || programme.person(other)?.conflicts.contains(person.id) ?? false
    }

    /// The trust or federation that both belong to.
    private func sharedBody(_ person: Person, _ school: School) -> String? {
        guard let own = person.school.flatMap(programme.school), own.id != school.id else { return nil }
        if let trust = own.trust, trust == school.trust { return trust }
        if let federation = own.federation, federation == school.federation { return federation }
        return nil
    }

    private func wasThere(_ person: Person, _ school: School) -> Bool {
        programme.history.contains(Programme.HistoryEntry(school: school.id, person: person.id))
    }

    private func isOfPartnership(_ person: Person) -> Bool {
        person.school.map { programme.partnership(cycle.partnership)?.schools.contains($0) ?? false } ?? false
    }
}
