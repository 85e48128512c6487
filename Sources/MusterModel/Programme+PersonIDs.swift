extension Programme {
    /// The same with other ids for some people, wherever they are named.
    ///
    /// - Parameter ids: the new id of each, by the one that the config gives.
    public func renaming(_ ids: [PersonID: PersonID]) -> Programme {
        guard !ids.isEmpty else { return self }
        func renamed(_ id: PersonID) -> PersonID { ids[id] ?? id }
        let people = people.map { person in
            var person = person
            person.id = renamed(person.id)
            person.conflicts = Set(person.conflicts.map { renamed(PersonID($0)).rawValue })
            return person
        }
        let cycles = cycles.map { cycle in
            var cycle = cycle
            for index in cycle.hosts.indices {
                cycle.hosts[index].people = cycle.hosts[index].people.map(renamed)
                cycle.hosts[index].optional = cycle.hosts[index].optional.map(renamed)
                cycle.hosts[index].excluded = cycle.hosts[index].excluded.map(renamed)
            }
            for index in cycle.training.indices {
                cycle.training[index].required = cycle.training[index].required.map(renamed)
                cycle.training[index].invited = cycle.training[index].invited.map(renamed)
                cycle.training[index].invitedToEach = cycle.training[index].invitedToEach.map(renamed)
            }
            return cycle
        }
        let polls = polls.map { poll in
            var poll = poll
            poll.people = poll.people.map(renamed)
            return poll
        }
        return replacing(
            people: people, cycles: cycles,
            history: history.map { HistoryEntry(school: $0.school, person: renamed($0.person)) }, polls: polls)
    }
}
