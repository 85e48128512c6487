import CivilTime

/// Turns the calendars of a file into the instances that overlap a window.
///
/// One budget bounds all that an expander expands, so each file wants one of its own.
public struct CalendarExpander {
    /// What the calendar held in the window.
    public struct Result: Sendable {
        /// Instances of events that overlap the window or claim time in it, by start, and then as the events stand in the
        /// calendar.
        public var occurrences = Occurrences()
        /// Periods of `VFREEBUSY` that overlap the window and are not free, by start.
        public var busyPeriods: [BusyPeriod] = []
        /// Events and busy periods of the calendar, recurring ones counted once, whether in the window or not.
        public var eventCount = 0
        /// What could not be understood.
        public var diagnostics: [CalendarDiagnostic] = []
    }

    private let window: Range<Instant>
    private let floatingZone: TimeZoneRules
    private let owners: Set<String>
    private let database: TimeZoneDatabase
    private let allowance: FileAllowance

    /// An expander for a window; whole days and floating times are taken in `floatingZone`, unless the calendar names
    /// a zone for the latter (`X-WR-TIMEZONE`).
    ///
    /// - Parameter owners: the addresses of whose calendar it is: invitations that they declined keep nobody busy.
    public init(
        window: Range<Instant>, floatingZone: TimeZoneRules, owners: Set<String> = [],
        database: TimeZoneDatabase = .system,
        budget: RecurrenceRule.Budget = RecurrenceRule.Budget()
    ) {
        self.window = window
        self.floatingZone = floatingZone
        self.owners = Set(owners.map { $0.lowercased() })
        self.database = database
        allowance = FileAllowance(rules: budget)
    }

    /// All instances of all events and busy periods of a calendar in the window.
    public func expand(_ calendar: Component) -> Result {
        let zones = ZoneResolver(calendar: calendar, database: database, until: window.upperBound, allowance: allowance)
        var reader = EventReader(zones: zones, dayZone: floatingZone, owners: owners, calendar: calendar)
        var result = Result()
        var series = SeriesTable(capacity: calendar.components.count)
        for component in CalendarExpander.standing(in: calendar) {
            switch component.name {
            case "VEVENT":
                result.eventCount += 1
                if let event = reader.event(component) { series.add(event) }
            case "VFREEBUSY":
                let periods = reader.busyPeriods(component)
                result.eventCount += periods.count
                result.busyPeriods += periods.filter { $0.start < window.upperBound && $0.end > window.lowerBound }
            default: break
            }
        }
        var expansion = SeriesExpansion(window: window, allowance: allowance)
        for group in series.groups { expansion.expand(group) }
        result.diagnostics = allowance.keep(zones.diagnostics + reader.remarks.all + expansion.remarks.all)
        result.occurrences = expansion.occurrences
        result.occurrences.sort()
        result.busyPeriods.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        return result
    }

    /// All instances of all calendars of a file.
    ///
    /// Some programs write each event as a calendar of its own, a changed instance apart from its series: it is taken to
    /// where its series is.
    public func expand(_ calendars: [Component]) -> [Result] { JoinedCalendars(calendars).all.map(expand) }

    /// The components of a calendar, and those inside components that no RFC knows.
    private static func standing(in calendar: Component) -> [Component] {
        guard calendar.components.contains(where: { !$0.components.isEmpty && isUnknown($0) }) else {
            return calendar.components
        }
        return calendar.components.flatMap { isUnknown($0) ? standing(in: $0) : [$0] }
    }

    private static func isUnknown(_ component: Component) -> Bool {
        !ComponentBuilder.standAlone.contains(component.name) && component.name != "VALARM"
    }
}
