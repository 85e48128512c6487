import CivilTime

/// All that coordinators write, read and checked: everything named in it exists.
///
/// It never changes, and is indexed once: a look-up takes the same time whatever the size.
public struct Programme: Sendable {
    /// The schools, in the order of the file.
    public let schools: [School]
    /// The people, in the order of the files.
    public let people: [Person]
    /// The partnerships.
    public let partnerships: [Partnership]
    /// The cycles.
    public let cycles: [Cycle]
    /// Rooms that sessions share.
    public let rooms: [Room]
    /// Who was in which host's team in earlier cycles.
    public let history: [HistoryEntry]
    /// What helps those who prepare sessions.
    public let resources: [Resource]
    /// What many are asked.
    public let polls: [Poll]
    /// Every host's run and every training event of all cycles.
    public let tracks: [Track]
    /// Every calendar that somebody names, once each.
    public let calendars: [CalendarSource]
    let index: ProgrammeIndex

    /// Someone who was in a host's team in an earlier cycle.
    public struct HistoryEntry: Hashable, Sendable {
        /// The host school.
        public var school: SchoolID
        /// The member of its team.
        public var person: PersonID

        /// Someone who was in a host's team.
        public init(school: SchoolID, person: PersonID) {
            self.school = school
            self.person = person
        }
    }

    /// A programme; of things with the same id the first counts.
    public init(
        schools: [School], people: [Person], partnerships: [Partnership], cycles: [Cycle], rooms: [Room],
        history: [HistoryEntry] = [], resources: [Resource] = [], polls: [Poll] = []
    ) {
        self.schools = schools
        self.people = people
        self.partnerships = partnerships
        self.cycles = cycles
        self.rooms = rooms
        self.history = history
        self.resources = resources
        self.polls = polls
        tracks = cycles.flatMap { cycle in
            cycle.hosts.map { Track(cycle: cycle, kind: .host($0)) }
                + cycle.training.map { Track(cycle: cycle, kind: .training($0)) }
        }
        var seen: Set<CalendarSource> = []
        calendars = (partnerships.flatMap(\.calendars) + schools.flatMap(\.calendars) + people.flatMap(\.calendars))
            .filter { seen.insert($0).inserted }
        index = ProgrammeIndex(
            schools: schools, people: people, partnerships: partnerships, rooms: rooms, history: history,
            tracks: tracks)
    }

    /// The same with other schools, people, cycles, history or polls; what is not given stays.
    func replacing(
        schools: [School]? = nil, people: [Person]? = nil, cycles: [Cycle]? = nil, history: [HistoryEntry]? = nil,
        polls: [Poll]? = nil
    ) -> Programme {
        Programme(
            schools: schools ?? self.schools, people: people ?? self.people, partnerships: partnerships,
            cycles: cycles ?? self.cycles, rooms: rooms, history: history ?? self.history, resources: resources,
            polls: polls ?? self.polls)
    }

    /// The school with that URN.
    public func school(_ id: SchoolID) -> School? { index.schools[id].map { schools[$0] } }

    /// The person with that id.
    public func person(_ id: PersonID) -> Person? { index.people[id].map { people[$0] } }

    /// The partnership with that id.
    public func partnership(_ id: PartnershipID) -> Partnership? { index.partnerships[id].map { partnerships[$0] } }

    /// The room with that id.
    public func room(_ id: String) -> Room? { index.rooms[id].map { rooms[$0] } }

    /// The track with that id.
    public func track(_ id: TrackID) -> Track? { index.tracks[id].map { tracks[$0] } }

    /// The track and the stage of a session; nil for one that is not in the config (any more).
    public func stage(of session: SessionID) -> (track: Track, stage: Stage)? {
        guard let track = track(session.track) else { return nil }
        return track.stages.first { track.id.session($0.id) == session }.map { (track, $0) }
    }

    /// What people call the stage of a session; its id where the programme has it no more.
    public func stageName(of session: SessionID) -> String {
        stage(of: session)?.stage.name ?? session.stage
    }

    /// A school's runs as a host, in the order of the cycles.
    public func tracks(hosting school: SchoolID) -> [Track] { (index.tracksOfSchool[school] ?? []).map { tracks[$0] } }

