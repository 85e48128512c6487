import CivilTime

/// Reads calendars when each is due, and has the plan looked at where somebody's busy times changed.
struct CalendarService: PeriodicService {
    let house: House
    let work = "reading calendars"
    let longestPause = Duration.seconds(900)
    var bell: Bell { house.calendarBell }

    func runOnce() async throws -> Instant? {
        let workspace = house.workspace
        let report = try await workspace.refreshCalendars(isAskedFor: false)
        if report.isChanged { house.planningBell.ring() }
        house.deliveryBell.ring()
        return try workspace.nextCalendar()
    }
}
