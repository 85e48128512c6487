/// A cluster of schools that review one another.
public struct Partnership: Sendable {
    /// What its file calls it.
    public var id: PartnershipID
    /// The name.
    public var name: String
    /// Whom people ask; nil where nobody is named.
    public var coordinator: Contact?
    /// How often the coordinator is told how things stand.
    public var digest: Digest
    /// The schools of the cluster.
    public var schools: [SchoolID]
    /// Calendars whose events nobody of the partnership can miss.
    public var calendars: [CalendarSource]

    /// How often a coordinator is told how things stand.
    public enum Digest: String, CaseIterable, Sendable {
        /// On each day on which a school of the partnership is open.
        case daily
        /// On the first such day of a week.
        case weekly
        /// Never.
        case never
    }

    /// Someone to ask.
    public struct Contact: Hashable, Sendable, Codable {
        /// The name.
        public var name: String
        /// The mail address.
        public var address: String

        /// Someone to ask.
        public init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// A partnership; every field as described there.
    public init(
        id: PartnershipID, name: String, coordinator: Contact?, digest: Digest = .never, schools: [SchoolID],
        calendars: [CalendarSource] = []
    ) {
        self.id = id
        self.name = name
        self.coordinator = coordinator
        self.digest = digest
        self.schools = schools
        self.calendars = calendars
    }
}

/// An online room or licence that only so many sessions can use at a time.
public struct Room: Hashable, Sendable {
    /// What the config calls it.
    public var id: String
    /// The name that participants read.
    public var name: String
    /// Sessions at the same time.
    public var capacity: Int
    /// The address to join at, the same for every session; nil where each has its own.
    public var link: String?

    /// A room.
    public init(id: String, name: String, capacity: Int, link: String? = nil) {
        self.id = id
        self.name = name
        self.capacity = capacity
        self.link = link
    }
}
