import CivilTime

/// A theme that a poll gave to a host's run, or to what a person knows.
public struct ChosenTheme: Hashable, Sendable, Codable {
    /// The run or the person.
    public var subject: String
    /// The theme.
    public var theme: String
    /// The poll of which it came.
    public var poll: PollID
    /// When it was taken over.
    public var at: Instant

    /// A theme; every field as described there.
    public init(subject: String, theme: String, poll: PollID, at: Instant) {
        self.subject = subject
        self.theme = theme
        self.poll = poll
        self.at = at
    }
}

extension Programme {
    /// The same with what polls made of it: a host's theme where the config gives none, and what people know besides.
    public func adding(_ themes: [ChosenTheme]) -> Programme {
        // What a poll made is over with the poll.
        let known = Set(polls.map(\.id))
        let themes = themes.filter { known.contains($0.poll) }
        guard !themes.isEmpty else { return self }
        let bySubject = Dictionary(grouping: themes, by: \.subject)
        let people = people.map { person in
            var person = person
            person.themes.formUnion((bySubject[person.id.rawValue] ?? []).map(\.theme))
            return person
        }
        let cycles = cycles.map { cycle in
            var cycle = cycle
            for index in cycle.hosts.indices where cycle.hosts[index].theme == nil {
                cycle.hosts[index].theme =
                    bySubject["\(cycle.id)/\(cycle.hosts[index].school)"]?.max { $0.at < $1.at }?.theme
            }
            return cycle
        }
        return replacing(people: people, cycles: cycles)
    }

    /// What a poll's answers would make of the programme, by its `use`: of each host without a theme what the head of
    /// the school chose, or of each person what they chose.
    ///
    /// Where several heads of a school chose differently, the choice of the last counts.
    public func themes(of poll: Poll, _ answers: [PollAnswer], at now: Instant) -> [ChosenTheme] {
        let answers = answers.sorted { ($0.at, $0.person) < ($1.at, $1.person) }
        switch poll.use {
        case nil: return []
        case .expertise:
            return answers.flatMap { answer in
                answer.choices.map { ChosenTheme(subject: answer.person.rawValue, theme: $0, poll: poll.id, at: now) }
            }
        case .theme:
            let bySchool = answers.reduce(into: [SchoolID: String]()) { chosen, answer in
                guard let person = person(answer.person), person.roles.contains("head") else { return }
                for school in person.schools { chosen[school] = answer.choices.first }
            }
            return tracks.compactMap { track in
                guard let host = track.host, host.theme == nil, let theme = bySchool[host.school],
                    (poll.partnership ?? track.cycle.partnership) == track.cycle.partnership
                else { return nil }
                return ChosenTheme(subject: track.id.rawValue, theme: theme, poll: poll.id, at: now)
            }
        }
    }
}
