import MusterModel

/// Who must not review whom, and who had better not.
public struct ConflictRules {
    private let programme: Programme
    private let cycle: Cycle
    private let members: Set<SchoolID>
    private let ledger: Ledger

    /// The rules of a cycle, with what was held before.
    public init(programme: Programme, cycle: Cycle, ledger: Ledger) {
        self.programme = programme
        self.cycle = cycle
        self.ledger = ledger
        members = Set(programme.partnership(cycle.partnership)?.schools ?? [])
    }

    /// The people who must not be in the team of a host, in the order of the programme.
    ///
    /// Found from what rules them out, not by asking of everybody.
    func excluded(from host: Host, at school: School) -> [PersonID] {
        var places = Set(programme.people(declaring: school.id))
        places.formUnion(programme.people(of: school.id).filter { programme.people[$0].school != school.id })
        places.formUnion(host.excluded.compactMap(programme.place))
        for person in host.people.compactMap(programme.person) {
            places.formUnion(programme.people(declaring: person.id))
            for interest in person.conflicts {
                places.formUnion(programme.people(of: SchoolID(interest)))
                if let other = programme.place(of: PersonID(interest)) { places.insert(other) }
            }
        }
        if cycle.rules.sameTrust == .never { places.formUnion(programme.people(sharingBodyWith: school)) }
        if cycle.rules.earlierTeam == .never {
            places.formUnion(earlierTeam(of: school).compactMap(programme.place))
        }
        if cycle.rules.partnershipOnly {
            places.formUnion(programme.people.indices.filter { !isOfPartnership(programme.people[$0]) })
        }
        return places.sorted().map { programme.people[$0].id }
    }

    /// The people who are allowed in the team of a host though others are liked better, in the order of the programme.
    func betterElsewhere(than host: Host, at school: School, except excluded: Set<PersonID>) -> [PersonID] {
        var places: Set<Int> = []
        if cycle.rules.sameTrust == .avoid { places.formUnion(programme.people(sharingBodyWith: school)) }
        if cycle.rules.earlierTeam == .avoid {
            places.formUnion(earlierTeam(of: school).compactMap(programme.place))
        }
        return places.sorted().map { programme.people[$0].id }.filter { !excluded.contains($0) }
    }

    /// Why a person must not be in the team of a host, as the end of a sentence; nil where nothing forbids it.
    public func reason(_ person: Person, host: Host, school: School) -> String? {
        if person.otherSchools.contains(school.id) { return "works at \(school.name) as well" }
        if person.hasInterest(in: school.id) { return "has declared an interest in \(school.name)" }
        if host.people.contains(where: { isInConflict(person, $0) }) {
            return "has declared an interest with the host's people"
        }
        if host.people.compactMap(programme.person).contains(where: { person.schools.contains(where: $0.hasInterest) })
        {
            return "is of a school in which the host's people have declared an interest"
        }
        if host.excluded.contains(person.id) { return "is excluded by the cycle" }
        if cycle.rules.sameTrust == .never, let body = sharedBody(person, school) { return "is of \(body) as well" }
        if cycle.rules.earlierTeam == .never, earlierTeam(of: school).contains(person.id) {
            return "was in the team in an earlier cycle"
        }
        if cycle.rules.partnershipOnly, !isOfPartnership(person) { return "is not of the partnership" }
        return nil
    }

    private func isInConflict(_ person: Person, _ other: PersonID) -> Bool {
        person.hasInterest(in: other) || programme.person(other)?.hasInterest(in: person.id) ?? false
    }

    /// The trust or federation that both belong to.
    private func sharedBody(_ person: Person, _ school: School) -> String? {
        for own in person.schools.compactMap(programme.school) where own.id != school.id {
            if let trust = own.trust, trust == school.trust { return trust }
            if let federation = own.federation, federation == school.federation { return federation }
        }
        return nil
    }

    /// Who was in the team of a school in earlier cycles: as the coordinator has written, and as muster remembers.
    private func earlierTeam(of school: School) -> Set<PersonID> {
        programme.earlierTeam(of: school.id).union(ledger.earlierTeam(of: school.id, before: cycle))
    }

    private func isOfPartnership(_ person: Person) -> Bool {
        person.schools.contains(where: members.contains)
    }
}