    /// A cycle's hosts and training events, in its order.
    public func tracks(of cycle: CycleID) -> [Track] { (index.tracksOfCycle[cycle] ?? []).map { tracks[$0] } }

    /// The schools with some ids, in the order of the file.
    public func schools(_ ids: Set<SchoolID>) -> [School] {
        ids.compactMap { index.schools[$0] }.sorted().map { schools[$0] }
    }

    /// The person with a mail address, however it is written; of several the first.
    public func owner(ofAddress address: String) -> Person? {
        index.peopleByAddress[address.lowercased()].map { people[$0] }
    }

    /// The people of a school, by their places in `people`.
    public func people(of school: SchoolID) -> [Int] { index.peopleOfSchool[school] ?? [] }

    /// The partnerships that a school belongs to.
    public func partnerships(of school: SchoolID) -> [Partnership] {
        (index.partnershipsOfSchool[school] ?? []).map { partnerships[$0] }
    }

    /// The calendars whose events a person cannot miss: their own, their schools' and their partnerships'.
    public func calendars(binding person: Person) -> [CalendarSource] {
        person.calendars
            + person.schools.flatMap { (school($0)?.calendars ?? []) + partnerships(of: $0).flatMap(\.calendars) }
    }

    /// Whose each calendar is, in words: of those who share one the first, people before schools and partnerships.
    public var calendarOwners: [CalendarSource: String] { index.calendarOwners }

    /// The name of a person; the id where the config has them no more.
    public func name(of id: PersonID) -> String { person(id)?.name ?? id.rawValue }

    /// The name of a school; the number where the config has it no more.
    public func name(of id: SchoolID) -> String { school(id)?.name ?? id.rawValue }

    /// The name of a partnership; the id where the config has it no more.
    public func name(of id: PartnershipID) -> String { partnership(id)?.name ?? id.rawValue }

    /// What people call a track: the host school, or the training event; its id where it is gone.
    public func label(of id: TrackID) -> String {
        guard let track = track(id) else { return id.rawValue }
        return track.host == nil ? track.stages.first?.name ?? id.rawValue : name(of: track.school)
    }

    /// The first and the last day of all cycles; nil where there is none.
    public var dates: ClosedRange<CivilDate>? {
        guard let first = cycles.map(\.dates.lowerBound).min(), let last = cycles.map(\.dates.upperBound).max() else {
            return nil
        }
        return first...last
    }
}

/// One host school's run through the stages of a cycle, or one training event.
public struct Track: Sendable {
    /// What kind of run it is.
    public enum Kind: Sendable {
        /// A school is reviewed.
        case host(Host)
        /// Many are trained.
        case training(TrainingEvent)
    }

    /// The cycle that it belongs to.
    public var cycle: Cycle
    /// What kind of run it is.
    public var kind: Kind

    /// A run of a cycle.
    public init(cycle: Cycle, kind: Kind) {
        self.cycle = cycle
        self.kind = kind
    }

    /// `spring-2027/900001`, `spring-2027/reviewer-training`.
    public var id: TrackID {
        switch kind {
        case .host(let host): TrackID(cycle.id, host.school.rawValue)
        case .training(let event): TrackID(cycle.id, event.stage.id)
        }
    }

    /// The school whose days and clocks it follows.
    public var school: SchoolID {
        switch kind {
        case .host(let host): host.school
        case .training(let event): event.school
        }
    }

    /// The stages in their order.
    public var stages: [Stage] {
        switch kind {
        case .host: cycle.stages
        case .training(let event): [event.stage]
        }
    }

    /// Who is invited to a training event; nobody to anything else.
    public var invited: [PersonID] { if case .training(let event) = kind { event.invited } else { [] } }

    /// What the config calls the event of which this is one of several dates; nil for anything else.
    public var series: StageID? { if case .training(let event) = kind { event.series } else { nil } }

    /// How many of those who are invited can come; nil for all.
    public var places: Int? { if case .training(let event) = kind { event.places } else { nil } }

    /// The host, for a review.
    public var host: Host? {
        if case .host(let host) = kind { host } else { nil }
    }
}
