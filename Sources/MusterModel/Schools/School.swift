import CivilTime

/// A school that hosts and sends people.
public struct School: Sendable {
    /// The URN.
    public var id: SchoolID
    /// The name as people know it.
    public var name: String
    /// Street, town and postcode, as far as they are known.
    public var address: String?
    /// `Primary`, `Secondary`, …; nil where it is not said.
    public var phase: String?
    /// The region (GIAS: GOR).
    public var region: String?
    /// The trust that runs it, if any.
    public var trust: String?
    /// The federation that it belongs to, if any.
    public var federation: String?
    /// Pupils, for limits that follow the size.
    public var pupils: Int?
    /// The zone of its clocks.
    public var zone: TimeZoneRules
    /// When it is open.
    public var days: SchoolDays
    /// Calendars whose events nobody of the school can miss.
    public var calendars: [CalendarSource]
    /// People away on one day at most, if its own row says so.
    public var outAtOnce: Int?

    /// A school; every field as described there.
    public init(
        id: SchoolID, name: String, phase: String? = nil, region: String? = nil, trust: String? = nil,
        federation: String? = nil, pupils: Int? = nil, zone: TimeZoneRules, days: SchoolDays,
        calendars: [CalendarSource] = [], outAtOnce: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.phase = phase
        self.region = region
        self.trust = trust
        self.federation = federation
        self.pupils = pupils
        self.zone = zone
        self.days = days
        self.calendars = calendars
        self.outAtOnce = outAtOnce
    }
}
