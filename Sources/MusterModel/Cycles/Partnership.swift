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
    /// Where people join.
    public enum Kind: Hashable, Sendable {
        /// At one address, the same for every session; nil where that is said elsewhere.
        case fixed(link: String?)
        /// In a room of the session's own on a Jitsi Meet server, whose address has no slash at its end.
        case jitsi(server: String)
        /// In a room of the session's own that is opened through our pages, which are below an address without a slash at
        /// its end, once somebody comes who leads the session.
        case opened(pages: String)
    }

    /// What the config calls it.
    public var id: String
    /// The name that participants read.
    public var name: String
    /// Sessions at the same time.
    public var capacity: Int
    /// Where people join.
    public var kind: Kind

    /// A room.
    public init(id: String, name: String, capacity: Int, kind: Kind = .fixed(link: nil)) {
        self.id = id
        self.name = name
        self.capacity = capacity
        self.kind = kind
    }

    /// Whether sessions in it have an address to join at.
    public var hasLink: Bool { kind != .fixed(link: nil) }

    /// How the addresses of rooms begin that are opened through our pages.
    public static func linkStart(_ pages: String) -> String { pages + "/room/" }

    /// The address to join a session at; nil where that is said elsewhere.
    ///
    /// - Parameter name: a name that nobody can guess, the same for the session's life.
    public func link(named name: @autoclosure () -> String) -> String? {
        switch kind {
        case .fixed(let link): link
        case .jitsi(let server): "\(server)/\(name())"
        case .opened(let pages): Self.linkStart(pages) + name()
        }
    }
}
