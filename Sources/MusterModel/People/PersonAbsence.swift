import CivilTime

/// Days on which somebody said that they cannot come: on a page or by a command, and kept in the state.
public struct PersonAbsence: Hashable, Sendable, Codable {
    /// Its number, from 1; 0 for one that is not kept.
    public var number: Int
    /// The person.
    public var person: PersonID
    /// The first and the last day.
    public var dates: ClosedRange<CivilDate>
    /// Who said so.
    public var author: String

    /// Days; every field as described there.
    public init(number: Int = 0, person: PersonID, dates: ClosedRange<CivilDate>, author: String) {
        self.number = number
        self.person = person
        self.dates = dates
        self.author = author
    }
}

extension Programme {
    /// The same with the days on which people said that they cannot come.
    public func adding(_ absences: [PersonAbsence]) -> Programme {
        guard !absences.isEmpty else { return self }
        let byPerson = Dictionary(grouping: absences, by: \.person)
        let people = people.map { person in
            var person = person
            person.away += (byPerson[person.id] ?? []).map { Absence(dates: $0.dates) }
            return person
        }
        return replacing(people: people)
    }
}
