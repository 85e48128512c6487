import CivilTime
import MusterOperations

/// Reads calendars when each is due, and has the plan looked at where somebody's busy times changed.
struct CalendarService: PeriodicService {
    let context: ServiceContext
    let work = "reading calendars"
    let longestPause = Duration.seconds(900)
    var startDelay: Duration { context.startDelay }
    var wakeSignal: WakeSignal { context.calendarSignal }

    func runOnce() async throws -> Instant? {
        let workspace = context.workspace
        let report = try await workspace.refreshCalendars(isAskedFor: false)
        if report.isChanged { context.planningSignal.notify() }
        context.deliverySignal.notify()
        return try workspace.nextCalendar()
    }
}
