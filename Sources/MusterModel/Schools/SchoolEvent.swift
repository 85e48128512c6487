import CivilTime

/// Something that happens to a school and that nobody had planned: it is told to muster by a command, and kept in the
/// state until it stands in the config.
public struct SchoolEvent: Hashable, Sendable, Codable {
    /// What happens.
    public enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        /// The school is closed: snow, a burst pipe, an election.
        case closure
        /// The school is inspected, and its people have time for nothing else.
        case inspection
    }

    /// Its number, from 1; 0 for one that is not kept.
    public var number: Int
    /// The school.
    public var school: SchoolID
    /// What happens.
    public var kind: Kind
    /// The first and the last day.
    public var dates: ClosedRange<CivilDate>
    /// Why, in the author's words; may be empty.
    public var reason: String
    /// Who said so.
    public var author: String

    /// An event; every field as described there.
    public init(
        number: Int = 0, school: SchoolID, kind: Kind, dates: ClosedRange<CivilDate>, reason: String = "",
        author: String = ""
    ) {
        self.number = number
        self.school = school
        self.kind = kind
        self.dates = dates
        self.reason = reason
        self.author = author
    }

    /// `closure`, `inspection`, or the reason for a closure: what explanations call the days.
    public var title: String { kind == .inspection || reason.isEmpty ? kind.rawValue : reason }
}

extension Programme {
    /// The same with what happens to schools: on those days nothing is held there, and their people are not free.
    public func adding(_ events: [SchoolEvent]) -> Programme {
        guard !events.isEmpty else { return self }
        let bySchool = Dictionary(grouping: events, by: \.school)
        let schools = schools.map { school in
            guard let events = bySchool[school.id] else { return school }
            var school = school
            for event in events {
                school.days.closures.append(SchoolDays.Period(name: event.title, dates: event.dates))
                school.days.insetDays = school.days.insetDays.filter { !event.dates.contains($0) }
            }
            return school
        }
        return replacing(schools: schools)
    }
}
