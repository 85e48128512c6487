import CivilTime

/// Someone who leads, reviews, hosts, runs workshops or is invited.
public struct Person: Sendable {
    /// How much can be asked of a person; nil for no limit.
    public struct Limits: Hashable, Sendable {
        /// Teams in all cycles together.
        public var teams: Int?
        /// Sessions on a day.
        public var perDay: Int?
        /// Sessions in a week.
        public var perWeek: Int?

        /// Limits, each nil for none.
        public init(teams: Int? = nil, perDay: Int? = nil, perWeek: Int? = nil) {
            self.teams = teams
            self.perDay = perDay
            self.perWeek = perWeek
        }
    }

    /// What `people.csv` calls the person.
    public var id: PersonID
    /// The name.
    public var name: String
    /// The mail address.
    public var address: String
    /// Where the person works; nil for nobody's staff.
    public var school: SchoolID?
    /// Where the person works beside that.
    public var otherSchools: [SchoolID] = []
    /// What those call their job who share it; nil where it is not shared.
    public var jobShare: String?
    /// The region, that of the school unless said otherwise.
    public var region: String?
    /// The zone of the person's clocks.
    public var zone: TimeZoneRules
    /// Roles that the person may fill, and `head` for whom a school hosts with.
    public var roles: Set<String>
    /// Themes that the person knows well.
    public var themes: Set<String>
    /// When the person works.
    public var pattern: WorkingPattern
    /// When the person is away.
    public var away: [Absence] = []
    /// Lessons and protected times of every week.
    public var commitments: [WeeklyCommitment]
    /// Calendars of the person.
    public var calendars: [CalendarSource]
    /// How much can be asked of the person.
    public var limits: Limits
    /// Schools and people with whom the person must not work: family, earlier posts, declared interests.
    public var conflicts: Set<String>

    /// A person; every field as described there.
    public init(
        id: PersonID, name: String, address: String, school: SchoolID? = nil, region: String? = nil,
        zone: TimeZoneRules,
        roles: Set<String> = [], themes: Set<String> = [], pattern: WorkingPattern = .standard,
        commitments: [WeeklyCommitment] = [], calendars: [CalendarSource] = [], limits: Limits = Limits(),
        conflicts: Set<String> = []
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.school = school
        self.region = region
        self.zone = zone
        self.roles = roles
        self.themes = themes
        self.pattern = pattern
        self.commitments = commitments
        self.calendars = calendars
        self.limits = limits
        self.conflicts = conflicts
    }
}

extension Person {
    /// Every school where the person works.
    public var schools: [SchoolID] { (school.map { [$0] } ?? []) + otherSchools }

    /// Whether the person must not work with a school or a person.
    public func hasInterest(in id: some Identifier) -> Bool { conflicts.contains(id.rawValue) }
}
