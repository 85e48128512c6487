/// Where each thing of a programme stands, by what people ask for.
final class ProgrammeIndex: Sendable {
    let schools: [SchoolID: Int]
    let people: [PersonID: Int]
    let partnerships: [PartnershipID: Int]
    let rooms: [String: Int]
    let tracks: [TrackID: Int]
    let tracksOfSchool: [SchoolID: [Int]]
    let tracksOfCycle: [CycleID: [Int]]
    let peopleOfSchool: [SchoolID: [Int]]
    /// By addresses in small letters.
    let peopleByAddress: [String: Int]
    /// Whose each calendar is, in words.
    let calendarOwners: [CalendarSource: String]
    /// Those who share a job, by what they call it.
    let sharers: [String: [Int]]
    let partnershipsOfSchool: [SchoolID: [Int]]
    /// Schools by the trust or federation that runs them.
    let schoolsOfBody: [String: [Int]]
    /// People who have declared an interest in a school or a person, by its id.
    let declared: [String: [Int]]
    /// Who was in the team of each host in earlier cycles.
    let history: [SchoolID: Set<PersonID>]

    init(
        schools: [School], people: [Person], partnerships: [Partnership], rooms: [Room],
        history: [Programme.HistoryEntry], tracks: [Track]
    ) {
        self.schools = Self.places(schools.map(\.id))
        self.people = Self.places(people.map(\.id))
        self.partnerships = Self.places(partnerships.map(\.id))
        self.rooms = Self.places(rooms.map(\.id))
        self.tracks = Self.places(tracks.map(\.id))
        tracksOfSchool = Self.groups(tracks.map { $0.host == nil ? [] : [$0.school] })
        tracksOfCycle = Self.groups(tracks.map { [$0.cycle.id] })
        peopleByAddress = Self.places(people.map { $0.address.lowercased() })
        peopleOfSchool = Self.groups(people.map(\.schools))
        let owned =
            people.map { ($0.name, $0.calendars) } + schools.map { ($0.name, $0.calendars) }
            + partnerships.map { ($0.name, $0.calendars) }
        calendarOwners = owned.reduce(into: [:]) { owners, entry in
            for calendar in entry.1 where owners[calendar] == nil { owners[calendar] = entry.0 }
        }
        sharers = Self.groups(people.map { $0.jobShare.map { [$0] } ?? [] })
        partnershipsOfSchool = Self.groups(partnerships.map { Array(Set($0.schools)) })
        schoolsOfBody = Self.groups(schools.map { [$0.trust, $0.federation].compactMap(\.self) })
        declared = Self.groups(people.map { Array($0.conflicts) })
        self.history = history.reduce(into: [:]) { $0[$1.school, default: []].insert($1.person) }
    }

    /// The place of each key; the first where it is there more than once.
    private static func places<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
        keys.enumerated().reduce(into: [:]) { places, entry in
            if places[entry.element] == nil { places[entry.element] = entry.offset }
        }
    }

    /// The places at which each key is named, ascending.
    private static func groups<Key: Hashable>(_ keys: [[Key]]) -> [Key: [Int]] {
        keys.enumerated().reduce(into: [:]) { groups, entry in
            for key in entry.element { groups[key, default: []].append(entry.offset) }
        }
    }
}

extension Programme {
    /// People of a school's trust or federation who are not of the school itself, by their places in `people`.
    public func people(sharingBodyWith school: School) -> [Int] {
        let named = Set([school.trust, school.federation].compactMap(\.self).flatMap { index.schoolsOfBody[$0] ?? [] })
        let others = named.map { schools[$0] }.filter { $0.id != school.id && $0.sharesBody(with: school) }
        return others.flatMap { people(of: $0.id) }
    }

    /// People who have declared an interest in a school or a person, by their places in `people`.
    public func people(declaring id: some Identifier) -> [Int] { index.declared[id.rawValue] ?? [] }

    /// Where a person stands in `people`.
    public func place(of person: PersonID) -> Int? { index.people[person] }

    /// Who was in the team of a host in earlier cycles.
    public func earlierTeam(of school: SchoolID) -> Set<PersonID> { index.history[school] ?? [] }
}

extension School {
    /// Whether one trust or one federation runs both.
    fileprivate func sharesBody(with other: School) -> Bool {
        let isSameTrust = trust != nil && trust == other.trust
        return isSameTrust || federation != nil && federation == other.federation
    }
}
